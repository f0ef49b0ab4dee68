import BetterSqlite3 from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { emptyDatabase } from '../../testing/fresh-database.ts'
import { adminOf } from '../../testing/postgres.ts'
import { openDatabase, type Database } from './db.ts'
import { anOrder, nowMs } from './examples.contract.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { insertOrder, readOrder } from './orders.ts'
import { migratePostgres } from './postgres.ts'
import { migrateSqlite, pathOf } from './sqlite.ts'

// Some tests start processes.

type Empty = AsyncDisposable & {
  readonly url: string
  /** A migration that makes a table and then takes for ever. */
  readonly endless: string
  /** Starts so many servers at once, and ends them once all have started; what each said. */
  readonly startTogether: (count: number) => Promise<readonly unknown[]>
  /** What a process runs to apply the migrations of a folder. */
  readonly migrating: (folder: string) => string
  /** Applies them here. */
  readonly migrate: (folder: string) => Promise<void>
  /** Whether such a process is in the middle of it. */
  readonly isUnderWay: () => Promise<boolean>
  readonly ask: (query: string) => Promise<readonly unknown[]>
}

const store = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

async function emptySqlite(): Promise<Empty> {
  const database = await emptyDatabase('sqlite')
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
    // A process each: within one, SQLite's driver lets nobody else do anything before it is done.
    startTogether: async (count) => {
      const opening = `
        const { openDatabase } = await import(${store('./db.ts')})
        process.stdout.write('ready')
        await new Promise((go) => process.stdin.once('data', go))
        const db = await openDatabase(${JSON.stringify(database.url)}, setImmediate)
        await db.check()
        await db.close()
        process.exit(0)`
      const servers = Array.from({ length: count }, () => run(opening))
      await Promise.all(servers.map(({ ready }) => ready))
      for (const { go } of servers) go()
      const ended = await Promise.all(servers.map((server) => server.ended))
      return ended.map(({ code, said }) => (code === 0 && said === '' ? 'started' : said))
    },
    migrate: async (from) => {
      const raw = new BetterSqlite3(path)
      migrateSqlite(raw, from)
      raw.close()
    },
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

async function emptyPostgres(): Promise<Empty> {
  const database = await emptyDatabase('postgres')
  const admin = await adminOf(database.url)
  const { ask } = admin
  return {
    url: database.url,
    endless: 'select pg_sleep(600)',
    startTogether: (count) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const db = await open(database.url)
          await db.check()
          await db.close()
          return 'started'
        }),
      ),
    migrate: (from) => migratePostgres(database.url, from),
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
  ['sqlite', emptySqlite],
  ['postgres', emptyPostgres],
] as const

function run(code: string) {
  const quickly = fileURLToPath(new URL('../../testing/drizzle-as-commonjs.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', quickly, '--input-type=module', '-e', code], {
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

describe.each(engines)('%s: migrations at start (K-07)', (engine, make) => {
  const countOurs = () => migrationsFrom(migrationsOf(engine), 0).length

  // With Drizzle's own `migrate` all but one of these processes fail: the tables are there already.
  test('four servers that start together on nothing all start, and each migration is applied once', async () => {
    await using empty = await make()
    expect(await empty.startTogether(4)).toEqual(Array.from({ length: 4 }, () => 'started'))
    expect(await empty.ask(`select hash from ${JOURNAL}`)).toHaveLength(countOurs())
  })

  test('one that is killed half-way leaves nothing behind, and the next start completes', async () => {
    await using empty = await make()
    await using slow = withOneMore(
      engine,
      `create table half (id integer);--> statement-breakpoint\n${empty.endless};`,
    )
    const child = run(empty.migrating(slow.folder))
    let over = false
    const ended = child.ended.finally(() => (over = true))
    while (!over && !(await empty.isUnderWay())) await new Promise((resolve) => void setTimeout(resolve, 20))
    child.kill()
    expect(await ended).toEqual({ code: -1, said: '' })
    const db = await open(empty.url)
    expect(await empty.ask(`select hash from ${JOURNAL}`)).toHaveLength(countOurs())
    await expect(empty.ask('select * from half')).rejects.toThrow(/half/)
    await insertOrder(db, anOrder('ord-1'), nowMs)
    await db.close()
    await using quick = withOneMore(engine, 'create table half (id integer);')
    await empty.migrate(quick.folder)
    expect(await empty.ask('select * from half')).toEqual([])
    // An older server beside the newer one finds a migration it does not know, and starts (K-06).
    const older = await open(empty.url)
    expect(await readOrder(older, 'ord-1')).not.toBeNull()
    await older.close()
  })
})
