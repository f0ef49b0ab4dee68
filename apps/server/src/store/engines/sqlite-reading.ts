import BetterSqlite3 from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { DatabaseUnusable, type Database, type Defer } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { databaseOn, pathOf } from './sqlite.ts'

/** The longest wait for a server that is migrating the file. */
const WAIT_MS = 5_000

/**
 * Opens a `file:` database for reading, without creating or migrating it. A server may use it meanwhile. Throws
 * `DatabaseUnusable`.
 */
export async function readSqlite(url: string, defer: Defer): Promise<Database> {
  const path = pathOf(url)
  if (!existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  try {
    return databaseOn(new BetterSqlite3(path, { readonly: true, timeout: WAIT_MS }), defer)
  } catch (error) {
    throw codeOf(error).startsWith('SQLITE_') ? new DatabaseUnusable(`${path}: ${messageOf(error)}`) : error
  }
}
