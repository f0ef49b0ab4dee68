import { getTableName, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../testing/fresh-database.ts'
import { adminOf, type Admin, type TestDatabase } from '../../testing/postgres.ts'
import { postgresColumns } from './engines/columns.ts'
import {
  DatabaseUnusable,
  openDatabase,
  StorageUnavailable,
  type Database,
  type Write,
} from './engines/open.ts'
import { asWrite, failing, noted, noting, one, type OpenedStore } from './fixtures.contract.ts'
import { storeContract } from './store.contract.ts'
import { tablesFor } from './tables.ts'

type Opened = OpenedStore & { readonly url: string }

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

/** Servers on a database of their own. */
async function openFresh(database: TestDatabase): Promise<Opened> {
  const opened: Database[] = []
  return {
    url: database.url,
    connect: async () => {
      const db = await open(database.url)
      opened.push(db)
      return db
    },
    [Symbol.asyncDispose]: async () => {
      for (const db of opened) await db.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** The contract's own database and the servers on it, for all of its tests: to connect takes Postgres longer than most of them. */
type Kept = { readonly database: TestDatabase; readonly admin: Admin; readonly servers: Database[] }
let kept: Promise<Kept> | null = null
async function keep(): Promise<Kept> {
  const database = await freshDatabase('postgres')
  return { database, admin: await adminOf(database.url), servers: [] }
}

const emptying = Object.values(tablesFor(postgresColumns))
  .map((table) => `delete from ${getTableName(table)}`)
  .join(';')

/** As a store that was opened for one test, and nothing in it: what the test before it wrote is deleted. */
async function openEmptied(): Promise<OpenedStore> {
  const { database, admin, servers } = await (kept ??= keep())
  await admin.ask(emptying)
  let connected = 0
  return {
    connect: async () => {
      const server = servers[connected] ?? (await open(database.url))
      servers[connected] = server
      connected += 1
      return server
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
afterAll(async () => {
  if (kept === null) return
  const { database, admin, servers } = await kept
  await Promise.all([admin.end(), ...servers.map((server) => server.close())])
  await database[Symbol.asyncDispose]()
})

storeContract('Postgres', openEmptied)

const refusalOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'it was answered',
    (error: unknown) => error,
  )

/** Of every connection the pool makes for units that come at once. */
async function settingsOf(db: Database, name: string): Promise<unknown[]> {
  const found: Array<{ readonly value: string; readonly pid: number }> = []
  const asking: Write = (query) => {
    const asked = query
      .select({ value: sql<string>`current_setting(${name}::text)`, pid: sql<number>`pg_backend_pid()` })
      .from(db.tables.budget)
    return asWrite(asked.then((rows) => [found.push(one(rows))]))
  }
  await Promise.all(Array.from({ length: 10 }, () => db.atomically([asking, asking])))
  expect(new Set(found.map(({ pid }) => pid)).size).toBe(10)
  return [...new Set(found.map(({ value }) => value))]
}

const withBudgetRow = (db: Database) =>
  db.atomically([(query) => query.insert(db.tables.budget).values({ name: 'x', atMs: 0, taken: 0 })])

describe('Postgres: stable storage', () => {
  // Without the lines in postgres.ts that set them the connections run as the database says, and this fails.
  test('every connection waits for the disk and judges a guard anew, whatever the database is set to (C-05)', async () => {
    await using store = await openFresh(await freshDatabase('postgres'))
    const admin = await adminOf(store.url)
    const database = new URL(store.url).pathname.slice(1)
    await admin.ask(`alter database ${database} set synchronous_commit = off`)
    await admin.ask(`alter database ${database} set default_transaction_isolation = 'repeatable read'`)
    await admin.end()
    const db = await store.connect()
    await withBudgetRow(db)
    expect(await settingsOf(db, 'synchronous_commit')).toEqual(['on'])
    expect(await settingsOf(db, 'transaction_isolation')).toEqual(['read committed'])
  })
})

/** What a server hears; `until` asks again and again until it has heard an order named. */
async function hearing(db: Database) {
  const heard: string[] = []
  db.changes?.subscribe((orderId) => void heard.push(orderId))
  return {
    heard,
    until: async (orderId: string, ask: () => void): Promise<void> => {
      for (let tries = 0; tries < 1_500 && !heard.includes(orderId); tries += 1) {
        if (tries % 10 === 0) ask()
        await new Promise((resolve) => void setTimeout(resolve, 20))
      }
      expect(heard).toContain(orderId)
    },
    [Symbol.asyncDispose]: async () => void (heard.length = 0),
  }
}

describe('Postgres: the server is away', () => {
  const endConnections = async (url: string): Promise<void> => {
    const admin = await adminOf(url)
    await admin.ask(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`)
    await admin.end()
  }

  test('another session holds the row: the write is refused when its time is up, and nothing is stored (K-04)', async () => {
    await using store = await openFresh(await freshDatabase('postgres'))
    const db = await store.connect()
    await db.atomically([noting(db, 'a')])
    const admin = await adminOf(store.url)
    await admin.ask(`begin`)
    await admin.ask(`update timeline set reason = 'held'`)
    const { timeline } = db.tables
    const soon: Write = (query) =>
      asWrite(
        query
          .select({ set: sql`set_config('statement_timeout', '300ms', true)` })
          .from(sql`(select 1) as one`),
      )
    const touched = db.atomically([
      noting(db, 'b'),
      soon,
      (query) => query.update(timeline).set({ reason: 'mine' }),
    ])
    expect(await refusalOf(touched)).toBeInstanceOf(StorageUnavailable)
    await admin.ask(`rollback`)
    await admin.end()
    expect(await noted(db)).toEqual(['a'])
  })

  test('a failed write names no values: they would be in the log (P-03)', async () => {
    await using store = await openFresh(await freshDatabase('postgres'))
    const db = await store.connect()
    await db.atomically([noting(db, 'secret-value')])
    const error = await refusalOf(db.atomically([failing(db, 'secret-value')]))
    expect(String(error)).toContain('duplicate key')
    expect(String(error)).not.toContain('secret-value')
  })

  test('a database that cannot be used is refused with a sentence that says why, without its password (C-08)', async () => {
    await using store = await openFresh(await freshDatabase('postgres'))
    const nowhere = new URL(store.url)
    nowhere.pathname = '/nowhere'
    nowhere.password = 'pass-word'
    const error = await refusalOf(open(nowhere.href))
    expect(error).toBeInstanceOf(DatabaseUnusable)
    expect(String(error)).toMatch(/\/nowhere cannot be used: database "nowhere" does not exist/)
    expect(String(error)).not.toContain('pass-word')
    const away = await refusalOf(open('postgres://user:pass-word@127.0.0.1:9/x'))
    expect(String(away)).toMatch(/Postgres at 127.0.0.1:9\/x cannot be used: connect ECONNREFUSED/)
    expect(await refusalOf(open('postgres://a b'))).toBeInstanceOf(DatabaseUnusable)
  })

  test('changes told by one server are heard by every server, also after the line was lost', async () => {
    await using store = await openFresh(await freshDatabase('postgres'))
    const [one, other] = [await store.connect(), await store.connect()]
    await using heard = await hearing(other)
    await heard.until('ord-1', () => one.changes?.publish('ord-1'))
    for (let index = 0; index < 1_200; index += 1) one.changes?.publish(`many-${index}`)
    await heard.until('many-1199', () => undefined)
    expect(new Set(heard.heard).size).toBe(1_201)
    await endConnections(store.url)
    await heard.until('ord-2', () => one.changes?.publish('ord-2'))
  })
})
