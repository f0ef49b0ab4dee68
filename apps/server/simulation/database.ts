import BetterSqlite3 from 'better-sqlite3'
import { databaseOn, migrateSqlite } from '../src/store/sqlite.ts'
import { migrationsOf } from '../src/store/migrations.ts'
import type { Database, Query } from '../src/store/db.ts'
import type { Course } from './course.ts'
import { never, type Life } from './life.ts'
import type { Outside } from './outside.ts'

let empty: Buffer | null = null

/** A database in memory with this version's tables: both servers of a world share its one connection, as they would share a file. */
export function openMemory(): BetterSqlite3.Database {
  empty ??= emptyDatabase()
  const raw = new BetterSqlite3(empty)
  raw.pragma('foreign_keys = ON')
  return raw
}

function emptyDatabase(): Buffer {
  const raw = new BetterSqlite3(':memory:')
  migrateSqlite(raw, migrationsOf('sqlite'))
  const bytes = raw.serialize()
  raw.close()
  return bytes
}

class SqliteFailure extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** The real store on that connection, as one process sees it: batches are committed when chance says, unless the process is gone by then. */
export function storeOf(outside: Outside, life: Life, keepsBatch: () => boolean, name: 'A' | 'B'): Database {
  const { agenda, dice } = outside
  const commit = (run: () => void): void => {
    const go = (): void => {
      // Killed between the commit and its answer, or before it: the process cannot tell, and the world must bear both (C-02, C-05).
      if (life.over && !keepsBatch()) return outside.marks.hit('killed with a batch that is lost')
      if (life.over) outside.marks.hit('killed between the commit and its answer')
      const leftMs = life.over ? 0 : life.stalledUntilMs - agenda.nowMs
      if (leftMs > 0) agenda.after(leftMs, go)
      else run()
    }
    agenda.after(dice.fraction() * outside.weather().commitMs, go)
  }
  const stored = databaseOn(
    connection(outside, name, () => outside.committed(name, life.id)),
    commit,
  )
  const wait = (): Promise<void> => life.wait(dice.fraction() * outside.weather().commitMs)
  return {
    ...stored,
    query: outside.weather().slowReads ? slowReads(stored.query, wait) : stored.query,
    atomically: async (writes) => {
      const outcome = await life.guard(life.over ? never<'stale'>() : stored.atomically(writes))
      if (outcome === 'stale')
        outside.marks.hit(`${writes.length > 1 ? 'a decision' : 'a single write'} comes too late`)
      return outcome
    },
  }
}

/** The connection with a disk that fills up and another process that locks the file. Statements are kept: thousands of worlds ask the same. */
function connection(outside: Outside, name: 'A' | 'B', committed: () => void): BetterSqlite3.Database {
  const { raw, storage, agenda, marks } = outside
  let course: Course = 'well'
  /** Throws what SQLite throws at that statement, when the world is such. */
  const fails = (sql: string): void => {
    if (sql === 'begin immediate') course = outside.course({ from: name, to: 'database', what: 'commit' })
    if (sql === 'begin immediate' && course === 'before') throw new SqliteFailure('SQLITE_BUSY')
    if (sql === 'commit' && course === 'broken') throw new SqliteFailure('SQLITE_FULL')
    if (sql === 'begin immediate' && storage.lockedUntilMs > agenda.nowMs) {
      marks.hit('the database is locked by another process')
      throw new SqliteFailure('SQLITE_BUSY')
    }
    if (sql === 'commit' && storage.fullUntilMs > agenda.nowMs) {
      marks.hit('the disk is full at a commit')
      throw new SqliteFailure('SQLITE_FULL')
    }
  }
  const exec = (sql: string): unknown => {
    fails(sql)
    raw.exec(sql)
    if (sql === 'commit') committed()
    if (sql === 'commit' && course === 'after') outside.kill(name)
    return raw
  }
  const statements = new Map<string, unknown>([
    ['begin immediate', { run: () => exec('begin immediate') }],
    ['commit', { run: () => exec('commit') }],
  ])
  const prepare = (sql: string): unknown => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = raw.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return new Proxy(raw, {
    get(target, key): unknown {
      if (key === 'exec') return exec
      if (key === 'prepare') return prepare
      return Reflect.get(target, key, target)
    },
  })
}

/** Reads that take time, as those of a database server do: between a read and what follows from it others may write. */
function slowReads(query: Query, wait: () => Promise<void>): Query {
  const slow = <T extends object>(builder: T): T =>
    new Proxy(builder, {
      get(target, key, self): unknown {
        const value: unknown = Reflect.get(target, key, self)
        if (key === 'prepare' && typeof value === 'function') {
          const prepare = (): unknown => Reflect.apply(value, target, [])
          return () => slowPrepared(prepare, wait)
        }
        if (key !== 'then' || typeof value !== 'function') return value
        return (good: unknown, bad: unknown): unknown =>
          wait().then(() => {
            const read: unknown = Reflect.apply(value, target, [good, bad])
            return read
          })
      },
    })
  const from = <T extends object>(builder: T): T =>
    new Proxy(builder, {
      get(target, key): unknown {
        const value: unknown = Reflect.get(target, key, target)
        if (key !== 'from' || typeof value !== 'function') return value
        return (table: unknown): unknown => {
          const read: unknown = Reflect.apply(value, target, [table])
          return typeof read === 'object' && read !== null ? slow(read) : read
        }
      },
    })
  return new Proxy(query, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target)
      if (key !== 'select' || typeof value !== 'function') return value
      return (...fields: unknown[]): unknown => {
        const builder: unknown = Reflect.apply(value, target, fields)
        return typeof builder === 'object' && builder !== null ? from(builder) : builder
      }
    },
  })
}

/** A statement prepared once waits at each run of it. */
function slowPrepared(prepare: () => unknown, wait: () => Promise<void>): unknown {
  const prepared = prepare()
  if (typeof prepared !== 'object' || prepared === null) return prepared
  return new Proxy(prepared, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target)
      if (key !== 'execute' || typeof value !== 'function') return value
      return async (values: unknown): Promise<unknown> => {
        await wait()
        const rows: unknown = Reflect.apply(value, target, [values])
        return rows
      }
    },
  })
}
