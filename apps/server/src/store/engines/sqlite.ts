// This file casts: it is where SQLite's driver becomes the `Database` that every store operation is written against.
import BetterSqlite3 from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sqliteColumns } from './columns.ts'
import { DatabaseUnusable, StorageUnavailable } from './database.ts'
import type { Database, Defer, Query, Write } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { prepareOnce } from './prepare-once.ts'
import { tablesFor } from '../tables.ts'

/** The most units that share one transaction. */
const BATCH_UNITS_MAX = 512
/** The longest wait for another process's lock while opening, when no request waits for this process. */
export const OPENING_WAIT_MS = 5_000
/**
 * The wait of one write for that lock. A synchronous wait blocks the event loop, so it is short and is repeated after the
 * loop has turned (K-04).
 */
const BUSY_WAIT_MS = 20
const BUSY_TRIES_MAX = 100
/**
 * A start checks a file up to this size for damage, in less than a second. Larger files are checked only as their pages
 * are read.
 */
const CHECKED_BYTES_MAX = 64 * 1024 * 1024
/** Attempts and the delay between them: five seconds in all. */
const WRITE_AHEAD_TRIES_MAX = 250
const WRITE_AHEAD_TRY_EVERY_MS = 20

type Unit = {
  readonly writes: readonly Write[]
  readonly resolve: (outcome: 'done' | 'stale') => void
  readonly reject: (error: unknown) => void
}

export const pathOf = (url: string): string => url.replace(/^file:(\/\/)?/, '')

/**
 * Opens a `file:` database, or creates it, and applies missing migrations. Units of one tick, gathered until `defer`
 * runs, share one transaction and one sync, each in a savepoint of its own. Throws `DatabaseUnusable`.
 */
export async function openSqlite(url: string, defer: Defer): Promise<Database> {
  const path = pathOf(url)
  mkdirSync(dirname(path), { recursive: true })
  return databaseOn(openFile(path), defer)
}

const tables = tablesFor(sqliteColumns)

/**
 * Wraps an open connection that has this version's tables. A simulation passes its own in-memory connection, and a
 * `Query` with prepared statements.
 */
export function databaseOn(raw: BetterSqlite3.Database, defer: Defer, prepared?: Query): Database {
  const query = prepared ?? (drizzle(prepareOnce(raw)) as unknown as Query)
  const commit = groupCommit(raw, query, defer)
  return {
    query,
    tables,
    atomically: (writes) => new Promise((resolve, reject) => commit({ writes, resolve, reject })),
    changes: null,
    check: async () =>
      void (await query.select({ orderId: tables.orders.orderId }).from(tables.orders).limit(1)),
    close: async () => void raw.close(),
  }
}

/**
 * Opens a file, checks it for damage and for durable writes, and migrates it to this version. Throws `DatabaseUnusable`.
 */
export function openFile(path: string, fileMustExist = false): BetterSqlite3.Database {
  if (fileMustExist && !existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  const raw = new BetterSqlite3(path, { timeout: OPENING_WAIT_MS })
  try {
    prepare(raw, path)
    return raw
  } catch (error) {
    raw.close()
    throw /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error)) ? damaged(path, messageOf(error)) : error
  }
}

function prepare(raw: BetterSqlite3.Database, path: string): void {
  const journal = writeAhead(raw)
  // Set this after WAL, on every connection. better-sqlite3 is compiled so that a reopened WAL database runs at NORMAL,
  // where a power failure can lose an acknowledged commit (C-05).
  raw.pragma('synchronous = FULL')
  raw.pragma('foreign_keys = ON')
  if (journal !== 'wal' || raw.pragma('synchronous', { simple: true }) !== 2)
    throw new DatabaseUnusable(
      `${path} cannot be written safely: its file system does not support SQLite's write-ahead log. Use a local disk.`,
    )
  const found =
    statSync(path).size > CHECKED_BYTES_MAX ? 'ok' : raw.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw damaged(path, String(found))
  migrateSqlite(raw, migrationsOf('sqlite'))
  raw.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
}

/**
 * Switches a connection to write-ahead logging and returns its journal mode. SQLite does not apply its busy timeout to
 * the first switch of a new file: without the retries, all but one of several processes that start together would fail at
 * once (K-07).
 */
function writeAhead(raw: BetterSqlite3.Database): unknown {
  for (let tries = 1; ; tries += 1) {
    try {
      return raw.pragma('journal_mode = WAL', { simple: true })
    } catch (error) {
      if (tries === WRITE_AHEAD_TRIES_MAX || !codeOf(error).startsWith('SQLITE_BUSY')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITE_AHEAD_TRY_EVERY_MS)
    }
  }
}

/**
 * Applies missing migrations in one transaction that locks out other writers. Of several processes that start together,
 * one migrates. A process that is killed half-way leaves nothing (K-07). Drizzle's own `migrate` reads before it locks,
 * so two processes could apply the same migration.
 */
