import BetterSqlite3 from 'better-sqlite3'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { migrationsOf } from '../../src/store/engines/migrations.ts'
import { migratePostgres } from '../../src/store/engines/postgres.ts'
import { migrateSqlite, pathOf } from '../../src/store/engines/sqlite.ts'
import { emptyDatabase, type Engine } from '../fresh-database.ts'
import type { TestDatabase } from '../postgres.ts'

// What the server of commit c6236dc left in its database: five orders and the view tokens of their open pages. Its last migration is named here.

const LAST_MIGRATION = '0003_people'
/** What signed those tokens: shorter than a signing secret may be today. */
export const earlierTokenSecret = 'token-secret-plover-6c13'
const Value = z.union([z.string(), z.number(), z.null()])
const Left = z.object({
  /** The time at which that server stopped, epoch ms. */
  atMs: z.number(),
  /** View tokens and shown screens, by order id. */
  tokens: z.record(z.string(), z.string()),
  kinds: z.record(z.string(), z.string()),
  tables: z.record(z.string(), z.array(z.record(z.string(), Value))),
})

export const left = Left.parse(JSON.parse(readFileSync(new URL('c6236dc.json', import.meta.url), 'utf8')))

/** A database as that version left it: its tables, its migrations' journal and its rows. */
export async function earlierDatabase(engine: Engine): Promise<TestDatabase> {
  const database = await emptyDatabase(engine)
  const folder = mkdtempSync(join(tmpdir(), 'landfall-migrations-'))
  cpSync(migrationsOf(engine), folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal: { entries: Array<{ readonly tag: string }> } = JSON.parse(readFileSync(path, 'utf8'))
  const entries = journal.entries.filter(({ tag }) => tag <= LAST_MIGRATION)
  writeFileSync(path, JSON.stringify({ ...journal, entries }))
  if (engine === 'sqlite') fillSqlite(pathOf(database.url), folder)
  else await fillPostgres(database.url, folder)
  rmSync(folder, { recursive: true })
  return database
}

function fillSqlite(path: string, migrations: string): void {
  const raw = new BetterSqlite3(path)
  migrateSqlite(raw, migrations)
  for (const [table, rows] of Object.entries(left.tables))
    for (const row of rows) {
      const names = Object.keys(row)
      const holes = names.map(() => '?').join(', ')
      raw.prepare(`insert into ${table} (${names.join(', ')}) values (${holes})`).run(...Object.values(row))
    }
  raw.close()
}

async function fillPostgres(url: string, migrations: string): Promise<void> {
  await migratePostgres(url, migrations)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const [table, rows] of Object.entries(left.tables))
    for (const row of rows) {
      const names = Object.keys(row)
      const holes = names.map((_, index) => `$${index + 1}`).join(', ')
      await client.query(`insert into ${table} (${names.join(', ')}) values (${holes})`, Object.values(row))
    }
  await client.end()
}
