import pg from 'pg'
import { postgresColumns } from './columns.ts'
import { DatabaseUnusable, StorageUnavailable } from './database.ts'
import type { Database, DatabaseReport, Defer, Inspection, Query, Write } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { JOURNAL, migrationsFrom, migrationsOf } from './migrations.ts'
import { openChangeChannel } from './postgres-changes.ts'
import { runOn, runPipelined } from './postgres-pipeline.ts'
import { corked, asStorageError, queryOn, rowsTouched } from './postgres-query.ts'
import { checkPostgres, placeOf, settingsOf, timeouts } from './postgres-settings.ts'
import { tablesFor } from '../tables.ts'

/**
 * Connections of one server; one more listens. All servers together must stay below Postgres's `max_connections`, 100 by
 * default.
 */
const CONNECTIONS_MAX = 10
const IDLE_CONNECTION_MS = 300_000
/** Retries of a unit after a deadlock or a serialisation failure, each from its first write (K-05). */
const CONFLICT_REPEATS_MAX = 5
/** The longest wait of a start for another server's migrations. */
const MIGRATING_WAIT_MS = 300_000
const ALIVE_CHECK_EVERY_MS = 1_000
/** The advisory lock's key: «land» in ASCII. */
const MIGRATIONS_LOCK = 0x6c616e64

/**
 * Opens a `postgres://` database and applies missing migrations. As in libpq, `?host=/folder` names a Unix socket. Throws
 * `DatabaseUnusable`.
 */
export async function openPostgres(url: string, defer: Defer): Promise<Database> {
  const pool = new pg.Pool({
    ...settingsOf(url),
    ...timeouts,
    pipeline: true,
    max: CONNECTIONS_MAX,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
  })
  // A query on a lost connection rejects, and the pool replaces an idle one. Without these listeners the error would end
  // the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const channel = openChangeChannel(() => new pg.Client(settingsOf(url)), pool)
  let report: DatabaseReport
  try {
    report = await checkPostgres(url)
    await migratePostgres(url, migrationsOf('postgres'))
    await channel.start()
  } catch (error) {
    await Promise.all([channel.close(), pool.end()])
    throw error instanceof DatabaseUnusable ? error : unusable(url, error)
  }
  const [query, tables] = [queryOn(runPipelined(pool, defer)), tablesFor(postgresColumns)]
  return {
    query,
    tables,
    report,
    atomically: (writes) => runUnit(pool, query, writes),
    changes: channel.changes,
    check: async () => void (await query.select().from(tables.orders).limit(1)),
    close: async () => void (await Promise.all([channel.close(), pool.end()])),
  }
}

/**
 * Opens the database for reading: applies no migrations, and its transactions cannot write. Throws `DatabaseUnusable`.
 */
export async function readPostgres(url: string, defer: Defer): Promise<Database> {
  const { options = '', ...settings } = settingsOf(url)
  const readOnly = `${options} -c default_transaction_read_only=on`
  const pool = new pg.Pool({ ...settings, ...timeouts, options: readOnly, max: 2 })
  pool.on('error', () => undefined)
  const [query, tables] = [queryOn(runPipelined(pool, defer)), tablesFor(postgresColumns)]
  const check = async (): Promise<void> => void (await query.select().from(tables.orders).limit(1))
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw unusable(url, error)
  }
  const atomically: Database['atomically'] = (writes) => runUnit(pool, query, writes)
  const report = { settings: 'Postgres, for reading', warnings: [] }
  return { query, tables, report, atomically, changes: null, check, close: () => pool.end() }
}

