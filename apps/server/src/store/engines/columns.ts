// This file casts: Drizzle's types are per engine, and the tables are written once. Each cast says *this engine's builder has the
// shape of SQLite's*, which holds for the two column types used here and is proven by the store's contract suite on both engines.
import * as pg from 'drizzle-orm/pg-core'
import { getTableColumns, is, sql, type Column, type SQL } from 'drizzle-orm'
import * as sqlite from 'drizzle-orm/sqlite-core'

/**
 * The builders that `tables.ts` uses. Text and integer columns exist in both engines; no other type is used. A column
 * without a name takes that of its key.
 */
export type ColumnKit = {
  readonly table: typeof sqlite.sqliteTable
  readonly text: <N extends string = ''>(
    name?: N,
  ) => sqlite.SQLiteTextBuilderInitial<N, [string, ...string[]], undefined>
  /** 64 bit in both engines: amounts in minor units, epoch milliseconds, counts, and 0 or 1. */
  readonly integer: <N extends string = ''>(name?: N) => sqlite.SQLiteIntegerBuilderInitial<N>
  readonly index: typeof sqlite.index
  readonly uniqueIndex: typeof sqlite.uniqueIndex
}

/** Both engines share these builders. */
export { alias, unionAll } from 'drizzle-orm/sqlite-core'

/**
 * Orders text by its bytes, alike in both engines and whatever the database's collation. No Postgres index has this
 * order, so use it only after an indexed number, to break ties.
 */
export const byBytes = (column: Column): SQL =>
  is(column, pg.PgColumn) ? sql`${column} collate "C"` : sql`${column} collate binary`

/** A placeholder for each column of a table, under the column's key, for a prepared insert. */
export const everyColumn = <T extends sqlite.SQLiteTable>(
  table: T,
): { [K in keyof T['$inferInsert']]-?: SQL } =>
  Object.fromEntries(
    Object.keys(getTableColumns(table)).map((name) => [name, sql`${sql.placeholder(name)}`]),
  ) as never

export const sqliteColumns: ColumnKit = {
  table: sqlite.sqliteTable,
  text: sqlite.text as ColumnKit['text'],
  integer: sqlite.integer as ColumnKit['integer'],
  index: sqlite.index,
  uniqueIndex: sqlite.uniqueIndex,
}

export const postgresColumns: ColumnKit = {
  table: pg.pgTable as unknown as ColumnKit['table'],
  text: pg.text as unknown as ColumnKit['text'],
  integer: ((name = '') => pg.bigint(name, { mode: 'number' })) as unknown as ColumnKit['integer'],
  index: pg.index as unknown as ColumnKit['index'],
  uniqueIndex: pg.uniqueIndex as unknown as ColumnKit['uniqueIndex'],
}
