import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  databaseOfServer,
  developmentDatabase,
  startEnvironment,
  startOrDevelopmentEnvironment,
} from './start-settings.ts'

const root = join(import.meta.dirname, '../../../..')

test('the server’s database is the same one from every folder of a call', () => {
  expect(databaseOfServer('file:./data/landfall.db')).toBe(`file:${root}/data/landfall.db`)
  expect(databaseOfServer('file:///srv/landfall.db')).toBe('file:/srv/landfall.db')
  expect(databaseOfServer('postgres://a@b/c')).toBe('postgres://a@b/c')
})

test('the database of development is named if it is there, as seen from the caller’s folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  try {
    expect(developmentDatabase(folder, folder)).toBeNull()
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data/development.db'), '')
    expect(developmentDatabase(folder, folder)).toBe('file:./data/development.db')
    expect(developmentDatabase(join(folder, 'apps/web'), folder)).toBe('file:../../data/development.db')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the settings are those of a start: production, and the named file, seen from the repository', () => {
  expect(startEnvironment({ ENV_FILE: ' shop.env ' })).toMatchObject({
    NODE_ENV: 'production',
    ENV_FILE: `${root}/shop.env`,
  })
  expect(startEnvironment({ ENV_FILE: '/dev/null', NODE_ENV: 'development', PORT: '1' })).toEqual({
    NODE_ENV: 'development',
    ENV_FILE: '/dev/null',
    PORT: '1',
  })
  expect(startOrDevelopmentEnvironment({ ENV_FILE: '/dev/null' })['MERCHANT_API_KEYS']).toBeUndefined()
})
