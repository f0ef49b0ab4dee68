import pg from 'pg'
import { DatabaseUnusable, type DatabaseReport } from './database.ts'

/** The longest wait for a free connection, and for a new one to open. */
const CONNECT_TIMEOUT_MS = 5_000
/** The longest wait of a statement for a lock or a disk; SQLite has an equivalent bound (K-04). */
const STATEMENT_TIMEOUT_MS = 10_000
/** After this the network has lost the query: the connection is closed. */
const ANSWER_TIMEOUT_MS = 12_000
/** The longest time that a stopped server's open transaction holds its rows (K-02). */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
/** The first version with `client_connection_check_interval`. */
const VERSION_MIN = 140_000
/** The pauses of 20 ms in which a message that this server sends itself must arrive: five seconds. */
const MESSAGE_PAUSES_MAX = 250

/**
 * The settings of every connection, whatever the server's or the database's own are. The guards rely on *read committed*:
 * a guarded update that waits for another transaction evaluates its condition again on the committed row. A commit must
 * mean stable storage (S-10): without `synchronous_commit` a crash can lose acknowledged commits (C-05).
 */
export const settingsOf = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'landfall',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  options:
    '-c default_transaction_isolation=read\\ committed -c synchronous_commit=on -c client_min_messages=warning',
})

/** Bounds every query, so that a server answers in time or reports that it cannot. */
export const timeouts: pg.ClientConfig = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
}

/** Where a database is, without user and password (P-03). */
export function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url)
  return `Postgres at ${searchParams.get('host') ?? host}${pathname}`
}

const READ_BACK = [
  'server_version_num',
  'transaction_read_only',
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'default_transaction_isolation',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
] as const
type ReadBack = Readonly<Record<(typeof READ_BACK)[number], string>>

/**
 * Reads the server's settings back from a connection of its own, and sends itself a message: a pooler may have dropped the
 * settings, or keep no sessions. Throws `DatabaseUnusable` where Landfall's promises would not hold.
 */
export async function checkPostgres(url: string): Promise<DatabaseReport> {
  const client = new pg.Client({ ...settingsOf(url), ...timeouts })
  client.on('error', () => undefined) // the running query rejects with it
  try {
    await client.connect()
    const columns = READ_BACK.map((name) => `current_setting('${name}') as ${name}`)
    const { rows } = await client.query<ReadBack>(`select ${columns.join(', ')}`)
    const [found] = rows
    const why = found === undefined ? 'answers nothing' : whyUnusable(found)
    if (why !== null) throw new DatabaseUnusable(`${placeOf(url)} ${why}`)
    if (!(await hearsItself(client, url))) throw new DatabaseUnusable(`${placeOf(url)} ${deaf}`)
    return reportOf(found)
  } finally {
    await client.end()
  }
}

const direct = 'Connect to Postgres itself, or to a pooler in session mode: docs/operations.md tells how.'
const deaf = `delivers no messages: a pooler in transaction mode seems to stand before it. ${direct}`

function whyUnusable(found: ReadBack): string | null {
  if (Number(found.server_version_num) < VERSION_MIN) return 'is older than version 14. Upgrade it.'
  if (found.transaction_read_only === 'on') return 'is read-only. Name the primary server in DATABASE_URL.'
  const lost = [
    found.synchronous_commit === 'off' ? 'synchronous_commit' : '',
    found.default_transaction_isolation === 'read committed' ? '' : 'default_transaction_isolation',
    found.statement_timeout === '0' ? 'statement_timeout' : '',
    found.idle_in_transaction_session_timeout === '0' ? 'idle_in_transaction_session_timeout' : '',
  ].filter((name) => name !== '')
  return lost.length === 0
    ? null
    : `does not take these settings from Landfall: ${lost.join(', ')}. ${direct}`
}

/** True when a message from another session reaches the one that listens. */
async function hearsItself(client: pg.Client, url: string): Promise<boolean> {
  const sender = new pg.Client(settingsOf(url))
  sender.on('error', () => undefined)
  let heard = false
  client.on('notification', () => (heard = true))
  try {
    await client.query('listen landfall_start')
    await sender.connect()
    await sender.query('notify landfall_start')
    // Messages arrive between two questions.
    for (let pause = 0; pause < MESSAGE_PAUSES_MAX && !heard; pause += 1)
      await client.query('select pg_sleep(0.02)')
    return heard
  } finally {
    await sender.end()
  }
}

/** `fsync` and `full_page_writes` are the server's own: no connection can set them. */
export function reportOf(
  found: Pick<ReadBack, 'fsync' | 'full_page_writes' | 'synchronous_commit'> | undefined,
): DatabaseReport {
  const { fsync = '?', full_page_writes: pages = '?', synchronous_commit: commit = '?' } = found ?? {}
  const warnings = []
  if (fsync !== 'on')
    warnings.push(
      'Postgres runs with fsync=off: a crash of the machine can lose payments that were acknowledged',
    )
  if (pages !== 'on')
    warnings.push('Postgres runs with full_page_writes=off: a crash of the machine can damage the database')
  return {
    settings: `Postgres: fsync ${fsync}, full_page_writes ${pages}, synchronous_commit ${commit}`,
    warnings,
  }
}
