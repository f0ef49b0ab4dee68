// This file casts: it is where Postgres's driver becomes the `Query` that every store operation is written against.
import { DrizzleQueryError } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { NodePgSession } from 'drizzle-orm/node-postgres'
import { hash } from 'node:crypto'
import type pg from 'pg'
import { StorageUnavailable, type Query, type Touched } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'

/** Runs one query on Postgres. */
export type RunQuery = (statement: pg.QueryConfig, values: readonly unknown[]) => Promise<pg.QueryResult>

const dialect = new PgDialect()

/**
 * Drizzle over `ask`, with the changes of `Session` and `storable`. Each statement is prepared once on each connection:
 * there are few, and they repeat.
 */
export function queryOn(ask: RunQuery): Query {
  const query: RunQuery = (statement, values) =>
    ask({ ...statement, name: hash('sha1', statement.text) }, values.map(storable))
  const session = new Session({ query } as unknown as pg.PoolClient, dialect, undefined)
  return new PgDatabase(dialect, session, undefined) as unknown as Query
}

/**
 * Rethrows the driver's own errors. The message of Drizzle's holds all parameters, which would put buyers' names into the
 * log (P-03).
 */
class Session extends NodePgSession<Record<string, never>, Record<string, never>> {
  override prepareQuery: NodePgSession<never, never>['prepareQuery'] = (...about) => {
    const prepared = super.prepareQuery(...about)
    const execute = prepared.execute.bind(prepared)
    prepared.execute = (values) =>
      execute(values).catch((error: unknown) => {
        throw asStorageError(error instanceof DrizzleQueryError ? error.cause : error)
      })
    return prepared as never
  }
}

/** The number of rows that a write touched. */
export const rowsTouched = (answer: Touched): number | null => (answer as unknown as pg.QueryResult).rowCount

/** Sends the queries that `ask` makes in one socket write. */
export function corked<T>(client: pg.PoolClient, ask: () => T): T {
  const { stream } = (client as pg.Client).connection // a pooled client is a Client; its type omits that
  stream.cork()
  try {
    return ask()
  } finally {
    stream.uncork()
  }
}

/** Replaces NUL, which Postgres text cannot hold, with U+FFFD. */
export const storable = <T>(value: T): T | string =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value

/**
 * Error codes of Postgres and Node for a server that is unreachable, full, shutting down, out of connections, read-only
 * or too slow.
 */
const unavailable =
  /^(08|53|57|58|XX00[12]|25006|25P03|55P03|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT)/
/** The driver's own connection errors, which have no code. */
const connectionLost =
  /^(Connection terminated|timeout e|Query read timeout|Client (was closed|has encountered)|Cannot use a pool)/

/**
 * Converts a temporary failure to `StorageUnavailable`, with the error as its cause. Returns any other error unchanged.
 */
export const asStorageError = (error: unknown): unknown =>
  unavailable.test(codeOf(error)) || (codeOf(error) === '' && connectionLost.test(messageOf(error)))
    ? new StorageUnavailable(messageOf(error), { cause: error })
    : error
