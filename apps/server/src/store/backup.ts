import { DatabaseUnusable } from './engines/database.ts'
import { backUpFile, pathOf } from './engines/sqlite.ts'

export type Backup = { readonly path: string; readonly bytes: number; readonly orders: number }

/** A backup of a SQLite database that servers may be writing to meanwhile: what was acknowledged when it began is in it. */
export function backUp(from: string, path: string): Backup {
  if (/^postgres(ql)?:/.test(from))
    throw new DatabaseUnusable(
      'Postgres is backed up with its own tools: pg_dump --format=custom --file=landfall.dump <DATABASE_URL>',
    )
  return { path, ...backUpFile(pathOf(from), path) }
}
