import { DatabaseUnusable, type Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export { DatabaseUnusable, StorageUnavailable } from './database.ts'
export type { Database, Query, SharedChanges, Write } from './database.ts'

/** Opens `file:` and `postgres:` databases; `defer` runs a function after the current tick. */
export async function openDatabase(url: string, defer: (run: () => void) => void): Promise<Database> {
  if (url.startsWith('file:')) return openSqlite(url, defer)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return openPostgres(url)
  throw new DatabaseUnusable('DATABASE_URL is neither a file: address nor a sound postgres:// one.')
}
