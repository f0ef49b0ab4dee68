import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Inspection } from '../../store/engines/open.ts'
import { notTried, right, wrong, type Finding } from './finding.ts'

/** What a folder's disk showed. */
export type Disk = {
  /** The file system's number, by statfs(2). */
  readonly fileSystem: number
  /** The median of several syncs, in milliseconds. */
  readonly syncMs: number
}

const SYNCS = 15
const BLOCK_BYTES = 4_096

/** Writes and syncs a block several times in a file of its own. Throws errors of the system. */
export function measureDisk(folder: string): Disk {
  const path = join(folder, `.landfall-doctor-${randomUUID()}`)
  const file = openSync(path, 'wx', 0o600)
  try {
    const times = Array.from({ length: SYNCS }, () => {
      writeSync(file, Buffer.alloc(BLOCK_BYTES, 1))
      const startedAt = performance.now()
      fsyncSync(file)
      return performance.now() - startedAt
    })
    const [median = 0] = times.toSorted((a, b) => a - b).slice(Math.floor(SYNCS / 2))
    return { fileSystem: statfsSync(folder).type, syncMs: median }
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/** Numbers of Linux: tmpfs and ramfs; NFS, SMB and CIFS. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6])
const IN_NETWORK = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42])
/** A system call alone takes about a microsecond, the fastest disk with a protected cache more than ten. */
const SYNC_MIN_MS = 0.01

/** Whether what is acknowledged is on a disk. Of a disk that lies about its own cache nothing shows here. */
export function diskFinding(folder: string, { fileSystem, syncMs }: Disk): Finding {
  const check = 'disk sync'
  if (IN_MEMORY.has(fileSystem))
    return wrong(
      check,
      `${folder} is in memory: a restart of the machine loses every payment`,
      'Put DATABASE_URL on a local disk.',
    )
  if (IN_NETWORK.has(fileSystem))
    return wrong(
      check,
      `${folder} is on a network file system, which cannot lock SQLite’s log`,
      'Put DATABASE_URL on a local disk, or use Postgres.',
    )
  const took = `${syncMs.toPrecision(2)} ms (median of ${SYNCS})`
  return syncMs < SYNC_MIN_MS
    ? wrong(
        check,
        `fsync in ${folder} returns in ${took}: no disk is that fast`,
        'Something leaves fsync out, such as eatmydata in LD_PRELOAD. A power failure loses payments.',
      )
    : right(check, `SQLite synchronous FULL; fsync in ${folder} takes ${took}`)
}

/** Measures the disk of a SQLite file, or tells what Postgres says of its own. */
export function checkDisk(
  databaseUrl: string,
  inspection: Inspection | null,
  measure: (folder: string) => Disk,
): Finding {
  if (!databaseUrl.startsWith('file:')) return postgresFinding(inspection)
  let folder = dirname(databaseUrl.replace(/^file:/, ''))
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK)
    return diskFinding(folder, measure(folder))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return wrong(
      'disk sync',
      `${folder} cannot be written by this user (${String(error.code)})`,
      'Run the doctor as the server’s user, who must own the folder.',
    )
  }
}

function postgresFinding(inspection: Inspection | null): Finding {
  if (inspection === null) return notTried('disk sync', 'the database cannot be used')
  const { settings, warnings } = inspection
  return warnings.length === 0
    ? right('disk sync', settings)
    : wrong('disk sync', settings, `${warnings.join('.\n')}.`)
}
