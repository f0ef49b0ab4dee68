import { realClock } from '../deps.ts'
import { backUp } from '../store/engines/sqlite-backup.ts'
import { backUpInto } from '../store/engines/sqlite-copies.ts'
import { DatabaseUnusable } from '../store/engines/open.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

export type BackupOptions = {
  readonly from?: string
  readonly to?: string
  readonly into?: string
  readonly keep?: string
}

/** Backs up the SQLite file of a running server, and reads the backup through. */
export async function backup(
  { from = '', to = '', into = '', keep = '' }: BackupOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const isOne = to !== '' && into === '' && keep === ''
  const isTimed = to === '' && into !== '' && /^[1-9]\d{0,2}$|^1000$/.test(keep)
  if (from === '') throw new InvalidArguments('Give --from.')
  if (!isOne && !isTimed && from.startsWith('file:'))
    throw new InvalidArguments('Give --to, or --into with --keep from 1 to 1000.')
  try {
    const { path, bytes, orders, deleted } = isTimed
      ? backUpInto(from, into, Number(keep), realClock)
      : { ...backUp(from, to), deleted: [] }
    terminal.out(`${path}: ${bytes} bytes, ${orders} orders, read through and sound.\n`)
    if (deleted.length > 0) terminal.out(`Deleted: ${deleted.join(', ')}.\n`)
    return 0
  } catch (error) {
    if (!(error instanceof DatabaseUnusable) && !isOfDisk(error)) throw error
    terminal.error(`There is no new backup. ${error.message}\n`)
    return 1
  }
}

/** A full, missing or read-only disk, told by the system. */
function isOfDisk(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
