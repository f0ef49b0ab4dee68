import BetterSqlite3 from 'better-sqlite3'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Database } from './open.ts'
import { migrationsOf } from './migrations.ts'
import { databaseOn, migrateSqlite } from './sqlite.ts'
import { statement, writeStatement } from './statement.ts'

function aConnection(): Disposable & { readonly db: Database } {
  const raw = new BetterSqlite3(':memory:')
  migrateSqlite(raw, migrationsOf('sqlite'))
  return { db: databaseOn(raw, (run) => void setImmediate(run)), [Symbol.dispose]: () => void raw.close() }
}

test('a statement is built once on each connection, however often it is run, and each run has its own values', async () => {
  using one = aConnection()
  using other = aConnection()
  let built = 0
  const insert = writeStatement<{ name: string; atMs: number }>((query, { budget }, param) => {
    built += 1
    return query.insert(budget).values({ name: param('name'), atMs: param('atMs'), taken: 0 })
  })
  const select = statement<{ atMs: number }, { name: string }>((query, { budget }, param) => {
    built += 1
    return query
      .select({ name: budget.name })
      .from(budget)
      .where(eq(budget.atMs, param('atMs')))
  })
  expect(built).toBe(0)
  for (const [name, atMs] of [
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ] as const)
    expect(await one.db.atomically([insert.write(one.db, { name, atMs })])).toBe('done')
  expect(built).toBe(1)
  expect(await other.db.atomically([insert.write(other.db, { name: 'd', atMs: 2 })])).toBe('done')
  expect(built).toBe(2)
  const named = async (db: Database, atMs: number) =>
    (await select.rows(db, { atMs })).map(({ name }) => name)
  expect([await named(one.db, 1), await named(one.db, 2), await named(one.db, 3)]).toEqual([
    ['a'],
    ['b', 'c'],
    [],
  ])
  expect(await named(other.db, 2)).toEqual(['d'])
  expect(built).toBe(4)
})
