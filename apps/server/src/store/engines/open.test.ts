import { describe, expect, test } from 'vitest'
import { DatabaseUnusable, openDatabase, StorageUnavailable } from './open.ts'

const now = (run: () => void): void => void setImmediate(run)

describe('a database by its address', () => {
  test.each([
    'landfall.db',
    './file:landfall.db',
    'mysql://localhost/x',
    'postgres:landfall',
    'my-postgres://localhost/x',
    'postgres://a b',
    'postgresqls://localhost/x',
    '',
  ])('«%s» is none', async (url) => {
    await expect(openDatabase(url, now)).rejects.toEqual(
      new DatabaseUnusable('DATABASE_URL is neither a file: address nor a valid postgres:// one.'),
    )
  })

  test.each(['postgres://user@127.0.0.1:9/x', 'postgresql://user@127.0.0.1:9/x'])(
    '%s is one of Postgres',
    async (url) => {
      await expect(openDatabase(url, now)).rejects.toThrow('Postgres at 127.0.0.1:9/x cannot be used')
    },
  )

  test('what is wrong is told by its name', () => {
    expect(String(new DatabaseUnusable('no'))).toBe('DatabaseUnusable: no')
    expect(String(new StorageUnavailable('no'))).toBe('StorageUnavailable: no')
  })
})
