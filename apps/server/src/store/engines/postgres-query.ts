// This file casts: it is where Postgres's driver becomes the `Query` that every store operation is written against.
import { DrizzleQueryError } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { NodePgSession } from 'drizzle-orm/node-postgres'
import { hash } from 'node:crypto'
import type pg from 'pg'
import { StorageUnavailable, type Query } from './database.ts'
import { codeOf, messageOf } from './failure.ts'

/** One way to put a question to Postgres. */
export type AskPostgres = (statement: pg.QueryConfig, values: readonly unknown[]) => Promise<pg.QueryResult>

const dialect = new PgDialect()

/** Drizzle over one way to ask, with the things changed that `Session` and `storable` say. Statements are prepared once a connection: there are few, and they repeat. */
export function queryOn(ask: AskPostgres): Query {
  const query: AskPostgres = (statement, values) =>
    ask({ ...statement, name: hash('sha1', statement.text) }, values.map(storable))
  const session = new Session({ query } as unknown as pg.PoolClient, dialect, undefined)
  return new PgDatabase(dialect, session, undefined) as unknown as Query
}

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

/** What is asked meanwhile goes out in one piece. */
export function corked<T>(client: pg.PoolClient, ask: () => T): T {
  const { stream } = (client as pg.Client).connection // the pool's are such, and its type does not say so
  stream.cork()
  try {
    return ask()
  } finally {
    stream.uncork()
  }
}

/** Postgres takes no NUL in a text, SQLite does: it becomes the sign for a character that cannot be shown. */
export const storable = <T>(value: T): T | string =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value

/** The server is away, full, shutting down, out of connections, read-only or too slow: the classes of Postgres's error codes, and Node's. */
const unavailable =
  /^(08|53|57|58|XX00[12]|25006|25P03|55P03|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT)/
/** The driver's own have no code. */
const lost =
  /^(Connection terminated|timeout e|Query read timeout|Client (was closed|has encountered)|Cannot use a pool)/

/** What nobody could store or read now is told as that, with its cause; anything else as it is. */
export const plain = (error: unknown): unknown =>
  unavailable.test(codeOf(error)) || (codeOf(error) === '' && lost.test(messageOf(error)))
    ? new StorageUnavailable(messageOf(error), { cause: error })
    : error