export function migrateSqlite(raw: BetterSqlite3.Database, folder: string): void {
  raw.exec('begin immediate')
  try {
    raw.exec(
      `create table if not exists ${JOURNAL} (id integer primary key, hash text not null, created_at numeric)`,
    )
    const last = raw.prepare(`select max(created_at) from ${JOURNAL}`).pluck().get()
    for (const { statements, hash, createdAtMs } of migrationsFrom(folder, Number(last ?? 0))) {
      for (const statement of statements) raw.exec(statement)
      raw.prepare(`insert into ${JOURNAL} (hash, created_at) values (?, ?)`).run(hash, createdAtMs)
    }
    raw.exec('commit')
  } catch (error) {
    if (raw.inTransaction) raw.exec('rollback')
    throw error
  }
}

export const damaged = (path: string, why: string): DatabaseUnusable =>
  new DatabaseUnusable(
    `${path} is damaged or not a Landfall database (${why.replaceAll(/\s+/g, ' ')}). It was left as it is: ` +
      `put a backup in its place, or move it away together with ${path}-wal and ${path}-shm to start empty.`,
  )

/** Commits the units of one tick in one transaction, with one sync. */
function groupCommit(raw: BetterSqlite3.Database, query: Query, defer: Defer): (unit: Unit) => void {
  const queue: Unit[] = []
  const statements = prepareBatchStatements(raw)
  let busyTries = 0
  const flush = (): void => {
    const batch = queue.splice(0, BATCH_UNITS_MAX)
    busyTries = commitBatch(raw, query, statements, batch) === 'busy' ? busyTries + 1 : 0
    // After the last retry, try each later batch only once until the lock is gone, so that waiting units do not
    // accumulate.
    if (busyTries >= BUSY_TRIES_MAX)
      refuse(batch, new StorageUnavailable('the database is locked by another process'))
    else if (busyTries > 0) queue.unshift(...batch)
    if (queue.length > 0) defer(flush)
  }
  return (unit) => {
    queue.push(unit)
    if (queue.length === 1) defer(flush)
  }
}

/** The statements that begin and end batches and units, prepared once. */
type BatchStatements = ReturnType<typeof prepareBatchStatements>
const prepareBatchStatements = (raw: BetterSqlite3.Database) => ({
  beginAll: raw.prepare('begin immediate'),
  commit: raw.prepare('commit'),
  begin: raw.prepare('savepoint unit'),
  undo: raw.prepare('rollback to unit'),
  end: raw.prepare('release unit'),
})

function commitBatch(
  raw: BetterSqlite3.Database,
  query: Query,
  statements: BatchStatements,
  batch: readonly Unit[],
): 'answered' | 'busy' {
  const answers: Array<() => void> = []
  try {
    statements.beginAll.run()
    for (const unit of batch) answers.push(runUnit(raw, query, statements, unit))
    statements.commit.run()
  } catch (error) {
    const busy = codeOf(error).startsWith('SQLITE_BUSY')
    if (!busy) refuse(batch, new StorageUnavailable(messageOf(error), { cause: error }))
    // After some failures, such as a full disk, SQLite has already rolled back.
    if (raw.inTransaction) raw.exec('rollback')
    return busy ? 'busy' : 'answered'
  }
  for (const answer of answers) answer()
  return 'answered'
}

const refuse = (batch: readonly Unit[], error: StorageUnavailable): void =>
  batch.forEach((unit) => unit.reject(error))

/**
 * Runs one unit, in a savepoint unless it is a single write. Returns the function that answers it, to be called after the
 * batch has committed.
 */
function runUnit(
  raw: BetterSqlite3.Database,
  query: Query,
  statements: BatchStatements,
  unit: Unit,
): () => void {
  const { begin, undo, end } = unit.writes.length === 1 ? alone : statements
  begin.run()
  try {
    for (const write of unit.writes) {
      if (rowsOf(write(query)).length > 0) continue
      undo.run()
      end.run()
      return () => unit.resolve('stale')
    }
    end.run()
    return () => unit.resolve('done')
  } catch (error) {
    // A full disk or a lost file fails the whole batch. Any other error undoes only this unit.
    if (
      !raw.inTransaction ||
      /^SQLITE_(FULL|IOERR|READONLY|BUSY|CORRUPT|NOTADB|CANTOPEN|NOMEM)/.test(codeOf(error))
    )
      throw error
    undo.run()
    end.run()
    return () => unit.reject(error)
  }
}
const none = { run: (): void => undefined }
const alone = { begin: none, undo: none, end: none }

/** Runs a query synchronously: a built one has `all`, a prepared one `sync`. */
function rowsOf(running: ReturnType<Write>): readonly unknown[] {
  const now = running as unknown as { all(): readonly unknown[] } | { sync(): readonly unknown[] }
  return 'sync' in now ? now.sync() : now.all()
}
