import { sql, type SQL } from 'drizzle-orm'
import type { Database, Query, Touched, Write } from './database.ts'
import type { Tables } from '../tables.ts'

type Values = Readonly<Record<string, string | number | null>>
/** Names a parameter whose value comes with each run. */
export type Hole<V extends Values> = (name: keyof V & string) => SQL
type PreparedStatement<A> = { readonly execute: (values?: Record<string, unknown>) => Promise<A> }
type Preparable<A> = { readonly prepare: () => PreparedStatement<A> }
type Build<V extends Values, A> = (query: Query, tables: Tables, param: Hole<V>) => Preparable<A>

/** A statement that reads, outside any unit. */
export type Statement<V extends Values, R> = {
  readonly rows: (db: Database, values: V) => Promise<R[]>
}
/** A statement that is a write of a unit. */
export type WriteStatement<V extends Values> = { readonly write: (db: Database, values: V) => Write }

/**
 * A query with constant text, built and prepared once on each connection, because building it at each call costs more
 * than running it (docs/performance.md). Rare statements, and those whose text depends on their values, are built where
 * they are used.
 */
export function statement<V extends Values, R>(build: Build<V, R[]>): Statement<V, R> {
  const on = preparedOnce(build)
  return { rows: (db, values) => on(db.query, db.tables).execute(values) }
}

/** A write with constant text, built and prepared once on each connection. */
export function writeStatement<V extends Values>(build: Build<V, Touched>): WriteStatement<V> {
  const on = preparedOnce(build)
  return { write: (db, values) => (query) => on(query, db.tables).execute(values) }
}

function preparedOnce<V extends Values, A>(build: Build<V, A>) {
  const param: Hole<V> = (name) => sql`${sql.placeholder(name)}`
  const prepared = new WeakMap<Query, PreparedStatement<A>>()
  return (query: Query, tables: Tables): PreparedStatement<A> => {
    const known = prepared.get(query)
    if (known !== undefined) return known
    const made = build(query, tables, param).prepare()
    prepared.set(query, made)
    return made
  }
}
