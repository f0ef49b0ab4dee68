import BetterSqlite3 from 'better-sqlite3'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../testing/fresh-database.ts'
import { adminOf, type TestDatabase } from '../../testing/postgres.ts'
import { openBudget } from './budget.ts'
import { noteDeployment } from './deployment.ts'
import { rememberMessage } from './messages.ts'
import { copyToPostgres } from './copy.ts'
import { DatabaseUnusable, openDatabase, type Database } from './engines/open.ts'
import {
  aClaim,
  anIntent,
  anOrder,
  aReview,
  at,
  by,
  nastyText,
  nowMs,
  paying,
  reading,
} from './fixtures.contract.ts'
import { insertOrder, recordDecision } from './orders.ts'
import { insertReceipt } from './receipts.ts'
import { openRounds } from './poll-cursors.ts'
import { pathOf } from './engines/sqlite.ts'

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))
const quiet = (): void => undefined

/** What a process prints. */
const saidBy = (code: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  })

/** A SQLite file and a Postgres, both with our tables and nothing in them unless the test brings its own. */
async function both(
  opening: { readonly file?: Promise<TestDatabase>; readonly target?: Promise<TestDatabase> } = {},
) {
  const file = await (opening.file ?? freshDatabase('sqlite'))
  const target = await (opening.target ?? freshDatabase('postgres'))
  const path = pathOf(file.url)
  return {
    file,
    target,
    path,
    /** Somebody has the file open for as long as its log is there. */
    isHeld: () => existsSync(`${path}-wal`),
    [Symbol.asyncDispose]: async () => {
      await file[Symbol.asyncDispose]()
      await target[Symbol.asyncDispose]()
    },
  }
}

/** Rows in every table; the ids are such that a dictionary has them in another order than bytes. */
async function filled({ url }: TestDatabase, orderIds = ['a-1', 'B-1', 'a_1']): Promise<void> {
  const db = await open(url)
  await Promise.all(
    orderIds.map((id, index) =>
      insertOrder(
        db,
        {
          ...anOrder(id),
          name: `${nastyText}\0`,
          amount: 100 + index,
          reviews: index === 1 ? [aReview('late')] : [],
        },
        nowMs,
      ),
    ),
  )
  const read = await reading(db, orderIds[0] ?? '')
  const intents = [anIntent('imp_1', { expectedBalance: 9 }), anIntent('imp_2', { amount: 1 })]
  await recordDecision(db, read, { ...paying(read, 'imp_1'), intents }, at)
  await insertReceipt(db, aClaim('imp_1', null), by('door'))
  await openRounds(db, ['paid'], nowMs, nowMs)
  await openBudget(db, ['claim'])
  await noteDeployment(db, 'gateway_account', 'account', { nowMs })
  await rememberMessage(db, 'msg_1', nowMs)
  await db.close()
}

/** Every row of every table, as text. */
async function everything(url: string): Promise<Record<string, string[]>> {
  const db = await open(url)
  const rows: Record<string, string[]> = {}
  for (const [name, table] of Object.entries(db.tables))
    rows[name] = (await db.query.select().from(table))
      .map((row) => JSON.stringify(row).replaceAll(String.raw`\u0000`, '\ufffd'))
      .toSorted()
  await db.close()
  return rows
}

const rowsIn = async (url: string): Promise<number> => Object.values(await everything(url)).flat().length

const refusalOf = (copying: Promise<unknown>): Promise<unknown> =>
  copying.then(
    () => 'it was copied',
    (error: unknown) => error,
  )

test('every table is there as it was, and what was counted and added up is told', async () => {
  await using stores = await both()
  await filled(stores.file)
  const told: unknown[] = []
  const copied = await copyToPostgres(stores.file.url, stores.target.url, (...about) => told.push(about))
  expect(copied).toEqual([
    { table: 'orders', rows: 3, sums: { amount: '303' } },
    { table: 'payments', rows: 1, sums: {} },
    { table: 'proofs', rows: 1, sums: {} },
    { table: 'reviews', rows: 1, sums: {} },
    { table: 'order_references', rows: 0, sums: {} },
    { table: 'cancels', rows: 2, sums: { amount: '14001', expected_balance: '14009' } },
    { table: 'notices', rows: 1, sums: {} },
    { table: 'receipts', rows: 1, sums: {} },
    { table: 'rounds', rows: 1, sums: {} },
    { table: 'budget', rows: 3, sums: {} },
    { table: 'deployment', rows: 1, sums: {} },
    { table: 'messages', rows: 1, sums: {} },
    { table: 'timeline', rows: 1, sums: {} },
  ])
  expect(told).toEqual(copied.map(({ table, rows }) => [table, rows, rows]))
  expect(stores.isHeld()).toBe(false)
  expect(await everything(stores.target.url)).toEqual(await everything(stores.file.url))
})

test('a store with nothing in it is copied too: every table is told of, and no money', async () => {
  await using stores = await both({ target: emptyDatabase('postgres') })
  const told: unknown[] = []
  const copied = await copyToPostgres(stores.file.url, stores.target.url, (...about) => told.push(about))
  expect(copied.map(({ rows }) => rows)).toEqual(copied.map(() => 0))
  expect(copied.find(({ table }) => table === 'orders')?.sums).toEqual({ amount: '0' })
  expect(told).toEqual(copied.map(({ table }) => [table, 0, 0]))
})

