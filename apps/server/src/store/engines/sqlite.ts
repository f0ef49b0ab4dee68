import BetterSqlite3 from 'better-sqlite3'
import { existsSync, statSync } from 'node:fs'
import { sqliteColumns } from './columns.ts'
import { DatabaseUnusable, type Database, type Defer, type Query } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { BUSY_WAIT_MS, groupCommit } from './group-commit.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { createPrivateFile, readersOf } from './private-file.ts'
import { queryOn } from './sqlite-query.ts'
import { tablesFor } from '../tables.ts'

/** The longest wait for another process's lock while opening, when no request waits for this process. */
export const OPENING_WAIT_MS = 5_000
/**
 * A start checks a file up to this size for damage, in less than a second. Larger files are checked only as their pages
 * are read.
 */
const CHECKED_BYTES_MAX = 64 * 1024 * 1024
/** Attempts and the delay between them: five seconds in all. */
const WRITE_AHEAD_TRIES_MAX = 250
const WRITE_AHEAD_TRY_EVERY_MS = 20

export const pathOf = (url: string): string => url.replace(/^file:(\/\/)?/, '')

/**
 * Opens a `file:` database, or creates it, and applies missing migrations. Units of one tick, gathered until `defer`
 * runs, share one transaction and one sync. Throws `DatabaseUnusable`.
 */
export async function openSqlite(url: string, defer: Defer): Promise<Database> {
  const path = pathOf(url)
  createPrivateFile(path)
  const opened = databaseOn(openFile(path), defer)
  return { ...opened, report: { ...opened.report, warnings: readersOf(path) } }
}

const tables = tablesFor(sqliteColumns)
/** What `prepare` below sets on each connection. */
export const SETTINGS = 'SQLite: write-ahead log, synchronous FULL'

/**
 * Wraps an open connection that has this version's tables. A simulation passes its own in-memory connection, and a
 * `Query` with prepared statements.
 */
export function databaseOn(raw: BetterSqlite3.Database, defer: Defer, prepared?: Query): Database {
  const query = prepared ?? queryOn(raw)
  return {
    query,
    tables,
    report: { settings: SETTINGS, warnings: [] },
    atomically: groupCommit(raw, query, defer),
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
