import { DatabaseUnusable, type Database, type Defer } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export { DatabaseUnusable, StorageUnavailable } from './database.ts'
export type { Database, Query, SharedChanges, Write } from './database.ts'

/** Opens `file:` and `postgres:` databases. What is asked in one tick is gathered until `defer` runs. */
export async function openDatabase(url: string, defer: Defer): Promise<Database> {
  if (url.startsWith('file:')) return openSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return openPostgres(url, defer)
  throw new DatabaseUnusable('DATABASE_URL is neither a file: address nor a sound postgres:// one.')
}
