import BetterSqlite3 from 'better-sqlite3'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { DatabaseUnusable, openDatabase, StorageUnavailable, type Database, type Write } from './open.ts'
import { noted, noting, touchingNothing } from '../fixtures.contract.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { databaseOn, migrateSqlite, openFile, pathOf } from './sqlite.ts'

/** A folder of the test's own. */
function aFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'landfall-sqlite-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

/** A database in memory whose turns of the event loop the test takes itself. */
function stepped(raw = new BetterSqlite3(':memory:')) {
  if (raw.memory) migrateSqlite(raw, migrationsOf('sqlite'))
  const deferred: Array<() => void> = []
  const db = databaseOn(raw, (run) => void deferred.push(run))
  /** What became of each unit, in the order in which they were answered. */
  const answers: Array<[name: string, answer: unknown]> = []
  const give = (name: string, ...writes: Write[]): void =>
    void db.atomically(writes).then(
      (outcome) => answers.push([name, outcome]),
      (error: unknown) => answers.push([name, error]),
    )
  return {
    db,
    raw,
    give,
    answers,
    waiting: () => deferred.length,
    turn: async (): Promise<void> => {
      deferred.shift()?.()
      await new Promise((resolve) => void setImmediate(resolve))
    },
    [Symbol.dispose]: () => void raw.close(),
  }
}

const throwing =
  (error: unknown): Write =>
  () => {
    throw error
  }
const coded = (code: string): Error => Object.assign(new Error(`the driver says ${code}`), { code })

describe('SQLite: one commit for what comes together', () => {
  test('units of one tick are run in one turn, in their order, and nobody is answered before it', async () => {
    using world = stepped()
    for (const name of ['a', 'b', 'c']) world.give(name, noting(world.db, name))
    await new Promise((resolve) => void setImmediate(resolve))
    expect(world.answers).toEqual([])
    expect(await noted(world.db)).toEqual([])
    expect(world.waiting()).toBe(1)
    await world.turn()
    expect(world.answers).toEqual([
      ['a', 'done'],
      ['b', 'done'],
      ['c', 'done'],
    ])
    expect(world.waiting()).toBe(0)
  })

  test('a turn takes 512 units; the others wait for the next', async () => {
    using world = stepped()
    for (let index = 0; index < 1_025; index += 1) world.give(`${index}`, noting(world.db, `${index}`))
    for (const answered of [512, 1_024, 1_025]) {
      expect(world.waiting()).toBe(1)
      await world.turn()
      expect(world.answers).toHaveLength(answered)
      expect(await noted(world.db)).toHaveLength(answered)
    }
    expect(world.waiting()).toBe(0)
    expect(world.answers.map(([name]) => name)).toEqual(
      Array.from({ length: 1_025 }, (_, index) => `${index}`),
    )
  })

  test('a batch is run a second time, with savepoints, only when a unit fails after a write of its own (S-11)', async () => {
    using world = stepped()
    let runs = 0
    const counted: Write = (query) => {
      runs += 1
      return noting(world.db, `run ${runs}`)(query)
    }
    const refused = throwing(coded('SQLITE_CONSTRAINT'))
    world.give('counted', counted)
    world.give('first stale', touchingNothing(world.db), noting(world.db, 'a'))
    world.give('first refused', refused, noting(world.db, 'b'))
    await world.turn()
    expect(runs).toBe(1)
    world.give('counted', counted)
    world.give('later stale', noting(world.db, 'c'), touchingNothing(world.db))
    world.give('later refused', noting(world.db, 'd'), refused)
    world.give('whole', noting(world.db, 'e'), noting(world.db, 'f'))
    await world.turn()
    expect(runs).toBe(3)
    expect(await noted(world.db)).toEqual(['e', 'f', 'run 1', 'run 3'])
    expect(
      world.answers.map(
        ([name, answer]) => `${name}: ${answer instanceof Error ? 'refused' : String(answer)}`,
      ),
    ).toEqual([
      'counted: done',
      'first stale: stale',
      'first refused: refused',
      'counted: done',
      'later stale: stale',
      'later refused: refused',
      'whole: done',
    ])
  })

  test('a unit that comes after a turn asks for another', async () => {
    using world = stepped()
    world.give('a', noting(world.db, 'a'))
    await world.turn()
    world.give('b', noting(world.db, 'b'))
    expect(world.waiting()).toBe(1)
    await world.turn()
    expect(await noted(world.db)).toEqual(['a', 'b'])
  })

  test('nobody is told «done» when the commit itself fails', async () => {
    using world = stepped()
    // A reference that is only checked at the end.
    world.raw.exec('pragma foreign_keys = on')
    world.raw.exec('create table parent (id text primary key)')
    world.raw.exec('create table child (id text references parent (id) deferrable initially deferred)')
    world.raw.exec(`create trigger orphaned after insert on timeline when new.entry_id = 'b'
      begin insert into child values ('nobody'); end`)
    world.give('a', noting(world.db, 'a'))
    world.give('b', noting(world.db, 'b'))
    world.give('c', touchingNothing(world.db))
    await world.turn()
    expect(world.answers.map(([name]) => name)).toEqual(['a', 'b', 'c'])
    for (const [, answer] of world.answers) {
      expect(answer).toBeInstanceOf(StorageUnavailable)
      expect(answer).toMatchObject({
        message: 'FOREIGN KEY constraint failed',
        cause: { code: expect.anything() },
      })
    }
    expect(await noted(world.db)).toEqual([])
    world.give('d', noting(world.db, 'd'))
    await world.turn()
    expect(await noted(world.db)).toEqual(['d'])
  })
})

