import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from '../tables.ts'

/** Runs something after the current tick. */
export type Defer = (run: () => void) => void
export type Query = BaseSQLiteDatabase<'async', unknown>
/**
 * One write of a unit of work: one statement, asked at once and not depending on what the others answer. It returns the rows it touched; none
 * means somebody else was faster.
 */
export type Write = (query: Query) => PromiseLike<readonly unknown[]>

/** Ids of orders whose record has changed, told to every server on this database. Some may be lost: open pages look by themselves too. */
export type SharedChanges = {
  readonly tell: (orderId: string) => void
  readonly hear: (listener: (orderId: string) => void) => void
}

export type Database = {
  readonly query: Query
  readonly tables: Tables
  /**
   * Runs the writes in order, all or none (S-11), and answers once they are on stable storage (S-10). A write that returns no row
   * undoes them all: `stale`. Throws `StorageUnavailable` when nothing could be stored, or when the connection was lost before Postgres
   * had answered: every unit bears being repeated.
   */
  readonly atomically: (writes: readonly Write[]) => Promise<'done' | 'stale'>
  /** Tells other servers' open pages of a change; null where they find out by looking, every two seconds. */
  readonly changes: SharedChanges | null
  /** Throws when the database does not answer. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The disk is full, read-only or gone, the server cannot be reached, or another process holds the file for too long (C-06, K-04). */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable'
}

/** The database cannot be opened as it is; the message is a sentence that says why and what to do (C-08). */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
}
