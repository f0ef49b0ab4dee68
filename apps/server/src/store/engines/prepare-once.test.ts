import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { prepareOnce, limitAsExpression } from './prepare-once.ts'

test('every bound limit and offset becomes an expression, and nothing else changes', () => {
  expect(limitAsExpression('select a from (select a from t limit ?) limit ? offset ?')).toBe(
    'select a from (select a from t limit 0 + ?) limit 0 + ? offset ?',
  )
  expect(limitAsExpression('select "limit ?" from t where a = ?')).toBe('select "limit ?" from t where a = ?')
})

test('a connection that prepares once rewrites its statements, returns the same rows and is otherwise unchanged', () => {
  const raw = new BetterSqlite3(':memory:')
  const db = prepareOnce(raw)
  db.exec('create table t (a integer); insert into t values (1), (2), (3)')
  const statement = db.prepare('select a from t order by a limit ?')
  expect(statement.source).toBe('select a from t order by a limit 0 + ?')
  expect([statement.pluck().all(2), statement.pluck().all(1)]).toEqual([[1, 2], [1]])
  expect([db.memory, db.name]).toEqual([raw.memory, raw.name])
  db.close()
  expect(raw.open).toBe(false)
})