describe('SQLite: failures of one unit and of the whole batch', () => {
  const between = async (trouble: (db: Database, raw: BetterSqlite3.Database) => Write[]) => {
    using world = stepped()
    world.give('before', noting(world.db, 'before'))
    world.give('trouble', noting(world.db, 'half'), ...trouble(world.db, world.raw))
    world.give('after', noting(world.db, 'after'))
    await world.turn()
    const waits = world.waiting()
    return { answers: Object.fromEntries(world.answers), noted: await noted(world.db), waits }
  }

  test('a unit that touches nothing is stale, and what it wrote before is undone', async () => {
    const { answers, noted: rows } = await between((db) => [touchingNothing(db), noting(db, 'never')])
    expect(answers).toEqual({ before: 'done', trouble: 'stale', after: 'done' })
    expect(rows).toEqual(['after', 'before'])
  })

  test.each([
    ['a constraint', coded('SQLITE_CONSTRAINT_PRIMARYKEY')],
    ['a fault of ours', new TypeError('no such thing')],
    ['a code of somebody else', coded('NOT_SQLITE_FULL')],
    ['no error at all', 'only a text'],
    ['nothing', null],
    ['a number for a code', { code: 13 }],
  ])('%s is that of the one unit, which is told so as it is', async (_, error) => {
    const { answers, noted: rows } = await between(() => [throwing(error)])
    expect(answers).toEqual({ before: 'done', trouble: error, after: 'done' })
    expect(answers['trouble']).toBe(error)
    expect(rows).toEqual(['after', 'before'])
  })

  test.each([
    'SQLITE_FULL',
    'SQLITE_IOERR',
    'SQLITE_IOERR_WRITE',
    'SQLITE_READONLY',
    'SQLITE_CORRUPT',
    'SQLITE_NOTADB',
    'SQLITE_CANTOPEN',
    'SQLITE_NOMEM',
  ])('%s is nobody’s: all are told that nothing could be stored, and nothing is (C-06)', async (code) => {
    const error = coded(code)
    const { answers, noted: rows } = await between(() => [throwing(error)])
    expect(Object.keys(answers)).toEqual(['before', 'trouble', 'after'])
    for (const answer of Object.values(answers)) {
      expect(answer).toBeInstanceOf(StorageUnavailable)
      expect(answer).toMatchObject({ message: error.message, cause: error })
    }
    expect(rows).toEqual([])
  })

  test('a failure for which SQLite itself undid the transaction is all units’, whatever it is called', async () => {
    const { answers, noted: rows } = await between((db, raw) => {
      raw.exec(`create trigger undoing after insert on timeline when new.entry_id = 'undone'
        begin select raise(rollback, 'undone by itself'); end`)
      return [noting(db, 'undone'), noting(db, 'never')]
    })
    expect(Object.keys(answers)).toEqual(['before', 'trouble', 'after'])
    for (const answer of Object.values(answers)) expect(answer).toBeInstanceOf(StorageUnavailable)
    expect(rows).toEqual([])
  })

  test('a lock met in the middle has all of it run again, from the first unit', async () => {
    using world = stepped()
    let locked = true
    const meeting: Write = (query) => {
      if (locked) throw coded('SQLITE_BUSY_SNAPSHOT')
      return noting(world.db, 'b')(query)
    }
    world.give('a', noting(world.db, 'a'))
    world.give('b', meeting)
    await world.turn()
    expect(world.answers).toEqual([])
    expect([await noted(world.db), world.waiting()]).toEqual([[], 1])
    locked = false
    world.give('c', noting(world.db, 'c'))
    await world.turn()
    expect(world.answers).toEqual([
      ['a', 'done'],
      ['b', 'done'],
      ['c', 'done'],
    ])
  })
})

