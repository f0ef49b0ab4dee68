import { readMigrationFiles } from 'drizzle-orm/migrator'
import { fileURLToPath } from 'node:url'

/** The table that tells which migrations a database has had, as Drizzle names it. */
export const JOURNAL = '__drizzle_migrations'

export const migrationsOf = (engine: 'sqlite' | 'postgres'): string =>
  fileURLToPath(new URL(`../../../migrations/${engine}`, import.meta.url))

type Migration = {
  readonly statements: readonly string[]
  readonly hash: string
  readonly createdAtMs: number
}

/** The migrations of a folder made after `lastMs`, in order. What a newer version has added to the database is no concern of ours (K-06). */
export const migrationsFrom = (folder: string, lastMs: number): Migration[] =>
  readMigrationFiles({ migrationsFolder: folder })
    .filter(({ folderMillis }) => folderMillis > lastMs)
    .map(({ sql, hash, folderMillis }) => ({ statements: sql, hash, createdAtMs: folderMillis }))
