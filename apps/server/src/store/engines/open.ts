import { DatabaseUnusable, type Database, type Defer } from './database.ts'
import { openPostgres, readPostgres } from './postgres.ts'
import { readSqlite } from './sqlite-reading.ts'
import { openSqlite } from './sqlite.ts'

export { DatabaseUnusable, StorageUnavailable } from './database.ts'
export type { Database, Query, SharedChanges, Write } from './database.ts'

/** Opens `file:` and `postgres:` databases. What is asked in one tick is gathered until `defer` runs. */
export async function openDatabase(url: string, defer: Defer): Promise<Database> {
  if (url.startsWith('file:')) return openSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return openPostgres(url, defer)
  throw unknownKind()
}

/** The same for somebody who only reads: a database that is not there is not made, and one of another version is left as it is. */
export async function openForReading(url: string, defer: Defer): Promise<Database> {
  if (url.startsWith('file:')) return readSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return readPostgres(url, defer)
  throw unknownKind()
}

const unknownKind = (): DatabaseUnusable =>
  new DatabaseUnusable('DATABASE_URL is neither a file: address nor a sound postgres:// one.')
