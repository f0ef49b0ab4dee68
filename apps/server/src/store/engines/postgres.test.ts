import { sql } from 'drizzle-orm'
import { Socket } from 'node:net'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../../testing/fresh-database.ts'
import { adminOf, type Admin, type TestDatabase } from '../../../testing/postgres.ts'
import { DatabaseUnusable, openDatabase, StorageUnavailable, type Database, type Write } from './open.ts'
import { asWrite, failing, noted, noting, nowMs, one, touchingNothing } from '../fixtures.contract.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { migratePostgres, openPostgres, transact, unusable } from './postgres.ts'
import { storable } from './postgres-query.ts'
import { writeStatement } from './statement.ts'

type Opened = AsyncDisposable & {
  readonly db: Database
  readonly url: string
  readonly ask: (query: string) => Promise<readonly unknown[]>
  readonly close: () => Promise<void>
}

const defer = (run: () => void): void => void setImmediate(run)

/** One database for all these tests; each empties what it writes into. */
let kept: Promise<TestDatabase & { readonly admin: Admin }> | null = null
async function keep() {
  const database = await freshDatabase('postgres')
  return { ...database, admin: await adminOf(database.url) }
}

async function opened(): Promise<Opened> {
  const { url, admin } = await (kept ??= keep())
  const db = await openDatabase(url, defer)
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => (closing ??= db.close())
  return {
    db,
    url,
    ask: admin.ask,
    close,
    [Symbol.asyncDispose]: async () => {
      await admin.ask(
        'drop trigger if exists trouble on timeline; drop sequence if exists tries; delete from timeline',
      )
      await close()
    },
  }
}
afterAll(async () => {
  const database = await kept
  await database?.admin.end()
  await database?.[Symbol.asyncDispose]()
})

/** What was answered, or why not. */
const refusalOf = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => error)

/** Has each write of a line run this first, as Postgres's own code. */
async function troubled({ ask }: Opened, does: string): Promise<void> {
  await ask('create sequence tries')
  await ask(`create or replace function trouble() returns trigger language plpgsql as
    $$ begin ${does} return new; end $$`)
  await ask('create trigger trouble before insert on timeline for each row execute function trouble()')
}
/** How often a write was begun: what a sequence has given is not given back. */
const triesOf = async ({ ask }: Opened): Promise<unknown> =>
  one(await ask('select last_value::int as n from tries'))

/** Waits until so many connections of servers are left: Postgres takes a moment to let go of one that was ended. */
async function expectConnections({ ask }: Opened, count: number): Promise<void> {
  const open = `select pid from pg_stat_activity where datname = current_database() and application_name = 'landfall'`
  while ((await ask(open)).length > count) await nextTurn()
}
/** A turn of the event loop, which no clock of a test holds up. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const throwing =
  (error: unknown): Write =>
  () => {
    throw error
  }
/** Takes longer than anybody waits. */
const sleeping: Write = (query) =>
  asWrite(query.select({ slept: sql`pg_sleep(600)` }).from(sql`(select 1) as one`))
/** Lets a server's patience end, once Postgres sleeps: a moment before that nobody is refused. */
async function outwait({ ask }: Opened, refused: () => boolean): Promise<void> {
  const sleeps = `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
  while ((await ask(sleeps)).length === 0);
  await vi.advanceTimersByTimeAsync(11_000)
  expect(refused()).toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
}
/** The clock of what waits, which the test moves. */
function timersOfTheTest(): Disposable {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  return { [Symbol.dispose]: () => void vi.useRealTimers() }
}
const endSleepers = ({ ask }: Opened) =>
  ask(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`)
const coded = (code: string): Error => Object.assign(new Error(`the driver says ${code}`), { code })

