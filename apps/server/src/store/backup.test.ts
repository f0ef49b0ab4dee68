import BetterSqlite3 from 'better-sqlite3'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type * as NodeFs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { backUp } from './engines/sqlite-backup.ts'
import { backUpInto } from './engines/sqlite-copies.ts'
import { DatabaseUnusable } from './engines/open.ts'
import { anOrder, nowMs } from './fixtures.contract.ts'
import { insertOrder } from './orders.ts'
import { databaseOn, openFile } from './engines/sqlite.ts'

/** What the disk makes of a file that SQLite has just written, what it says when a file is named, and who has files on it open. */
type Disk = {
  spoil: ((path: string) => void) | null
  refuses: Error | null
  readonly connections: BetterSqlite3.Database[]
}
const disk = vi.hoisted((): Disk => ({ spoil: null, refuses: null, connections: [] }))

/** What is done to the disk, in order: every call goes through to it. */
const done = vi.hoisted((): string[] => [])
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof NodeFs>()
  const nameOf = (path: string): string => path.replace(/^.*[\\/]/, '')
  const open = new Map<number, string>()
  return {
    ...fs,
    openSync: (path: string, flags: string): number => {
      const file = fs.openSync(path, flags)
      open.set(file, nameOf(path))
      return file
    },
    fsyncSync: (file: number): void => {
      fs.fsyncSync(file)
      done.push(`synced ${open.get(file)}`)
    },
    closeSync: (file: number): void => {
      fs.closeSync(file)
      done.push(`closed ${open.get(file)}`)
    },
    renameSync: (from: string, to: string): void => {
      if (disk.refuses !== null) throw disk.refuses
      fs.renameSync(from, to)
      done.push(`named ${nameOf(to)}`)
    },
  }
})

vi.mock('better-sqlite3', async (importOriginal) => {
  const { default: Real } = await importOriginal<{ default: typeof BetterSqlite3 }>()
  const construct = (_: unknown, given: [path: string, options?: BetterSqlite3.Options]) => {
    const raw = new Real(...given)
    disk.connections.push(raw)
    const prepare = raw.prepare.bind(raw)
    const spoiling = (source: string) => {
      const statement = prepare(source)
      const run = statement.run.bind(statement)
      const written = (path: string) => {
        const outcome = run(path)
        disk.spoil?.(path)
        return outcome
      }
      return source.startsWith('vacuum') ? Object.assign(statement, { run: written }) : statement
    }
    return Object.assign(raw, { prepare: spoiling })
  }
  return { default: new Proxy(Real, { construct }) }
})

