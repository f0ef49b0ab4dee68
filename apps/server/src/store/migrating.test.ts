import BetterSqlite3 from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../testing/fresh-database.ts'
import { adminOf } from '../../testing/postgres.ts'
import { openDatabase } from './db.ts'
import { anOrder, nowMs } from './examples.contract.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { insertOrder, readOrder } from './orders.ts'
import { pathOf } from './sqlite.ts'

// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 })

type Fresh = AsyncDisposable & {
  readonly url: string
  /** A migration that makes a table and then takes for ever. */
  readonly endless: string
  /** What a process runs to apply the migrations of a folder. */
  readonly migrating: (folder: string) => string
  /** Whether such a process is in the middle of it. */
  readonly isUnderWay: () => Promise<boolean>
  readonly ask: (query: string) => Promise<readonly unknown[]>
}

const store = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)

async function freshSqlite(): Promise<Fresh> {
  const database = await freshDatabase('sqlite')
  const path = pathOf(database.url)
  const ask = async (query: string): Promise<unknown[]> => {
    const raw = new BetterSqlite3(path, { timeout: 0 })
    try {
      return raw.prepare(query).all()
    } finally {
      raw.close()
    }
  }
  return {
    url: database.url,
    endless: 'with recursive c(n) as (select 1 union all select n + 1 from c) select max(n) from c',
    migrating: (from) => `
      const { default: BetterSqlite3 } = await import('better-sqlite3')
      const { migrateSqlite } = await import(${store('./sqlite.ts')})
      migrateSqlite(new BetterSqlite3(${JSON.stringify(path)}), ${JSON.stringify(from)})`,
    isUnderWay: async () => {
      const raw = new BetterSqlite3(path, { timeout: 0 })
      try {
        raw.exec('begin immediate')
        return false
      } catch (error) {
        return String(error).includes('locked')
      } finally {
        raw.close()
      }
    },
    ask,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function freshPostgres(): Promise<Fresh> {
  const database = await freshDatabase('postgres')
  const admin = await adminOf(database.url)
  const { ask } = admin
  return {
    url: database.url,
    endless: 'select pg_sleep(600)',
    migrating: (from) => `
      const { migratePostgres } = await import(${store('./postgres.ts')})
      await migratePostgres(${JSON.stringify(database.url)}, ${JSON.stringify(from)})`,
    isUnderWay: async () =>
      (
        await ask(
          `select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        )
      ).length > 0,
    ask,
    [Symbol.asyncDispose]: async () => {
      await admin.end()
      await database[Symbol.asyncDispose]()
    },
  }
}

const engines = [
  ['sqlite', freshSqlite],
  ['postgres', freshPostgres],
] as const

function run(code: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  const ended = once(child, 'exit').then(([exitCode]) => ({ code: Number(exitCode ?? -1), said }))
  return {
    ready: once(child.stdout, 'data'),
    go: () => void child.stdin.end('go'),
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}

/** The real migrations, and one more. */
function withOneMore(
  engine: 'sqlite' | 'postgres',
  statements: string,
): AsyncDisposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-migrations-'))
  cpSync(migrationsOf(engine), folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal: { entries: Array<Record<string, unknown>> } = JSON.parse(readFileSync(path, 'utf8'))
  const when = Math.max(...journal.entries.map((entry) => Number(entry['when']))) + 1
  journal.entries.push({ ...journal.entries[0], idx: journal.entries.length, when, tag: '9999_more' })
  writeFileSync(path, JSON.stringify(journal))
  writeFileSync(join(folder, '9999_more.sql'), statements)
  return { folder, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) }
}

describe.each(engines)('%s: migrations at start (K-07)', (engine, open) => {
  const countOurs = () => migrationsFrom(migrationsOf(engine), 0).length

  // With Drizzle's own `migrate` all but one of these processes fail: the tables are there already.
  test('four servers that start together on nothing all start, and each migration is applied once', async () => {
    await using fresh = await open()
    const opening = `
      const { openDatabase } = await import(${store('./db.ts')})
      process.stdout.write('ready')
      await new Promise((go) => process.stdin.once('data', go))
      const db = await openDatabase(${JSON.stringify(fresh.url)}, setImmediate)
      await db.check()
      await db.close()
      process.exit(0)`
    const servers = Array.from({ length: 4 }, () => run(opening))
    await Promise.all(servers.map(({ ready }) => ready))
    for (const { go } of servers) go()
    const ended = await Promise.all(servers.map((server) => server.ended))
    expect(ended).toEqual(ended.map(() => ({ code: 0, said: '' })))
    expect(await fresh.ask(`select hash from ${JOURNAL}`)).toHaveLength(countOurs())
  })

  test('one that is killed half-way leaves nothing behind, and the next start completes', async () => {
    await using fresh = await open()
    await using slow = withOneMore(
      engine,
      `create table half (id integer);--> statement-breakpoint\n${fresh.endless};`,
    )
    const child = run(fresh.migrating(slow.folder))
    let over = false
    const ended = child.ended.finally(() => (over = true))
    while (!over && !(await fresh.isUnderWay())) await new Promise((resolve) => void setTimeout(resolve, 20))
    child.kill()
    expect(await ended).toEqual({ code: -1, said: '' })
    const db = await openDatabase(fresh.url, (next) => void setImmediate(next))
    expect(await fresh.ask(`select hash from ${JOURNAL}`)).toHaveLength(countOurs())
    await expect(fresh.ask('select * from half')).rejects.toThrow(/half/)
    await insertOrder(db, anOrder('ord-1'), nowMs)
    await db.close()
    await using quick = withOneMore(engine, 'create table half (id integer);')
    expect(await run(fresh.migrating(quick.folder)).ended).toEqual({ code: 0, said: '' })
    expect(await fresh.ask('select * from half')).toEqual([])
    // An older server beside the newer one finds a migration it does not know, and starts (K-06).
    const older = await openDatabase(fresh.url, (next) => void setImmediate(next))
    expect(await readOrder(older, 'ord-1')).not.toBeNull()
    await older.close()
  })
})