describe('SQLite: how long a lock is waited for (K-04)', () => {
  /** A database in a file whose lock another connection holds until it is released. */
  const contested = () => {
    const folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    const raw = openFile(path)
    raw.pragma('busy_timeout = 0')
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    const world = stepped(raw)
    const turns = async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn += 1) await world.turn()
    }
    return {
      ...world,
      turns,
      lock: () => void other.exec('begin immediate'),
      release: () => void other.exec('rollback'),
      [Symbol.dispose]: () => {
        other.close()
        raw.close()
        folder[Symbol.dispose]()
      },
    }
  }
  const refused = expect.objectContaining({
    name: 'StorageUnavailable',
    message: 'the database is locked by another process',
  })

  test('a hundred times; then it is refused, and whatever comes while the lock lasts is tried once', async () => {
    using world = contested()
    world.give('a', noting(world.db, 'a'))
    await world.turns(99)
    expect([world.answers, world.waiting()]).toEqual([[], 1])
    await world.turns(1)
    expect([world.answers, world.waiting()]).toEqual([[['a', refused]], 0])
    world.give('b', noting(world.db, 'b'))
    await world.turns(1)
    expect(world.answers).toEqual([
      ['a', refused],
      ['b', refused],
    ])
    expect(await noted(world.db)).toEqual([])
  })

  test('once a write has gone through, the next lock is waited for a hundred times again', async () => {
    using world = contested()
    world.give('a', noting(world.db, 'a'))
    await world.turns(100)
    world.release()
    world.give('b', noting(world.db, 'b'))
    await world.turns(1)
    world.lock()
    world.give('c', noting(world.db, 'c'))
    await world.turns(99)
    expect(world.answers).toEqual([
      ['a', refused],
      ['b', 'done'],
    ])
    world.release()
    await world.turns(1)
    expect(await noted(world.db)).toEqual(['b', 'c'])
  })

  test('who waited longest is written first', async () => {
    using world = contested()
    world.give('a', noting(world.db, 'a'))
    await world.turns(1)
    world.give('b', noting(world.db, 'b'))
    await world.turns(1)
    world.release()
    await world.turns(1)
    expect(world.answers).toEqual([
      ['a', 'done'],
      ['b', 'done'],
    ])
  })

  test('what waits behind a full turn is refused in its own turn, not with it', async () => {
    using world = contested()
    for (let index = 0; index < 513; index += 1) world.give(`${index}`, noting(world.db, `${index}`))
    await world.turns(100)
    expect([world.answers.length, world.waiting()]).toEqual([512, 1])
    await world.turns(1)
    expect([world.answers.length, world.waiting()]).toEqual([513, 0])
  })
})