/** A folder with a database of so many orders in it. */
async function filled(orders: number) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-backup-'))
  const path = join(folder, 'landfall.db')
  const raw = openFile(path)
  const db = databaseOn(raw, (run) => void setImmediate(run))
  for (let index = 0; index < orders; index += 1) await insertOrder(db, anOrder(`ord-${index}`), nowMs)
  return {
    folder,
    path,
    raw,
    into: join(folder, 'backup.db'),
    files: () => readdirSync(folder).filter((name) => name.startsWith('backup')),
    [Symbol.dispose]: () => {
      raw.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const refusal = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

beforeEach(() => {
  done.length = 0
  disk.spoil = null
  disk.refuses = null
  disk.connections.length = 0
})

describe('a backup of a SQLite file (C-09)', () => {
  test('what is in the file and in its log is in it, and its size and orders are told', async () => {
    using source = await filled(7)
    const backup = backUp(`file:${source.path}`, source.into)
    expect(backup).toEqual({ path: source.into, bytes: statSync(source.into).size, orders: 7 })
    const raw = new BetterSqlite3(source.into, { readonly: true })
    expect(raw.prepare('select count(*) from orders').pluck().get()).toBe(7)
    raw.close()
    expect(source.files()).toEqual(['backup.db'])
  })

  test('it is on the disk before it has its name, and so is its name before it is told of', async () => {
    using source = await filled(1)
    backUp(`file:${source.path}`, source.into)
    expect(done).toEqual([
      'synced backup.db.unfinished',
      'closed backup.db.unfinished',
      'named backup.db',
      `synced ${basename(source.folder)}`,
      `closed ${basename(source.folder)}`,
    ])
  })

  test('what an earlier try left unfinished is written anew', async () => {
    using source = await filled(2)
    writeFileSync(`${source.into}.unfinished`, 'half of an earlier one')
    expect(backUp(`file:${source.path}`, source.into).orders).toBe(2)
    expect(source.files()).toEqual(['backup.db'])
  })

  test('it replaces nothing, and there must be something to back up', async () => {
    using source = await filled(1)
    const nowhere = join(source.folder, 'nowhere.db')
    expect(refusal(() => backUp(`file:${nowhere}`, source.into))).toEqual(
      new DatabaseUnusable(`There is no file ${nowhere}.`),
    )
    expect(existsSync(nowhere)).toBe(false)
    writeFileSync(source.into, 'something else')
    expect(refusal(() => backUp(`file:${source.path}`, source.into))).toEqual(
      new DatabaseUnusable(`${source.into} already exists: a backup never overwrites a file.`),
    )
    expect(readFileSync(source.into, 'utf8')).toBe('something else')
    expect(source.files()).toEqual(['backup.db'])
  })

  test('a backup that is not sound is none: it is refused, and nothing of it is left', async () => {
    using source = await filled(1)
    disk.spoil = (path) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.fill(0xa5, 8_192, 12_288))
    }
    const error = refusal(() => backUp(`file:${source.path}`, source.into))
    expect(error).toBeInstanceOf(DatabaseUnusable)
    expect(String(error)).toMatch(/backup\.db\.unfinished is damaged or not a Landfall database \(.*page/)
    expect(source.files()).toEqual([])
  })

  test('a file that is no database of ours is told of by its name, and nothing is left', async () => {
    using source = await filled(1)
    source.raw.exec('drop table orders')
    expect(refusal(() => backUp(`file:${source.path}`, source.into))).toEqual(
      new DatabaseUnusable(`${source.path}: no such table: orders`),
    )
    expect(source.files()).toEqual([])
  })

  test('a failure that is not of the database is told as it is, and nothing is left', async () => {
    using source = await filled(1)
    disk.refuses = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    expect(refusal(() => backUp(`file:${source.path}`, source.into))).toBe(disk.refuses)
    expect(source.files()).toEqual([])
  })

  test('where nothing can be written it says which file was not backed up', async () => {
    using source = await filled(1)
    const nowhere = join(source.folder, 'nowhere', 'backup.db')
    expect(refusal(() => backUp(`file:${source.path}`, nowhere))).toEqual(
      new DatabaseUnusable(`${source.path}: unable to open database: ${nowhere}.unfinished`),
    )
  })

  test('the file and its log are only read, and nobody holds them or the backup afterwards', async () => {
    using source = await filled(2)
    // As a server leaves them that was killed: nobody else has them open.
    const left = join(source.folder, 'left.db')
    for (const part of ['', '-wal']) copyFileSync(`${source.path}${part}`, `${left}${part}`)
    const before = [readFileSync(left), readFileSync(`${left}-wal`)]
    disk.connections.length = 0
    expect(backUp(`file:${left}`, source.into).orders).toBe(2)
    expect([readFileSync(left), readFileSync(`${left}-wal`)]).toEqual(before)
    refusal(() => backUp(`file:${left}`, join(source.folder, 'nowhere', 'backup.db')))
    expect(disk.connections).toHaveLength(3)
    expect(disk.connections.map(({ open }) => open)).toEqual([false, false, false])
  })

  test.each(['postgres://localhost/x', 'postgresql://localhost/x'])(
    'for %s it says what Postgres is backed up with',
    (from) => {
      const error = refusal(() => backUp(from, '/nowhere/backup.db'))
      expect(error).toEqual(
        new DatabaseUnusable(
          'Postgres is backed up with its own tools: pg_dump --format=custom --file=landfall.dump <DATABASE_URL>',
        ),
      )
    },
  )

  test('a path that only speaks of Postgres is a path', () => {
    const from = '/nowhere/postgres:landfall.db'
    expect(refusal(() => backUp(`file:${from}`, '/nowhere/backup.db'))).toEqual(
      new DatabaseUnusable(`There is no file ${from}.`),
    )
  })
})

describe('backups of a timer (C-09)', () => {
  const day = 24 * 3_600_000
  const clockAt = (days: number) => ({
    nowMs: () => nowMs + days * day,
    date: (ms: number) => new Date(ms),
  })

  test('each is named by its time, and the newest are kept; other files in the folder stay', async () => {
    using source = await filled(2)
    const folder = join(source.folder, 'timed')
    const from = `file:${source.path}`
    const at = (days: number) => backUpInto(from, folder, 2, clockAt(days))
    expect(at(0)).toMatchObject({
      path: join(folder, 'landfall-20261102T030000Z.db'),
      orders: 2,
      deleted: [],
    })
    writeFileSync(join(folder, 'notes.txt'), '')
    writeFileSync(join(folder, 'landfall-20261102T020000Z.db.unfinished'), 'of a run that was killed')
    expect(at(0.5).deleted).toEqual([])
    expect(at(2).deleted).toEqual(['landfall-20261102T030000Z.db'])
    expect(readdirSync(folder).toSorted()).toEqual([
      'landfall-20261102T150000Z.db',
      'landfall-20261104T030000Z.db',
      'notes.txt',
    ])
    expect(statSync(folder).mode & 0o077).toBe(0)
  })

  test('when the new one is damaged or cannot be written, no older one is deleted', async () => {
    using source = await filled(2)
    const folder = join(source.folder, 'timed')
    const from = `file:${source.path}`
    for (const days of [0, 1]) backUpInto(from, folder, 2, clockAt(days))
    const before = readdirSync(folder)
    disk.spoil = (path) => writeFileSync(path, readFileSync(path).fill(0, 4_096, 40_960))
    expect(refusal(() => backUpInto(from, folder, 1, clockAt(2)))).toBeInstanceOf(DatabaseUnusable)
    disk.spoil = null
    disk.refuses = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    expect(refusal(() => backUpInto(from, folder, 1, clockAt(3)))).toBe(disk.refuses)
    expect(readdirSync(folder)).toEqual(before)
  })
})