describe('Postgres: a unit that loses a race (K-05)', () => {
  test.each(['40001', '40P01'])('%s: it is run again from its first write until it wins', async (code) => {
    await using store = await opened()
    await troubled(store, `if nextval('tries') < 6 then raise exception using errcode = '${code}'; end if;`)
    expect(await store.db.atomically([noting(store.db, 'a'), noting(store.db, 'b')])).toBe('done')
    expect(await noted(store.db)).toEqual(['a', 'b'])
  })

  test('it is not run for ever: after five repeats it is refused, and nothing is stored', async () => {
    await using store = await opened()
    await troubled(store, `perform nextval('tries'); raise exception 'lost' using errcode = '40001';`)
    const refusal = await refusalOf(store.db.atomically([noting(store.db, 'a')]))
    expect(refusal).toBeInstanceOf(StorageUnavailable)
    expect(refusal).toMatchObject({ message: 'the write lost every race', cause: { code: '40001' } })
    expect(await triesOf(store)).toEqual({ n: 6 })
    expect(await noted(store.db)).toEqual([])
  })

  test.each(['40002', '23514', 'P0001', '54000'])(
    '%s is no race: it is run once, and told as it is',
    async (code) => {
      await using store = await opened()
      await troubled(store, `perform nextval('tries'); raise exception 'no' using errcode = '${code}';`)
      expect(await refusalOf(store.db.atomically([noting(store.db, 'a')]))).toMatchObject({
        code,
        message: 'no',
      })
      expect(await triesOf(store)).toEqual({ n: 1 })
    },
  )
})

describe('Postgres: the writes of a unit go out together', () => {
  test('and are judged in their order: what comes after one that touched nothing counts for nothing', async () => {
    await using store = await opened()
    await store.db.atomically([noting(store.db, 'a')])
    const [touches, fails] = [touchingNothing(store.db), failing(store.db, 'a')]
    const unit = (...writes: Write[]) => refusalOf(store.db.atomically(writes))
    expect(await unit(noting(store.db, 'b'), touches, fails)).toBe('stale')
    expect(await unit(noting(store.db, 'b'), fails, touches)).toMatchObject({ code: '23505' })
    expect(await unit(noting(store.db, 'b'), fails, throwing('ours'))).toMatchObject({ code: '23505' })
    expect(await noted(store.db)).toEqual(['a'])
  })

  test('in two pieces, and what is read in one tick in one a connection', async () => {
    await using store = await opened()
    const unit = (id: string) => store.db.atomically([noting(store.db, id), noting(store.db, `${id}${id}`)])
    const reads = () => Promise.all(Array.from({ length: 20 }, () => noted(store.db)))
    await unit('a')
    await reads()
    const [single, several] = [vi.spyOn(Socket.prototype, '_write'), vi.spyOn(Socket.prototype, '_writev')]
    const written = () => single.mock.calls.length + several.mock.calls.length
    const pieces = async (ask: () => Promise<unknown>): Promise<number> => {
      const before = written()
      await ask()
      return written() - before
    }
    expect(await pieces(() => unit('b'))).toBe(2)
    expect(await pieces(reads)).toBe(3)
    for (const spy of [single, several]) spy.mockRestore()
  })

  test('one sees what the one before it wrote, prepared or not', async () => {
    await using store = await opened()
    const { timeline } = store.db.tables
    const renamed: Write = (query) => query.update(timeline).set({ reason: 'seen' })
    expect(await store.db.atomically([noting(store.db, 'a'), renamed, noting(store.db, 'b')])).toBe('done')
    expect(await store.ask('select entry_id as id, reason from timeline order by entry_id')).toEqual([
      { id: 'a', reason: 'seen' },
      { id: 'b', reason: '' },
    ])
  })
})

