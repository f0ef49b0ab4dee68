import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from '../tables.ts'

/** Runs something after the current tick. */
export type Defer = (run: () => void) => void
/** What an engine answers to a statement that returns no rows. Only the engine itself reads it: how many rows it touched. */
export type Touched = { readonly [touched]: never }
declare const touched: unique symbol
export type Query = BaseSQLiteDatabase<'async', Touched>
/**
 * One statement of a unit of work, without `returning`. It is sent at once and must not depend on the answers of the
 * others. When it touches no row, another writer came first. It may be run twice: a batch that fails is run again.
 */
export type Write = (query: Query) => PromiseLike<Touched>

/** Publishes the ids of changed orders to every server on this database. Messages may be lost: open pages also poll. */
export type SharedChanges = {
  readonly publish: (orderId: string) => void
  readonly subscribe: (listener: (orderId: string) => void) => void
}

/** What a start says of its database: the settings that durability depends on, and what is wrong with it. */
export type DatabaseReport = { readonly settings: string; readonly warnings: readonly string[] }

/** What a start would find. */
export type Inspection = {
  /** Where the database is, without user and password. */
  readonly place: string
  /** The settings that durability depends on, read back from Postgres. */
  readonly settings: string
  /** What is wrong with it. */
  readonly warnings: readonly string[]
  /** How many migrations the next start applies. All, for a database without tables. */
  readonly migrationsMissing: number
}

export type Database = {
  readonly query: Query
  readonly tables: Tables
  readonly report: DatabaseReport
  /**
   * Runs the writes in order, all or none (S-11), and resolves once they are on stable storage (S-10). A write that
   * touches no row undoes them all: `stale`. Throws `StorageUnavailable` when nothing was stored, and when the connection
   * was lost before Postgres answered. In the second case the unit may have been stored, so every unit must be safe to
   * repeat.
   */
  readonly atomically: (writes: readonly Write[]) => Promise<'done' | 'stale'>
  /** Notifies other servers of changes. Null where open pages only poll, every two seconds. */
  readonly changes: SharedChanges | null
  /** Throws when the database does not answer. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * The disk is full, read-only or missing, the server is unreachable, or another process has locked the file for too long
 * (C-06, K-04).
 */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable'
}

/** The database cannot be opened. The message says why and what to do (C-08). */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
}
