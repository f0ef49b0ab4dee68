// This file casts: it is where SQLite's driver becomes the `Query` that every store operation is written against.
import type BetterSqlite3 from 'better-sqlite3'
import { Column, is, Param, Placeholder } from 'drizzle-orm'
import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3/session'
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import type { Query, Write } from './database.ts'
import { prepareOnce } from './prepare-once.ts'

type RunValues = Readonly<Record<string, unknown>>
type PrepareQuery = BetterSQLiteSession<never, never>['prepareQuery']
type SelectedColumns = Parameters<PrepareQuery>[1]
/** The members of Drizzle's prepared query that `Session` reads and replaces. */
type DrizzlePrepared = {
  readonly stmt: BetterSqlite3.Statement<unknown[], unknown>
  run: (values?: RunValues) => unknown
  all: (values?: RunValues) => unknown
}

const dialect = new SQLiteSyncDialect()

/** Drizzle over one connection. */
export function queryOn(raw: BetterSqlite3.Database): Query {
  const session = new Session(prepareOnce(raw), dialect, undefined)
  return new BaseSQLiteDatabase('sync', dialect, session as never, undefined) as unknown as Query
}

/**
 * Finds out once, when a statement is prepared, where its parameters come from and where its columns go. Drizzle finds it
 * out anew at each run, which takes a quarter of a statement's time (docs/performance.md).
 */
class Session extends BetterSQLiteSession<Record<string, never>, never> {
  override prepareQuery: PrepareQuery = (...about) => {
    const made = super.prepareQuery(...about)
    const prepared = made as unknown as DrizzlePrepared
    const { stmt } = prepared
    const parametersOf = parameterReader(about[0].params)
    prepared.run = (values = {}) => stmt.run(...parametersOf(values))
    const rowOf = rowReader(about[1])
    if (rowOf !== null) {
      stmt.raw()
      prepared.all = (values = {}) => (stmt.all(...parametersOf(values)) as unknown[][]).map(rowOf)
    }
    return made as never
  }
}

/** Every parameter is a constant, or the value of a placeholder: no column of `tables.ts` encodes values. */
function parameterReader(params: readonly unknown[]): (values: RunValues) => unknown[] {
  const readers = params.map((param) => {
    const placeholder = is(param, Param) ? param.value : param
    if (!is(placeholder, Placeholder)) return () => param
    const { name } = placeholder
    return (values: RunValues) => {
      if (!(name in values)) throw new Error(`The statement lacks a value for «${String(name)}».`)
      return values[String(name)]
    }
  })
  return (values) => readers.map((read) => read(values))
}

/** Null when the answer has other things than plain columns. No column of `tables.ts` decodes values. */
function rowReader(fields: SelectedColumns): ((row: readonly unknown[]) => RunValues) | null {
  const names = (fields ?? []).map(({ path: [name, ...deeper], field }) =>
    is(field, Column) && deeper.length === 0 ? (name ?? '') : '',
  )
  if (names.length === 0 || names.includes('')) return null
  return (row) => {
    const named: Record<string, unknown> = {}
    names.forEach((name, index) => (named[name] = row[index]))
    return named
  }
}

/** Runs a write synchronously: a built one has `run`, a prepared one `sync`. Returns the number of rows that it touched. */
export function rowsTouched(running: ReturnType<Write>): number {
  const now = running as unknown as { run(): BetterSqlite3.RunResult } | { sync(): BetterSqlite3.RunResult }
  return ('sync' in now ? now.sync() : now.run()).changes
}