test.each([
  [500, [500]],
  [1_000, [500, 1_000]],
  [1_001, [500, 1_000, 1_001]],
])('%d orders are told of as they come, at %o', async (count, steps) => {
  await using stores = await both()
  await filled(
    stores.file,
    Array.from({ length: count }, (_, index) => `ord-${index}`),
  )
  const told: unknown[] = []
  await copyToPostgres(stores.file.url, stores.target.url, (table, rows, of) => {
    if (table === 'orders') told.push([rows, of])
  })
  expect(told).toEqual(steps.map((step) => [step, count]))
  expect((await everything(stores.target.url))['orders']).toHaveLength(count)
})

test('meanwhile nobody writes to either: the file is locked, and so is the target', async () => {
  await using stores = await both()
  await filled(stores.file)
  const writer = new BetterSqlite3(stores.path, { timeout: 0 })
  const refusals: string[] = []
  await copyToPostgres(stores.file.url, stores.target.url, (table) => {
    if (table !== 'orders') return
    expect(() => writer.exec(`update orders set version = 9`)).toThrow('database is locked')
    // Asked by a process of its own while this one stands still: however busy the machine, the answer comes in the middle of the copy.
    refusals.push(
      saidBy(`
      const { default: pg } = await import('pg')
      const client = new pg.Client(${JSON.stringify(stores.target.url)})
      await client.connect()
      await client.query('begin; lock table timeline in row exclusive mode nowait').catch((error) => console.log(error.message))
      await client.end()`),
    )
  })
  writer.close()
  expect(refusals[0]).toContain('could not obtain lock on relation "timeline"')
})

test.each(['orders', 'timeline'])(
  'a target with rows in «%s» is refused and left as it is',
  async (table) => {
    await using stores = await both()
    await filled(stores.file)
    const db = await open(stores.target.url)
    if (table === 'orders') await insertOrder(db, anOrder('theirs'), nowMs)
    const admin = await adminOf(stores.target.url)
    if (table === 'timeline')
      await admin.ask(
        `insert into timeline values ('line', 'theirs', null, 0, 'event', null, null, 'reason')`,
      )
    await admin.end()
    await db.close()
    expect(await refusalOf(copyToPostgres(stores.file.url, stores.target.url, quiet))).toEqual(
      new DatabaseUnusable(
        `The target is not empty: there are rows in «${table}». Give it a database of its own.`,
      ),
    )
    expect(await rowsIn(stores.target.url)).toBe(1)
    expect(stores.isHeld()).toBe(false)
  },
)

/** What a target does to a row on its way in. */
const worse: ReadonlyArray<[what: string, change: string, told: string]> = [
  [
    'a text',
    `new.reason = 'lost'; return new;`,
    '«timeline» differs after copying: {"rows":1,"sums":{},"digest":',
  ],
  ['nothing that becomes a text', `new.from_status = ''; return new;`, '«timeline» differs after copying'],
  ['a time', `new.at_ms = new.at_ms + 1; return new;`, '«timeline» differs after copying'],
  ['a row that is lost', `return null;`, 'in the file, {"rows":0,"sums":{},"digest":'],
]
test.each(worse)('%s that changes on its way is noticed, and nothing is kept', async (_, change, told) => {
  await using stores = await both()
  await filled(stores.file)
  const admin = await adminOf(stores.target.url)
  await admin.ask(`create function worse() returns trigger language plpgsql as $$ begin ${change} end $$`)
  await admin.ask(`create trigger worse before insert on timeline for each row execute function worse()`)
  await admin.end()
  const error = await refusalOf(copyToPostgres(stores.file.url, stores.target.url, quiet))
  expect(error).toBeInstanceOf(DatabaseUnusable)
  expect(String(error)).toContain(told)
  expect(String(error)).toMatch(/ in Postgres\. Nothing was kept\.$/)
  expect(await rowsIn(stores.target.url)).toBe(0)
  expect(stores.isHeld()).toBe(false)
})

test('what cannot be copied is refused in a sentence: no file, a newer file, no Postgres', async () => {
  await using stores = await both({ file: emptyDatabase('sqlite') })
  const refused = () => refusalOf(copyToPostgres(stores.file.url, stores.target.url, quiet))
  expect(await refused()).toEqual(new DatabaseUnusable(`There is no file ${stores.path}.`))
  expect(existsSync(stores.path)).toBe(false)
  await filled(stores.file)
  const nowhere = 'postgres://user:pass-word@127.0.0.1:9/x'
  const away = await refusalOf(copyToPostgres(stores.file.url, nowhere, quiet))
  expect(away).toBeInstanceOf(DatabaseUnusable)
  expect(String(away)).toContain('Postgres at 127.0.0.1:9/x cannot be used: connect ECONNREFUSED')
  const raw = new BetterSqlite3(stores.path)
  for (const column of ['tomorrow', 'later']) raw.exec(`alter table timeline add column ${column} text`)
  raw.close()
  expect(await refused()).toEqual(
    new DatabaseUnusable(
      'A newer Landfall wrote the file: it has timeline.tomorrow, later. Copy it with that version.',
    ),
  )
  expect(stores.isHeld()).toBe(false)
})
