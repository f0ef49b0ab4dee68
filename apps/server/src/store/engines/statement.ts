import { sql, type SQL } from 'drizzle-orm'
import type { Database, Query, Write } from './database.ts'
import type { Tables } from '../tables.ts'

type Values = Readonly<Record<string, string | number | null>>
/** Names a parameter whose value comes with each run. */
export type Hole<V extends Values> = (name: keyof V & string) => SQL
type Preparable<R> = {
  readonly prepare: () => { readonly execute: (values?: Record<string, unknown>) => Promise<R[]> }
}

export type Statement<V extends Values, R> = {
  /** Runs it outside any unit. */
  readonly rows: (db: Database, values: V) => Promise<R[]>
  /** Makes it a write of a unit. */
  readonly write: (db: Database, values: V) => Write
}

/**
 * A statement with constant text, built and prepared once on each connection, because building it at each call costs more
 * than running it (docs/performance.md). Rare statements, and those whose text depends on their values, are built where
 * they are used.
 */
export function statement<V extends Values, R>(
  build: (query: Query, tables: Tables, param: Hole<V>) => Preparable<R>,
): Statement<V, R> {
  const param: Hole<V> = (name) => sql`${sql.placeholder(name)}`
  const prepared = new WeakMap<Query, ReturnType<Preparable<R>['prepare']>>()
  const on = (query: Query, tables: Tables) => {
    const known = prepared.get(query)
    if (known !== undefined) return known
    const made = build(query, tables, param).prepare()
    prepared.set(query, made)
    return made
  }
  return {
    rows: (db, values) => on(db.query, db.tables).execute(values),
    write: (db, values) => (query) => on(query, db.tables).execute(values),
  }
}
