import BetterSqlite3 from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { DatabaseUnusable, type Database, type Defer, type Inspection } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { readersOf } from './private-file.ts'
import { damaged, databaseOn, pathOf, SETTINGS } from './sqlite.ts'

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

/**
 * Looks at a file, and neither creates, nor migrates, nor changes it. Null when it does not exist yet. Throws
 * `DatabaseUnusable`.
 */
export function inspectSqlite(url: string): Inspection | null {
  const path = pathOf(url)
  if (!existsSync(path)) return null
  try {
    const raw = new BetterSqlite3(path, { readonly: true })
    try {
      const has = raw.prepare('select 1 from sqlite_master where name = ?').get(JOURNAL) !== undefined
      const last = has ? Number(raw.prepare(`select max(created_at) from ${JOURNAL}`).pluck().get()) : 0
      return {
        place: path,
        settings: SETTINGS,
        warnings: readersOf(path),
        migrationsMissing: migrationsFrom(migrationsOf('sqlite'), last).length,
      }
    } finally {
      raw.close()
    }
  } catch (error) {
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) throw damaged(path, messageOf(error))
    throw codeOf(error).startsWith('SQLITE_') ? new DatabaseUnusable(`${path}: ${messageOf(error)}`) : error
  }
}