/** Looks at the server's settings and at its tables, and changes nothing. Throws `DatabaseUnusable`. */
export async function inspectPostgres(url: string): Promise<Inspection> {
  const client = new pg.Client({ ...settingsOf(url), ...timeouts })
  client.on('error', () => undefined) // the running query rejects with it
  try {
    const report = await checkPostgres(url)
    await client.connect()
    const journal = await client.query<{ exists: boolean }>(
      `select to_regclass('${JOURNAL}') is not null as exists`,
    )
    const last =
      journal.rows[0]?.exists === true
        ? await client.query<{ ms: string | null }>(`select max(created_at) as ms from ${JOURNAL}`)
        : null
    const missing = migrationsFrom(migrationsOf('postgres'), Number(last?.rows[0]?.ms ?? 0))
    return { ...report, place: placeOf(url), migrationsMissing: missing.length }
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : unusable(url, error)
  } finally {
    await client.end()
  }
}

/** Runs `work` in one transaction on a connection of its own, without query timeouts. All or nothing. */
export async function transact<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(settingsOf(url))
  client.on('error', () => undefined) // the running statement rejects with it
  try {
    await client.connect()
    await client.query('begin')
    // Without this, Postgres keeps a killed process's locks until its running statement ends.
    await client.query(`set local client_connection_check_interval = ${ALIVE_CHECK_EVERY_MS}`)
    const result = await work(client)
    await client.query('commit')
    return result
  } finally {
    await client.end()
  }
}

/**
 * Applies missing migrations in one transaction, under a lock that ends with it. Of several servers that start together,
 * one migrates. A server that is killed half-way leaves nothing (K-07).
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

/** Runs each unit in one transaction. Postgres lets concurrent commits share a sync. */
async function runUnit(pool: pg.Pool, query: Query, writes: readonly Write[]): Promise<'done' | 'stale'> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await (writes.length === 1 ? runWrites(query, writes) : tryUnit(pool, writes))
    } catch (error) {
      if (!/^40(P01|001)$/.test(codeOf(error))) throw asStorageError(error)
      if (repeat === CONFLICT_REPEATS_MAX)
        throw new StorageUnavailable('the write lost every race', { cause: error })
    }
  }
}

/**
 * Sends all writes at once, without waiting for each answer, and rolls back at the end when one failed or touched no row.
 */
async function tryUnit(pool: pg.Pool, writes: readonly Write[]): Promise<'done' | 'stale'> {
  const client = await pool.connect()
  let lost: Error | undefined
  try {
    const outcome = await corked(client, () => runWrites(queryOf(client), writes, client.query('begin')))
    await client.query(outcome === 'done' ? 'commit' : 'rollback')
    return outcome
  } catch (error) {
    lost = await client.query('rollback').then(
      () => undefined,
      (refused: Error) => refused,
    )
    throw error
  } finally {
    client.release(lost) // close a connection whose state is unknown
  }
}

/**
 * Sends all writes at once, after those that were `sent` before, and evaluates the answers in order. The first write that
 * failed or touched no row decides; later answers do not count.
 */
async function runWrites(
  query: Query,
  writes: readonly Write[],
  sent?: Promise<unknown>,
): Promise<'done' | 'stale'> {
  const answers = await Promise.allSettled([sent, ...writes.map((write) => runWrite(write, query))])
  for (const answer of answers) {
    if (answer.status === 'rejected') throw answer.reason
    if (answer.value === 0) return 'stale'
  }
  return 'done'
}

/**
 * Runs a write and returns the number of rows that it touched. Drizzle sends a built query only when its `then` is called.
 * `await` would call it in a later microtask, after prepared writes that follow in the unit were sent.
 */
const runWrite = async (write: Write, query: Query): Promise<number | null> => write(query).then(rowsTouched)

/** One `Query` for each client, which keeps its prepared statements. */
function queryOf(client: pg.PoolClient): Query {
  const known = queries.get(client)
  if (known !== undefined) return known
  const query = queryOn(runOn(client))
  queries.set(client, query)
  return query
}
const queries = new WeakMap<pg.PoolClient, Query>()

export function unusable(url: string, error: unknown): DatabaseUnusable {
  return new DatabaseUnusable(
    `${placeOf(url)} cannot be used: ${messageOf(error)}. ` +
      'Check DATABASE_URL, that the server runs, and that this user may create tables there.',
    { cause: error },
  )
}
