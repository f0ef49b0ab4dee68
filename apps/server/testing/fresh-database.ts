import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { migrationsOf } from '../src/store/engines/migrations.ts'
import { migratePostgres } from '../src/store/engines/postgres.ts'
import { openFile, pathOf } from '../src/store/engines/sqlite.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'

/** Files in memory where the system has such a folder: each commit waits for the disk, and no test of this run cuts the power. */
const filesIn = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export type Engine = 'sqlite' | 'postgres'
export const engines: readonly Engine[] = ['sqlite', 'postgres']

/** A database for one test, with this version's tables and no rows. It is a copy of a migrated database, so opening it migrates nothing. */
export async function freshDatabase(engine: Engine): Promise<TestDatabase> {
  if (engine === 'postgres') return migratedDatabase()
  const database = await emptyDatabase('sqlite')
  await writeFile(pathOf(database.url), migratedFile())
  return database
}

/** A database for one test, without tables: a file name in a new folder, or a database on the run's Postgres. */
export async function emptyDatabase(engine: Engine): Promise<TestDatabase> {
  if (engine === 'postgres') return createDatabase(inject('postgresUrl'))
  const folder = await mkdtemp(join(filesIn, 'landfall-test-'))
  return {
    url: `file:${join(folder, 'landfall.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function migratedDatabase(): Promise<TestDatabase> {
  const template = inject('postgresTemplate')
  const database = await createDatabase(inject('postgresUrl'), template)
  if (template === undefined) await migratePostgres(database.url, migrationsOf('postgres'))
  return database
}

let migrated: Buffer | null = null

/** The bytes of a migrated SQLite file, made once per worker. */
export function migratedFile(): Buffer {
  if (migrated !== null) return migrated
  const folder = mkdtempSync(join(filesIn, 'landfall-migrated-'))
  const path = join(folder, 'landfall.db')
  openFile(path).close()
  migrated = readFileSync(path)
  rmSync(folder, { recursive: true })
  return migrated
}
