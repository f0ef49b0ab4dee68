import { databaseOn } from '../src/store/engines/sqlite.ts'
import { openDatabase, type Database } from '../src/store/engines/open.ts'
import { giveBackDatabase, takeDatabase } from '../verification/simulation/memory.ts'
import { freshDatabase, type Engine } from './fresh-database.ts'
import { countPostgres } from './in-flight.ts'
import type { TestDatabase } from './postgres.ts'

export type StorageKind = 'memory' | Engine | TestDatabase

/** A database that survives its world's server restarts. */
export type Storage = AsyncDisposable & {
  readonly url: string
  /** Whether each look for due work is a query of a file or a server. */
  readonly isReal: boolean
  readonly open: () => Promise<Database>
}

const gather = (run: () => void): void => void setImmediate(run)

/** Opens one world's storage: SQLite in memory, a new SQLite file, a database on the run's Postgres, or one that the test brings. */
export async function openStorage(kind: StorageKind): Promise<Storage> {
  if (kind === 'memory') return inMemory()
  const database = typeof kind === 'string' ? await freshDatabase(kind) : kind
  const { url, [Symbol.asyncDispose]: dispose } = database
  if (!url.startsWith('file:')) countPostgres()
  return { url, isReal: true, open: () => openDatabase(url, gather), [Symbol.asyncDispose]: dispose }
}

function inMemory(): Storage {
  const memory = takeDatabase()
  return {
    url: 'file:./in-memory.db', // a name for the configuration; no file has it
    isReal: false,
    open: async () => inProcess(databaseOn(memory.connection({}), gather, memory.query)),
    [Symbol.asyncDispose]: async () => giveBackDatabase(memory),
  }
}

/** One server's connection: closing it leaves the shared database open for the others. */
function inProcess(stored: Database): Database {
  return { ...stored, close: async () => undefined }
}