describe('Postgres: temporary and permanent failures', () => {
  const unavailable = [
    '08006', // the connection
    '53100', // disk full
    '53300', // too many connections
    '57014', // cancelled, or out of time
    '57P01', // shut down
    '58030', // input or output
    'XX001', // damaged data
    'XX002', // damaged index
    '25006', // read-only
    '25P03', // idle in a transaction for too long
    '55P03', // a lock not to be had
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOENT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
  ]
  const lost = [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client was closed and is not queryable',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ]
  const foreign = [
    coded('XX000'),
    coded('25001'),
    coded('25P02'),
    coded('55000'),
    coded('23505'),
    coded('P0108'),
    coded('EACCES'),
    coded('A_ECONN'),
    // What looks like a lost race and is none is not run again.
    coded('X40001'),
    coded('400010'),
    new Error('No connection: Connection terminated'),
    new Error('Client not there'),
    new Error('Query failed'),
    Object.assign(new Error('Connection terminated'), { code: '23505' }),
    'only a text',
    null,
  ]

  test('a failure of the server or the connection is StorageUnavailable, with its cause', async () => {
    await using store = await opened()
    for (const cause of [...unavailable.map(coded), ...lost.map((message) => new Error(message))]) {
      const refusal = await refusalOf(store.db.atomically([noting(store.db, 'a'), throwing(cause)]))
      expect(refusal, String(cause)).toBeInstanceOf(StorageUnavailable)
      expect(refusal).toMatchObject({ message: cause.message, cause })
    }
    expect(await noted(store.db)).toEqual([])
  })

  test('any other error is thrown unchanged', async () => {
    await using store = await opened()
    for (const error of foreign)
      expect(await refusalOf(store.db.atomically([noting(store.db, 'a'), throwing(error)]))).toBe(error)
    expect(await noted(store.db)).toEqual([])
  })

  test('a failed read is told apart in the same way, and names no values (P-03)', async () => {
    await using store = await opened()
    await store.ask('alter table timeline rename to gone')
    const error = await refusalOf(noted(store.db))
    await store.ask('alter table gone rename to timeline')
    expect(error).toMatchObject({ code: '42P01' })
    expect(String(error)).not.toContain('noted')
    await store.close()
    expect(await refusalOf(noted(store.db))).toBeInstanceOf(StorageUnavailable)
  })
})

describe('Postgres: connections', () => {
  const backend =
    (pids: unknown[]): Write =>
    (query) => {
      const asked = query.select({ pid: sql<number>`pg_backend_pid()` }).from(sql`(select 1) as one`)
      return asWrite(asked.then((rows) => [pids.push(one(rows).pid)]))
    }

  test('one is used again after a unit that was done, was stale, or failed by its own fault', async () => {
    await using store = await opened()
    const pids: unknown[] = []
    const unit = (...writes: Write[]) => refusalOf(store.db.atomically([backend(pids), ...writes]))
    expect(await unit()).toBe('done')
    expect(await unit(noting(store.db, 'a'), touchingNothing(store.db))).toBe('stale')
    expect(await unit(noting(store.db, 'b'), throwing('ours'))).toBe('ours')
    // None is left in the middle of a transaction, which would keep what it locked.
    const left = await store.ask(`select state from pg_stat_activity
      where datname = current_database() and application_name = 'landfall' and state <> 'idle'`)
    expect(left).toEqual([])
    expect(await unit()).toBe('done')
    expect(await noted(store.db)).toEqual([])
    expect(new Set(pids).size).toBe(1)
    expect(pids).toHaveLength(4)
  })

  test('one that was lost in the middle of a unit is not used again', async () => {
    await using store = await opened()
    const pids: unknown[] = []
    const ending: Write = async () => {
      while (pids.length === 0) await new Promise((resolve) => void setImmediate(resolve))
      await store.ask(`select pg_terminate_backend(${String(pids[0])})`)
      return noting(store.db, 'a')(store.db.query)
    }
    const ended = await refusalOf(store.db.atomically([backend(pids), ending, touchingNothing(store.db)]))
    expect(ended).toBeInstanceOf(StorageUnavailable)
    expect(await store.db.atomically([backend(pids)])).toBe('done')
    expect(pids[1]).not.toBe(pids[0])
  })

  test.each([1, 2])(
    'one that still waits for an answer nobody waits for any more is not used again: %d writes (K-02)',
    async (count) => {
      await using store = await opened()
      const db = await openPostgres(store.url, defer)
      using _ = timersOfTheTest()
      let over = false
      const asked = refusalOf(db.atomically(Array.from({ length: count }, () => sleeping)))
      const refused = asked.finally(() => (over = true))
      await outwait(store, () => over)
      const refusal = await refused
      expect(refusal).toBeInstanceOf(StorageUnavailable)
      expect(String(refusal)).toContain('Query read timeout')
      expect(await db.atomically([noting(db, 'a')])).toBe('done')
      await db.close()
      await endSleepers(store)
      await expectConnections(store, 1)
    },
  )

  test('what is read in one tick shares some, eight to each; another tick takes others', async () => {
    await using store = await opened()
    const pidOf = async () =>
      one(await store.db.query.select({ pid: sql<number>`pg_backend_pid()` }).from(sql`(select 1) as one`))
        .pid
    const pids = await Promise.all(Array.from({ length: 20 }, pidOf))
    const counts = [...Map.groupBy(pids, (pid) => pid).values()].map((each) => each.length)
    expect(counts.toSorted((a, b) => a - b)).toEqual([4, 8, 8])
    await expectConnections(store, counts.length + 1) // the one that listens besides
  })

  test('one that has answered some of what it was asked, and the rest not in time, is not used again', async () => {
    await using store = await opened()
    const db = await openPostgres(store.url, defer)
    using _ = timersOfTheTest()
    let over = false
    const asked = [noting(db, 'a'), sleeping, noting(db, 'b')].map((write) =>
      refusalOf(db.atomically([write])),
    )
    const answered = Promise.all(asked).finally(() => (over = true))
    await outwait(store, () => over)
    const [first, late] = await answered
    expect(first).toBe('done')
    expect(late).toBeInstanceOf(StorageUnavailable)
    expect(await db.atomically([noting(db, 'c')])).toBe('done')
    await db.close()
    await endSleepers(store)
  })

  test('a question that fails fails alone, and its connection goes on', async () => {
    await using store = await opened()
    await store.db.atomically([noting(store.db, 'a')])
    const before = one(
      await store.ask(`select max(pid) as pid from pg_stat_activity
      where datname = current_database() and application_name = 'landfall'`),
    )
    const [first, failed, last] = await Promise.all([
      refusalOf(store.db.atomically([noting(store.db, 'b')])),
      refusalOf(store.db.atomically([failing(store.db, 'a')])),
      refusalOf(noted(store.db)),
    ])
    expect(failed).toMatchObject({ code: '23505' })
    expect([first, last]).toEqual(['done', ['a', 'b']])
    expect(await refusalOf(noted(store.db))).toEqual(['a', 'b'])
    const after = one(
      await store.ask(`select max(pid) as pid from pg_stat_activity
      where datname = current_database() and application_name = 'landfall'`),
    )
    expect(after).toEqual(before)
  })

  test('a server has ten and one that listens, says who it is, and waits for nothing longer than ten seconds', async () => {
    await using store = await opened()
    const asked = Array.from({ length: 100 }, () =>
      store.db.atomically([noting(store.db, crypto.randomUUID())]),
    )
    await Promise.all(asked)
    const [counted] = await store.ask(`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and application_name = 'landfall'`)
    expect(counted).toEqual({ n: 11 })
    for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      const rows = await store.db.query
        .select({ value: sql<string>`current_setting(${name}::text)` })
        .from(sql`(select 1) as one`)
      expect(one(rows).value).toBe('10s')
    }
  })

  test('all of them are gone once it is closed', async () => {
    await using store = await opened()
    const other = await openPostgres(store.url, defer)
    await other.check()
    await other.close()
    await store.close()
    await expectConnections(store, 0)
  })

  test('a statement is built once on each of them', async () => {
    await using store = await opened()
    let built = 0
    const insert = writeStatement<{ id: string }>((query, { timeline }, param) => {
      built += 1
      const line = { orderId: 'noted', paymentId: null, atMs: nowMs, event: '', reason: '' }
      return query
        .insert(timeline)
        .values({ ...line, entryId: param('id'), fromStatus: null, toStatus: null })
    })
    for (const id of ['a', 'b', 'c'])
      expect(await store.db.atomically([insert.write(store.db, { id })])).toBe('done')
    expect(built).toBe(1)
    const unit = (...ids: string[]) => store.db.atomically(ids.map((id) => insert.write(store.db, { id })))
    expect(await unit('d', 'e')).toBe('done')
    expect(await unit('f', 'g')).toBe('done')
    expect(built).toBe(2)
    expect(await noted(store.db)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  test('Postgres reads a statement once on each of them, whoever asks it and however often', async () => {
    await using store = await opened()
    for (const id of ['a', 'b']) await store.db.atomically([noting(store.db, id)])
    for (const id of ['c', 'd']) await store.db.atomically([noting(store.db, id), noting(store.db, `${id}0`)])
    const known = await store.db.query
      .select({ name: sql<string>`name`, reads: sql<string>`statement` })
      .from(sql`pg_prepared_statements`)
    const inserts = known.filter(({ reads }) => reads.startsWith('insert'))
    expect(inserts).toMatchObject([{ name: expect.stringMatching(/^[0-9a-f]{40}$/) }])
  })

  test('all of them ask the network itself whether the other side is still there', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive')
    await using store = await opened()
    await store.db.check()
    // Two that check the server, the one that migrates, the one that listens, and the one that was asked.
    expect(keepAlive.mock.calls.filter(([keeps]) => keeps === true)).toHaveLength(5)
    keepAlive.mockRestore()
  })

  test('a check fails when the tables are gone', async () => {
    await using store = await opened()
    await store.db.check()
    await store.ask('alter table orders rename to gone')
    await expect(store.db.check()).rejects.toThrow('orders')
    await store.ask('alter table gone rename to orders')
  })
})

describe('Postgres: work in one transaction', () => {
  test('is there when it is done, and none of it when it fails', async () => {
    await using store = await opened()
    expect(
      await transact(store.url, async (client) => {
        await client.query('create table half (id integer)')
        const { rows } = await client.query('show client_connection_check_interval')
        return rows
      }),
    ).toEqual([{ client_connection_check_interval: '1s' }])
    const failed = transact(store.url, async (client) => {
      await client.query('drop table half')
      throw new Error('half-way')
    })
    await expect(failed).rejects.toThrow('half-way')
    expect(await store.ask('select * from half')).toEqual([])
    await store.ask('drop table half')
  })

  test('a connection that is lost while nothing is asked on it ends the work, and not the server', async () => {
    await using store = await opened()
    const uncaught = vi.fn<() => void>()
    process.once('uncaughtExceptionMonitor', uncaught)
    const lost = transact(store.url, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const ended = new Promise((resolve) => void client.once('end', resolve))
      await store.ask(`select pg_terminate_backend(${one(rows).pid})`)
      await ended
    })
    await expect(lost).rejects.toThrow('not queryable')
    expect(uncaught).not.toHaveBeenCalled()
    process.removeListener('uncaughtExceptionMonitor', uncaught)
  })

  test('migrations are noted with their hash and time, in order, and applied once (K-07)', async () => {
    await using empty = await emptyDatabase('postgres')
    const all = migrationsFrom(migrationsOf('postgres'), 0)
    for (const _ of [1, 2]) await migratePostgres(empty.url, migrationsOf('postgres'))
    const admin = await adminOf(empty.url)
    expect(all.length).toBeGreaterThan(1)
    expect(await admin.ask(`select hash, created_at::float8 as at from ${JOURNAL} order by id`)).toEqual(
      all.map(({ hash, createdAtMs }) => ({ hash, at: createdAtMs })),
    )
    await admin.end()
  })

  test('a start waits for another server’s migrations, under one lock', async () => {
    await using store = await opened()
    await store.ask(`select pg_advisory_lock(${0x6c616e64})`)
    let over = false
    const starting = openPostgres(store.url, defer).finally(() => (over = true))
    const isWaiting = async () =>
      (await store.ask(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).length > 0
    while (!(await isWaiting())) await new Promise((resolve) => void setTimeout(resolve, 20))
    expect(over).toBe(false)
    const [waiting] = await store.ask(`select 1 from pg_stat_activity where wait_event = 'advisory'`)
    expect(waiting).toBeDefined()
    await store.ask(`select pg_advisory_unlock(${0x6c616e64})`)
    await (await starting).close()
  })

  test('a start that fails leaves no connection behind', async () => {
    await using store = await opened()
    await store.close()
    await store.ask(`alter table ${JOURNAL} rename column hash to other`)
    await store.ask(`delete from ${JOURNAL}`)
    const error = await refusalOf(openPostgres(store.url, defer))
    await store.ask(`alter table ${JOURNAL} rename column other to hash`)
    for (const { hash, createdAtMs } of migrationsFrom(migrationsOf('postgres'), 0))
      await store.ask(`insert into ${JOURNAL} (hash, created_at) values ('${hash}', ${createdAtMs})`)
    expect(error).toBeInstanceOf(DatabaseUnusable)
    await expectConnections(store, 0)
  })
})

describe('Postgres: texts', () => {
  test('what Postgres cannot keep of a text is made a sign for it, and nothing else is changed', () => {
    expect(storable('a\0b\0')).toBe('a\ufffdb\ufffd')
    expect(storable('a\ufffdb')).toBe('a\ufffdb')
    expect([storable(0), storable(null), storable('')]).toEqual([0, null, ''])
  })

  test('what is wrong is told with the server and the database, never with a user or a password (P-03)', () => {
    const cause = new Error('it sleeps')
    const told =
      'cannot be used: it sleeps. Check DATABASE_URL, that the server runs, and that this user may create tables there.'
    const error = unusable('postgres://user:pass-word@db.example:5433/shop', cause)
    expect(error).toEqual(new DatabaseUnusable(`Postgres at db.example:5433/shop ${told}`))
    expect(error.cause).toBe(cause)
    expect(unusable('postgres://user@localhost/shop?host=/run/pg', 'it sleeps').message).toBe(
      `Postgres at /run/pg/shop ${told}`,
    )
  })
})
