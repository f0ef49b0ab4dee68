// This file casts: it is where SQLite's driver becomes the `Database` that every store operation is written against.
import BetterSqlite3 from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sqliteColumns } from './columns.ts'
import { DatabaseUnusable, StorageUnavailable } from './database.ts'
import type { Database, Defer, Query, Write } from './database.ts'
import { codeOf, messageOf } from './failure.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { planned } from './stable-limit-plan.ts'
import { writeAhead } from './sqlite-write-ahead.ts'
import { tablesFor } from '../tables.ts'

/** Units that may share one transaction. */
const BATCH_UNITS_MAX = 512
/** How long opening waits for another process's lock: nobody else needs this process yet. */
const OPENING_WAIT_MS = 5_000
/** How long a write waits for it later. A synchronous wait stops the event loop, so it is short and repeated after a turn of it (K-04). */
const BUSY_WAIT_MS = 20
const BUSY_TRIES_MAX = 100
/** A file up to this size is read through for damage at start, in less than a second; a larger one as its pages are used. */
const CHECKED_BYTES_MAX = 64 * 1024 * 1024

type Unit = {
  readonly writes: readonly Write[]
  readonly resolve: (outcome: 'done' | 'stale') => void
  readonly reject: (error: unknown) => void
}

export const pathOf = (url: string): string => url.replace(/^file:(\/\/)?/, '')

/**
 * Opens a `file:` database, made if it is not there; `defer` runs a function after the current tick, so that units gather: those of one
 * tick share one transaction and one sync, each in a savepoint of its own.
 */
export async function openSqlite(url: string, defer: Defer): Promise<Database> {
  const path = pathOf(url)
  mkdirSync(dirname(path), { recursive: true })
  return databaseOn(openFile(path), defer)
}

const tables = tablesFor(sqliteColumns)

/** The database of an open connection that has this version's tables. A simulated world brings its own, in memory, and what it holds prepared. */
export function databaseOn(raw: BetterSqlite3.Database, defer: Defer, held?: Query): Database {
  const query = held ?? (drizzle(planned(raw)) as unknown as Query)
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

/** A file that is sound, safe to write to, and has this version's tables. */
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

/**
 * Writes what the file holds now into another, in one read of its own that holds up no writer. The new file gets its name only once it has
 * been read through and is on the disk: a backup that is there is a sound one.
 */
export function backUpFile(path: string, into: string): { readonly bytes: number; readonly orders: number } {
  if (!existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  if (existsSync(into)) throw new DatabaseUnusable(`${into} is there already: a backup replaces nothing.`)
  const unfinished = `${into}.unfinished`
  rmSync(unfinished, { force: true })
  const live = new BetterSqlite3(path, { readonly: true, timeout: OPENING_WAIT_MS })
  try {
    live.prepare('vacuum into ?').run(unfinished)
    const orders = ordersOfSound(unfinished)
    syncPath(unfinished)
    renameSync(unfinished, into)
    syncPath(dirname(into))
    return { bytes: statSync(into).size, orders }
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw codeOf(error).startsWith('SQLITE_') ? new DatabaseUnusable(`${path}: ${messageOf(error)}`) : error
  } finally {
    live.close()
  }
}

function ordersOfSound(path: string): number {
  const raw = new BetterSqlite3(path, { readonly: true })
  try {
    const found = raw.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw damaged(path, String(found))
    return Number(raw.prepare('select count(*) from orders').pluck().get())
  } finally {
    raw.close()
  }
}

function syncPath(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

function prepare(raw: BetterSqlite3.Database, path: string): void {
  const journal = writeAhead(raw)
  // After WAL, on every connection: better-sqlite3 is compiled so that a reopened WAL database silently runs at NORMAL, where an
  // acknowledged commit can be lost with the power (C-05).
  raw.pragma('synchronous = FULL')
  raw.pragma('foreign_keys = ON')
  if (journal !== 'wal' || raw.pragma('synchronous', { simple: true }) !== 2)
    throw new DatabaseUnusable(
      `${path} cannot be kept safely: its file system does not take SQLite's write-ahead log. Use a local disk.`,
    )
  const found =
    statSync(path).size > CHECKED_BYTES_MAX ? 'ok' : raw.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw damaged(path, String(found))
  migrateSqlite(raw, migrationsOf('sqlite'))
  raw.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
}

/**
 * Applies what is missing, all or nothing, while no other process may write: of several that start together one does it, and of one that
 * is killed half-way nothing is left (K-07). Drizzle's own `migrate` looks before it locks, so that two would both apply.
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

const damaged = (path: string, why: string): DatabaseUnusable =>
  new DatabaseUnusable(
    `${path} is damaged or no Landfall database (${why.replaceAll(/\s+/g, ' ')}). It was left as it is: ` +
      `put a backup in its place, or move it away together with ${path}-wal and ${path}-shm to start empty.`,
  )

/** Gathers the units of one tick into one transaction: one sync for all of them. */
function groupCommit(raw: BetterSqlite3.Database, query: Query, defer: Defer): (unit: Unit) => void {
  const queue: Unit[] = []
  const marks = marksOf(raw)
  let busyTries = 0
  const flush = (): void => {
    const batch = queue.splice(0, BATCH_UNITS_MAX)
    busyTries = commitBatch(raw, query, marks, batch) === 'busy' ? busyTries + 1 : 0
    // Once the tries are used up each batch is tried once until the lock is gone, so that what waits does not pile up.
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

/** What parts units and batches from each other, prepared once. */
type Marks = ReturnType<typeof marksOf>
const marksOf = (raw: BetterSqlite3.Database) => ({
  beginAll: raw.prepare('begin immediate'),
  commit: raw.prepare('commit'),
  begin: raw.prepare('savepoint unit'),
  undo: raw.prepare('rollback to unit'),
  end: raw.prepare('release unit'),
})

function commitBatch(
  raw: BetterSqlite3.Database,
  query: Query,
  marks: Marks,
  batch: readonly Unit[],
): 'answered' | 'busy' {
  const answers: Array<() => void> = []
  try {
    marks.beginAll.run()
    for (const unit of batch) answers.push(runUnit(raw, query, marks, unit))
    marks.commit.run()
  } catch (error) {
    const busy = codeOf(error).startsWith('SQLITE_BUSY')
    if (!busy) refuse(batch, new StorageUnavailable(messageOf(error), { cause: error }))
    // SQLite itself has undone the transaction after some failures, a full disk for one.
    if (raw.inTransaction) raw.exec('rollback')
    return busy ? 'busy' : 'answered'
  }
  for (const answer of answers) answer()
  return 'answered'
}

const refuse = (batch: readonly Unit[], error: StorageUnavailable): void =>
  batch.forEach((unit) => unit.reject(error))

/** Runs one unit, in a savepoint unless it is a single write; what it answers is told only once the whole batch is committed. */
function runUnit(raw: BetterSqlite3.Database, query: Query, marks: Marks, unit: Unit): () => void {
  const { begin, undo, end } = unit.writes.length === 1 ? alone : marks
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
    // A full disk or a lost file fails the whole batch; anything else is this unit's own fault and undoes only itself.
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

/** A built query has `all`, a prepared one `sync`: both run at once, as better-sqlite3 does. */
function rowsOf(running: ReturnType<Write>): readonly unknown[] {
  const now = running as unknown as { all(): readonly unknown[] } | { sync(): readonly unknown[] }
  return 'sync' in now ? now.sync() : now.all()
}
