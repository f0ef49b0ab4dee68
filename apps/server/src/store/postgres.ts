// This file casts: it is where Postgres's driver becomes the `Database` that every store operation is written against.
import { DrizzleQueryError } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { NodePgSession } from 'drizzle-orm/node-postgres'
import { createHash } from 'node:crypto'
import pg from 'pg'
import { postgresColumns } from './columns.ts'
import { DatabaseUnusable, StorageUnavailable, type Database, type Query, type Write } from './database.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { openLine } from './postgres-changes.ts'
import { tablesFor } from './tables.ts'

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
export async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({
    ...settingsOf(url),
    ...hurried,
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
  const [query, tables] = [queryOf(pool), tablesFor(postgresColumns)]
  return {
    query,
    tables,
    atomically: (writes) => runUnit(pool, writes),
    changes: line.changes,
    check: async () =>
      void (await query.select({ orderId: tables.orders.orderId }).from(tables.orders).limit(1)),
    close: async () => void (await Promise.all([line.close(), pool.end()])),
  }
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
async function runUnit(pool: pg.Pool, writes: readonly Write[]): Promise<'done' | 'stale'> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await tryUnit(pool, writes)
    } catch (error) {
      if (!/^40(P01|001)$/.test(codeOf(error))) throw plain(error)
      if (repeat === LOST_REPEATS_MAX)
        throw new StorageUnavailable('the write lost every race', { cause: error })
    }
  }
}

async function tryUnit(pool: pg.Pool, writes: readonly Write[]): Promise<'done' | 'stale'> {
  const client = await pool.connect()
  let isClean = false
  try {
    await client.query('begin')
    const outcome = await runWrites(queryOf(client), writes)
    await client.query(outcome === 'done' ? 'commit' : 'rollback')
    isClean = true
    return outcome
  } catch (error) {
    isClean = await client.query('rollback').then(
      () => true,
      () => false,
    )
    throw error
  } finally {
    client.release(!isClean) // a connection whose state nobody knows is closed
  }
}

async function runWrites(query: Query, writes: readonly Write[]): Promise<'done' | 'stale'> {
  for (const write of writes) if ((await write(query)).length === 0) return 'stale'
  return 'done'
}

const dialect = new PgDialect()

/** Drizzle on one client, with the three things changed that `Session` and `asking` say; once a client, which keeps its prepared statements. */
function queryOf(client: pg.Pool | pg.PoolClient): Query {
  const known = queries.get(client)
  if (known !== undefined) return known
  const session = new Session(asking(client), dialect, undefined)
  const query = new PgDatabase(dialect, session, undefined) as unknown as Query
  queries.set(client, query)
  return query
}
const queries = new WeakMap<pg.Pool | pg.PoolClient, Query>()

/** Failures come as the driver's own: Drizzle's carry all parameters in their message, which would put names into the log (P-03). */
class Session extends NodePgSession<Record<string, never>, Record<string, never>> {
  override prepareQuery: NodePgSession<never, never>['prepareQuery'] = (...about) => {
    const prepared = super.prepareQuery(...about)
    const execute = prepared.execute.bind(prepared)
    prepared.execute = (values) =>
      execute(values).catch((error: unknown) => {
        throw plain(error instanceof DrizzleQueryError ? error.cause : error)
      })
    return prepared as never
  }
}

/**
 * Statements are prepared once a connection: there are few, and they repeat. Postgres takes no NUL in a text, SQLite does: it becomes the
 * sign for a character that cannot be shown.
 */
const asking = (client: pg.Pool | pg.PoolClient): pg.PoolClient => {
  const query = (statement: pg.QueryConfig, values: readonly unknown[]) =>
    client.query({ ...statement, name: nameOf(statement.text) }, values.map(storable))
  return { query } as unknown as pg.PoolClient
}
const names = new Map<string, string>()
function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = createHash('sha1').update(text).digest('hex')
  if (names.size < NAMES_MAX) names.set(text, name)
  return name
}
/** More texts than there are: lists of ids make one for each length. */
const NAMES_MAX = 2_000

export const storable = <T>(value: T): T | string =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value

/** The server is away, full, shutting down, out of connections, read-only or too slow: the classes of Postgres's error codes, and Node's. */
const unavailable =
  /^(08|53|57|58|XX00[12]|25006|25P03|55P03|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT)/
/** The driver's own have no code. */
const lost =
  /^(Connection terminated|timeout e|Query read timeout|Client (was closed|has encountered)|Cannot use a pool)/

const plain = (error: unknown): unknown =>
  unavailable.test(codeOf(error)) || (codeOf(error) === '' && lost.test(messageOf(error)))
    ? new StorageUnavailable(messageOf(error), { cause: error })
    : error

export function unusable(url: string, error: unknown): DatabaseUnusable {
  const { host, pathname, searchParams } = new URL(url)
  return new DatabaseUnusable(
    `Postgres at ${searchParams.get('host') ?? host}${pathname} cannot be used: ${messageOf(error)}. ` +
      'Check DATABASE_URL, that the server runs, and that this user may create tables there.',
    { cause: error },
  )
}

const codeOf = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : ''
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
