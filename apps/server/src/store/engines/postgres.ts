import pg from 'pg'
import { postgresColumns } from './columns.ts'
import { DatabaseUnusable, StorageUnavailable } from './database.ts'
import type { Database, Defer, Query, Write } from './database.ts'
import { codeOf, messageOf } from './failure.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { openLine } from './postgres-changes.ts'
import { askOn, askTogether } from './postgres-asking.ts'
import { corked, plain, queryOn } from './postgres-query.ts'
import { tablesFor } from '../tables.ts'

/** Connections of one server, and one more that listens. Several servers share what Postgres allows, 100 unless set otherwise. */
const CONNECTIONS_MAX = 10
/** How long a unit waits for one of them, and a new one for Postgres to answer. */
const CONNECT_TIMEOUT_MS = 5_000
const IDLE_CONNECTION_MS = 300_000
/** What waits for a lock or a disk this long is refused, as a locked SQLite file would (K-04). */
const STATEMENT_TIMEOUT_MS = 10_000
/** After this the network itself has swallowed the question: the connection is given up. */
const ANSWER_TIMEOUT_MS = 12_000
/** A transaction whose server has been stopped in its middle holds its rows no longer than this (K-02). */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
/** How often a unit that lost against another is run again, from its first write (K-05). */
const LOST_REPEATS_MAX = 5
/** How long a start waits for another server's migrations. */
const MIGRATING_WAIT_MS = 300_000
const ALIVE_CHECK_EVERY_MS = 1_000
/** The name of the lock, as a number: «land». */
const MIGRATIONS_LOCK = 0x6c616e64

/** Opens a `postgres://` database; `?host=/folder` is a Unix socket, as libpq has it. */
export async function openPostgres(url: string, defer: Defer): Promise<Database> {
  const pool = new pg.Pool({
    ...settingsOf(url),
    ...hurried,
    pipeline: true,
    max: CONNECTIONS_MAX,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
  })
  // A lost connection is told to whoever waits on it; one that nobody waits on is made anew when needed.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const line = openLine(() => new pg.Client(settingsOf(url)), pool)
  try {
    await migratePostgres(url, migrationsOf('postgres'))
    await line.start()
  } catch (error) {
    await Promise.all([line.close(), pool.end()])
    throw unusable(url, error)
  }
  const [query, tables] = [queryOn(askTogether(pool, defer)), tablesFor(postgresColumns)]
  return {
    query,
    tables,
    atomically: (writes) => runUnit(pool, query, writes),
    changes: line.changes,
    check: async () => void (await query.select().from(tables.orders).limit(1)),
    close: async () => void (await Promise.all([line.close(), pool.end()])),
  }
}

/** The same, to be read alone: nothing is brought up to date, and no transaction may write. */
export async function readPostgres(url: string, defer: Defer): Promise<Database> {
  const { options = '', ...settings } = settingsOf(url)
  const readOnly = `${options} -c default_transaction_read_only=on`
  const pool = new pg.Pool({ ...settings, ...hurried, options: readOnly, max: 2 })
  pool.on('error', () => undefined)
  const [query, tables] = [queryOn(askTogether(pool, defer)), tablesFor(postgresColumns)]
  const check = async (): Promise<void> => void (await query.select().from(tables.orders).limit(1))
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw unusable(url, error)
  }
  const atomically: Database['atomically'] = (writes) => runUnit(pool, query, writes)
  return { query, tables, atomically, changes: null, check, close: () => pool.end() }
}

/**
 * What every connection is set to, whatever the server's or the database's own settings say. A guard that waits for another's row is judged
 * again on what that one wrote: *read committed* is what the guards are written for. An answer means stable storage (S-10): without
 * `synchronous_commit` acknowledged commits can be lost in a crash (C-05).
 */
const settingsOf = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'landfall',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  options:
    '-c default_transaction_isolation=read\\ committed -c synchronous_commit=on -c client_min_messages=warning',
})

/** A server answers in time or says that it cannot. */
const hurried: pg.ClientConfig = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
}