describe('SQLite: a database that is opened', () => {
  const anywhere = (run: () => void): void => void setImmediate(run)

  test('an address is a path with `file:` or `file://` before it', () => {
    expect(pathOf('file:/srv/landfall.db')).toBe('/srv/landfall.db')
    expect(pathOf('file:///srv/landfall.db')).toBe('/srv/landfall.db')
    expect(pathOf('file:./data/landfall.db')).toBe('./data/landfall.db')
    expect(pathOf('/srv/file:///odd.db')).toBe('/srv/file:///odd.db')
  })

  test('the folders it lies in are made', async () => {
    using folder = aFolder()
    const path = join(folder.path, 'deep', 'down', 'landfall.db')
    const db = await openDatabase(`file:${path}`, anywhere)
    expect(existsSync(path)).toBe(true)
    expect(db.changes).toBeNull()
    await db.close()
    await expect(db.check()).rejects.toThrow('not open')
  })

  test('a check fails when the tables are gone', async () => {
    using world = stepped()
    await world.db.check()
    world.raw.exec('drop table orders')
    await expect(world.db.check()).rejects.toThrow('orders')
  })

  test('a file that must be there and is not is refused; one that is there is opened', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    expect(() => openFile(path, true)).toThrow(new DatabaseUnusable(`There is no file ${path}.`))
    expect(existsSync(path)).toBe(false)
    openFile(path).close()
    openFile(path, true).close()
  })

  test('where no log can be written ahead nothing is kept', () => {
    const opening = () => openFile(':memory:')
    expect(opening).toThrow(DatabaseUnusable)
    expect(opening).toThrow(
      ":memory: cannot be written safely: its file system does not support SQLite's write-ahead log. Use a local disk.",
    )
  })

  test('C-05: every connection waits for the disk at each commit, also to a database that is opened again', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    for (const opening of ['the first', 'the second']) {
      const raw = openFile(path)
      const [journal, synchronous] = ['journal_mode', 'synchronous'].map((name) =>
        raw.pragma(name, { simple: true }),
      )
      expect([opening, journal, synchronous]).toEqual([opening, 'wal', 2])
      raw.close()
    }
  })

  test('one that another process is just changing to write ahead is opened when that has been done (K-07)', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    const other = new BetterSqlite3(path)
    other.exec('create table theirs (id integer); begin immediate')
    const waited = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      if (other.inTransaction && waited.mock.calls.length === 3) other.exec('rollback')
      return 'timed-out'
    })
    openFile(path).close()
    expect(waited.mock.calls.map(([, , , ms]) => ms)).toEqual([20, 20, 20])
    waited.mockRestore()
    other.close()
  })

  test('one that stays locked is refused in the end', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    const other = new BetterSqlite3(path)
    other.exec('create table theirs (id integer); begin immediate')
    const waited = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
    expect(() => openFile(path)).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }))
    expect(waited).toHaveBeenCalledTimes(249)
    waited.mockRestore()
    other.close()
  })

  test('a write waits for another process only so long in one go, however long opening may wait', () => {
    using folder = aFolder()
    const raw = openFile(join(folder.path, 'landfall.db'))
    expect(raw.pragma('busy_timeout', { simple: true })).toBe(20)
    raw.close()
  })

  test('a file that cannot be given our tables is told as it is, and not held open', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    const theirs = new BetterSqlite3(path)
    theirs.exec('create table orders (id integer)')
    theirs.close()
    expect(() => openFile(path)).toThrow(
      expect.objectContaining({ code: 'SQLITE_ERROR', message: 'table `orders` already exists' }),
    )
    // They are there for as long as anybody has the file open.
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('what is wrong with a damaged file is told in one line', () => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    withPages(path)
    overwrite(path, 40_960, 4_096)
    expect(() => openFile(path)).toThrow(
      `${path} is damaged or not a Landfall database (*** in database main *** Tree `,
    )
    expect(() => openFile(path)).toThrow(/^[^\n]+$/)
    expect(() => openFile(path)).toThrow(`together with ${path}-wal and ${path}-shm to start empty.`)
  })

  // Reading a large file through would hold up each start; its pages are checked as they are used.
  test.each([
    ['up to 64 MiB is read through for damage', 64 * 1024 * 1024, true],
    ['above 64 MiB is not', 64 * 1024 * 1024 + 1, false],
  ])('a file of %s', (_, bytes, isRead) => {
    using folder = aFolder()
    const path = join(folder.path, 'landfall.db')
    withPages(path)
    overwrite(path, 40_960, 4_096)
    truncateSync(path, bytes)
    const opening = (): void => void openFile(path).close()
    if (isRead) expect(opening).toThrow(DatabaseUnusable)
    else opening()
  })
})

