import {
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as postgresSchema from '../../../migrations/postgres.schema.ts'
import * as sqliteSchema from '../../../migrations/sqlite.schema.ts'
import { postgresColumns, sqliteColumns } from './columns.ts'
import { migrationsOf } from './migrations.ts'

type Tables = Readonly<Record<string, unknown>>

/** The tables the committed migrations make, as `drizzle-kit generate` has noted them beside the last one. */
function notedFor(engine: 'sqlite' | 'postgres') {
  const folder = join(migrationsOf(engine), 'meta')
  const last = readdirSync(folder)
    .filter((name) => name.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1)
  return JSON.parse(readFileSync(join(folder, String(last)), 'utf8'))
}

/** The statements `drizzle-kit generate` would write into one more migration, for these tables. */
const generated = {
  sqlite: async (tables: Tables): Promise<string[]> => {
    const before = notedFor('sqlite')
    return generateSQLiteMigration(before, await generateSQLiteDrizzleJson(tables, before.id))
  },
  postgres: async (tables: Tables): Promise<string[]> => {
    const before = notedFor('postgres')
    return generateMigration(before, generateDrizzleJson(tables, before.id))
  },
}

const dialects = [
  ['sqlite', sqliteSchema, sqliteColumns.table('extra', { id: sqliteColumns.text('id').primaryKey() })],
  [
    'postgres',
    postgresSchema,
    postgresColumns.table('extra', { id: postgresColumns.text('id').primaryKey() }),
  ],
] as const

describe('the committed migrations', () => {
  test.each(dialects)(
    '%s: they make exactly the tables of tables.ts; if not, run `pnpm migrations`',
    async (dialect, schema) => {
      expect(await generated[dialect](schema)).toEqual([])
    },
  )

  test.each(dialects)(
    '%s: a table nobody has made a migration for is found out',
    async (dialect, schema, extra) => {
      expect(await generated[dialect]({ ...schema, extra })).toEqual([
        expect.stringMatching(/^CREATE TABLE .extra. /),
      ])
    },
  )
})