/** One connection for work that takes as long as it takes, in one transaction: all or nothing. */
export async function transact<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(settingsOf(url))
  client.on('error', () => undefined) // told to the statement in hand
  try {
    await client.connect()
    await client.query('begin')
    // Otherwise Postgres notices that a killed process is gone only when its statement is done, and holds every lock until then.
    await client.query(`set local client_connection_check_interval = ${ALIVE_CHECK_EVERY_MS}`)
    const result = await work(client)
    await client.query('commit')
    return result
  } finally {
    await client.end()
  }
}

/**
 * Applies what is missing under a lock that dies with its transaction: of several servers that start together one does it, and of one that
 * is killed half-way nothing is left (K-07).
 */
export const migratePostgres = (url: string, folder: string): Promise<void> =>
  transact(url, async (client) => {
    await client.query(`set local lock_timeout = ${MIGRATING_WAIT_MS}`)
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATIONS_LOCK])
    await client.query(
      `create table if not exists ${JOURNAL} (id serial primary key, hash text not null, created_at bigint)`,
    )
    const last = await client.query<{ ms: string | null }>(`select max(created_at) as ms from ${JOURNAL}`)
    for (const { statements, hash, createdAtMs } of migrationsFrom(folder, Number(last.rows[0]?.ms ?? 0))) {
      for (const statement of statements) await client.query(statement)
      await client.query(`insert into ${JOURNAL} (hash, created_at) values ($1, $2)`, [hash, createdAtMs])
    }
  })

/** One transaction a unit. Postgres itself lets commits that come together share a sync. */
async function runUnit(pool: pg.Pool, query: Query, writes: readonly Write[]): Promise<'done' | 'stale'> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await (writes.length === 1 ? runWrites(query, writes) : tryUnit(pool, writes))
    } catch (error) {
      if (!/^40(P01|001)$/.test(codeOf(error))) throw plain(error)
      if (repeat === LOST_REPEATS_MAX)
        throw new StorageUnavailable('the write lost every race', { cause: error })
    }
  }
}

/** Its writes go out together: each is asked before the one before it is answered, and what came to nothing is undone at the end. */
async function tryUnit(pool: pg.Pool, writes: readonly Write[]): Promise<'done' | 'stale'> {
  const client = await pool.connect()
  let lost: Error | undefined
  try {
    const outcome = await corked(client, () =>
      runWrites(queryOf(client), [() => client.query('begin').then(() => [client]), ...writes]),
    )
    await client.query(outcome === 'done' ? 'commit' : 'rollback')
    return outcome
  } catch (error) {
    lost = await client.query('rollback').then(
      () => undefined,
      (refused: Error) => refused,
    )
    throw error
  } finally {
    client.release(lost) // a connection whose state nobody knows is closed
  }
}

/** Asks all of them at once and judges the answers in order: what is said of a write after one that failed or touched nothing counts for nothing. */
async function runWrites(query: Query, writes: readonly Write[]): Promise<'done' | 'stale'> {
  const answers = await Promise.allSettled(writes.map((write) => asked(write, query)))
  for (const answer of answers) {
    if (answer.status === 'rejected') throw answer.reason
    if (answer.value.length === 0) return 'stale'
  }
  return 'done'
}

/** A built query is asked once somebody waits for it: now, so that all go out in their order. */
const asked = async (write: Write, query: Query): Promise<readonly unknown[]> =>
  write(query).then((rows) => rows)

/** Once a client, which keeps its prepared statements. */
function queryOf(client: pg.PoolClient): Query {
  const known = queries.get(client)
  if (known !== undefined) return known
  const query = queryOn(askOn(client))
  queries.set(client, query)
  return query
}
const queries = new WeakMap<pg.PoolClient, Query>()

export function unusable(url: string, error: unknown): DatabaseUnusable {
  const { host, pathname, searchParams } = new URL(url)
  return new DatabaseUnusable(
    `Postgres at ${searchParams.get('host') ?? host}${pathname} cannot be used: ${messageOf(error)}. ` +
      'Check DATABASE_URL, that the server runs, and that this user may create tables there.',
    { cause: error },
  )
}
