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
import { openDatabase, type Database } from './engines/open.ts'
import { cancelsOfOrder } from './cancels.ts'
import { anOrder, factsOf, nowMs } from './fixtures.contract.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './engines/migrations.ts'
import { insertOrder, readOrder } from './orders.ts'
import { migratePostgres } from './engines/postgres.ts'
import { migrateSqlite, pathOf } from './engines/sqlite.ts'

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
  readonly write: (statement: string) => Promise<unknown>
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
        const { openDatabase } = await import(${store('./engines/open.ts')})
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
      const { migrateSqlite } = await import(${store('./engines/sqlite.ts')})
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
    write: async (statement) => {
      const raw = new BetterSqlite3(path, { timeout: 0 })
      raw.exec(statement)
      raw.close()
    },
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
      const { migratePostgres } = await import(${store('./engines/postgres.ts')})
      await migratePostgres(${JSON.stringify(database.url)}, ${JSON.stringify(from)})`,
    isUnderWay: async () =>
      (
        await ask(
          `select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        )
      ).length > 0,
    ask,
    write: ask,
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

/** The migrations of the version that knew one return an order and one review, and no more. */
function upTo(engine: 'sqlite' | 'postgres', last: string): AsyncDisposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-migrations-'))
  cpSync(migrationsOf(engine), folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal: { entries: Array<{ readonly tag: string }> } = JSON.parse(readFileSync(path, 'utf8'))
  const entries = journal.entries.filter(({ tag }) => tag <= last)
  writeFileSync(path, JSON.stringify({ ...journal, entries }))
  return { folder, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) }
}

describe.each(engines)('%s: a database of the version before', (engine, make) => {
  const facts = JSON.stringify({
    ...factsOf('imp_1', 'ord-1'),
    details: { ...factsOf('imp_1', 'ord-1').details, approval: undefined },
  })
  const said = { says: 'failure', paymentId: 'imp_1', atMs: 7, failReason: null, message: null, looks: 2 }
  const orders =
    'order_id, version, name, amount, currency, registered_at_ms, expires_at_ms, status, kept_payment_id, empty_after_deadline, review, sequence, last_return, amount_fixed, looked_at_ms, due_at_ms, attempts, lease_until_ms, lease'
  const cancels =
    'intent_id, order_id, payment_id, amount, expected_balance, cause, reason, state, created_at_ms, refund_account, request, cancelled_before, refusals, last_problem, due_at_ms, attempts, lease_until_ms, lease'
  const intent = (id: string, state: string, before: number): string =>
    `('${id}', 'ord-1', 'imp_1', 100, 100, 'shop', 'why', '${state}', 5, null, 'digest', ${before}, 0, null, 9, 0, 0, '')`

  test('K-06: keeps every row, and each is read as what it meant', async () => {
    await using empty = await make()
    await using before = upTo(engine, '0001_strangers')
    await empty.migrate(before.folder)
    for (const statement of [
      `insert into orders (${orders}) values ('ord-1', 3, 'x', 14000, 'KRW', 1000, 2000, 'paid', 'imp_1', 0, 'cancel_failed', 4, '${JSON.stringify(said)}', 1, 8, 9, 0, 0, '')`,
      `insert into orders (${orders}) values ('ord-2', 1, 'y', 500, 'KRW', 1000, 2000, 'open', null, 0, null, 0, null, 0, 0, 9, 0, 0, '')`,
      `insert into payments (payment_id, order_id, version, status, standing, reject_reason, contradiction, facts, recorded_at_ms) values ('imp_1', 'ord-1', 2, 'paid', 'kept', null, 'amount_changed', '${facts}', 6)`,
      `insert into cancels (${cancels}) values ${[intent('a', 'waiting', -1), intent('b', 'waiting', 0), intent('c', 'failed', 0), intent('d', 'done', 0)].join(', ')}`,
    ])
      await empty.write(statement)
    const db = await open(empty.url)
    const read = await readOrder(db, 'ord-1')
    expect(read).toMatchObject({
      version: 3,
      dueAtMs: 9,
      order: {
        status: 'paid',
        sequence: 4,
        amountFixedAtMs: 1000,
        returns: [said],
        taxFree: null,
        reviews: [
          {
            reviewId: 'cancel_failed',
            reason: 'cancel_failed',
            atStake: 14_000,
            sinceMs: 1000,
            endedAtMs: null,
          },
        ],
      },
      payments: [
        {
          version: 2,
          payment: {
            standing: 'kept',
            late: false,
            contradiction: { what: 'amount_changed', sinceMs: 0, isCertain: true },
          },
        },
      ],
    })
    expect(await readOrder(db, 'ord-2')).toMatchObject({
      order: {
        reviews: [],
        returns: [],
        amountFixedAtMs: null,
        closedAtMs: null,
        reference: null,
        returnTo: null,
        adoptsFromMs: 1000 - 86_400_000,
        accountsUntilMs: 2000 + 30 * 86_400_000,
      },
    })
    const states = (await cancelsOfOrder(db, 'ord-1')).map(({ intentId, state, sentAtMs }) => [
      intentId,
      state,
      sentAtMs,
    ])
    expect(states.toSorted(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
      ['a', 'requested', null],
      ['b', 'unknown', 5],
      ['c', 'over', 5],
      ['d', 'done', 5],
    ])
    await db.close()
  })
})