describe('SQLite: migrations', () => {
  const tables = (raw: BetterSqlite3.Database): unknown[] =>
    raw.prepare(`select name from sqlite_master where type = 'table' order by name`).pluck().all()

  test('they are noted with their hash and time, in order, and applied once', () => {
    const raw = new BetterSqlite3(':memory:')
    const all = migrationsFrom(migrationsOf('sqlite'), 0)
    for (const _ of [1, 2]) migrateSqlite(raw, migrationsOf('sqlite'))
    expect(all.length).toBeGreaterThan(1)
    expect(raw.prepare(`select hash, created_at as at from ${JOURNAL} order by id`).all()).toEqual(
      all.map(({ hash, createdAtMs }) => ({ hash, at: createdAtMs })),
    )
    const last = Math.max(...all.map(({ createdAtMs }) => createdAtMs))
    expect(migrationsFrom(migrationsOf('sqlite'), last)).toEqual([])
    expect(migrationsFrom(migrationsOf('sqlite'), last - 1)).toEqual(all.slice(-1))
    raw.close()
  })

  test('one that fails leaves nothing of any, and the connection as it was (K-07)', () => {
    const raw = new BetterSqlite3(':memory:')
    raw.exec('create table timeline (id integer)') // in the way of the real one
    expect(() => migrateSqlite(raw, migrationsOf('sqlite'))).toThrow('table `timeline` already exists')
    expect(raw.inTransaction).toBe(false)
    expect(tables(raw)).toEqual(['timeline'])
    raw.exec('drop table timeline')
    migrateSqlite(raw, migrationsOf('sqlite'))
    expect(tables(raw)).toContain('orders')
    raw.close()
  })

  test('one that SQLite itself has undone is told by its own failure', () => {
    using folder = aFolder()
    const statements = [
      'create table once (id text primary key)',
      `insert into once values ('a')`,
      `insert or rollback into once values ('a')`,
    ]
    mkdirSync(join(folder.path, 'meta'))
    const entries = [{ idx: 0, when: 1, tag: '0000_undone', breakpoints: true }]
    writeFileSync(join(folder.path, 'meta', '_journal.json'), JSON.stringify({ entries }))
    writeFileSync(join(folder.path, '0000_undone.sql'), statements.join(';--> statement-breakpoint\n'))
    const raw = new BetterSqlite3(':memory:')
    expect(() => migrateSqlite(raw, folder.path)).toThrow('UNIQUE constraint failed: once.id')
    expect(tables(raw)).toEqual([])
    raw.close()
  })
})

function withPages(path: string): void {
  const raw = openFile(path)
  const insert = raw.prepare(`insert into budget (name, at_ms, taken) values (?, 0, 0)`)
  raw.exec('begin')
  for (let index = 0; index < 600; index += 1) insert.run(`${index}`.padStart(200, 'x'))
  raw.exec('commit')
  raw.close()
}

function overwrite(path: string, offset: number, bytes: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, offset)
  closeSync(file)
}
