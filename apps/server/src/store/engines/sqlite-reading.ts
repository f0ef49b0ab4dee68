import BetterSqlite3 from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { DatabaseUnusable, type Database, type Defer } from './database.ts'
import { codeOf, messageOf } from './failure.ts'
import { databaseOn, pathOf } from './sqlite.ts'

/** How long it waits where a server is just bringing the file up to date. */
const WAIT_MS = 5_000

/** A `file:` database that nothing is written to: neither made, nor brought up to date, and a server may go on using it. */
export async function readSqlite(url: string, defer: Defer): Promise<Database> {
  const path = pathOf(url)
  if (!existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  try {
    return databaseOn(new BetterSqlite3(path, { readonly: true, timeout: WAIT_MS }), defer)
  } catch (error) {
    throw codeOf(error).startsWith('SQLITE_') ? new DatabaseUnusable(`${path}: ${messageOf(error)}`) : error
  }
}
