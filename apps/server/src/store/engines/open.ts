import { DatabaseUnusable, type Database, type Defer, type Inspection } from './database.ts'
import { inspectPostgres, openPostgres, readPostgres } from './postgres.ts'
import { inspectSqlite, readSqlite } from './sqlite-reading.ts'
import { openSqlite } from './sqlite.ts'

export { DatabaseUnusable, StorageUnavailable } from './database.ts'
export type { Database, Inspection, Query, SharedChanges, Touched, Write } from './database.ts'

/**
 * Opens a `file:` or `postgres:` database and applies missing migrations. Queries of one tick are batched until `defer`
 * runs. Throws `DatabaseUnusable`.
 */
export async function openDatabase(url: string, defer: Defer): Promise<Database> {
  if (url.startsWith('file:')) return openSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return openPostgres(url, defer)
  throw unknownKind()
}

/** Opens a database for reading. It neither creates nor migrates it. Throws `DatabaseUnusable`. */
export async function openForReading(url: string, defer: Defer): Promise<Database> {
  if (url.startsWith('file:')) return readSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return readPostgres(url, defer)
  throw unknownKind()
}

/** Looks at a database without opening it for use. Null for a file that does not exist yet. Throws `DatabaseUnusable`. */
export async function inspectDatabase(url: string): Promise<Inspection | null> {
  return url.startsWith('file:') ? inspectSqlite(url) : inspectPostgres(url)
}

const unknownKind = (): DatabaseUnusable =>
  new DatabaseUnusable('DATABASE_URL is neither a file: address nor a valid postgres:// one.')
