import BetterSqlite3 from 'better-sqlite3'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { sqliteColumns } from './engines/columns.ts'
import { migrationsOf } from './engines/migrations.ts'
import { migrateSqlite } from './engines/sqlite.ts'
import { tablesFor } from './tables.ts'

/** A table as `tables.ts` has it. */
function written(table: SQLiteTable) {
  const { name, columns, indexes } = getTableConfig(table)
  return {
    name,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      required: column.notNull,
      key: column.primary,
    })),
    indexes: indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      columns: config.columns.map((column) => ('name' in column ? column.name : '')),
    })),
  }
}

/** A table as the migrations have made it. */
function made(raw: BetterSqlite3.Database, name: string): ReturnType<typeof written> {
  const ask = (query: string): Array<Record<string, unknown>> =>
    raw.prepare<[], Record<string, unknown>>(query).all()
  return {
    name,
    columns: ask(`pragma table_info(${name})`).map((column) => ({
      name: String(column['name']),
      type: String(column['type']).toLowerCase(),
      required: column['notnull'] === 1,
      key: column['pk'] === 1,
    })),
    indexes: ask(`pragma index_list(${name})`)
      .filter(({ origin }) => origin === 'c')
      .map((index) => ({
        name: String(index['name']),
        unique: index['unique'] === 1,
        columns: ask(`pragma index_info(${String(index['name'])})`).map((column) => String(column['name'])),
      })),
  }
}

type Named = { readonly name: string }
const byName = (one: Named, other: Named): number => (one.name < other.name ? -1 : 1)
const sorted = (table: ReturnType<typeof written>) => ({
  ...table,
  columns: table.columns.toSorted(byName),
  indexes: table.indexes.toSorted(byName),
})

test('what the migrations make is what tables.ts says, to the last column and index', () => {
  const raw = new BetterSqlite3(':memory:')
  migrateSqlite(raw, migrationsOf('sqlite'))
  const tables = Object.values(tablesFor(sqliteColumns)).map((table) => sorted(written(table)))
  expect(tables).toHaveLength(13)
  expect(tables).toEqual(tables.map(({ name }) => sorted(made(raw, name))))
  expect(tables.flatMap(({ indexes }) => indexes).length).toBeGreaterThan(15)
  raw.close()
})
