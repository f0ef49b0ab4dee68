import { readMigrationFiles } from 'drizzle-orm/migrator'
import { fileURLToPath } from 'node:url'

/** The table of applied migrations, under Drizzle's name for it. */
export const JOURNAL = '__drizzle_migrations'

export const migrationsOf = (engine: 'sqlite' | 'postgres'): string =>
  fileURLToPath(new URL(`../../../migrations/${engine}`, import.meta.url))

type Migration = {
  readonly statements: readonly string[]
  readonly hash: string
  readonly createdAtMs: number
}

/**
 * A folder's migrations created after `lastMs`, in order. Migrations that a newer version has applied are ignored (K-06).
 */
export const migrationsFrom = (folder: string, lastMs: number): Migration[] =>
  readMigrationFiles({ migrationsFolder: folder })
    .filter(({ folderMillis }) => folderMillis > lastMs)
    .map(({ sql, hash, folderMillis }) => ({ statements: sql, hash, createdAtMs: folderMillis }))
