import type pg from 'pg'
import { StorageUnavailable, type Defer } from './database.ts'
import { corked, asStorageError, type RunQuery } from './postgres-query.ts'

/**
 * Queries pipelined on one connection. More would wait for each other's syncs; Postgres shares one sync among commits on
 * different connections.
 */
const QUERIES_PER_CONNECTION_MAX = 8

type PendingQuery = {
  readonly ask: (client: pg.PoolClient) => Promise<unknown>
  readonly refuse: (error: unknown) => void
}

/** Runs queries on one connection. */
export const runOn =
  (client: pg.PoolClient): RunQuery =>
  (statement, values) =>
    client.query(statement, [...values])

/**
 * Runs each query on a free connection, in a transaction of its own. Queries of one tick share socket writes, because a
 * socket write costs both sides more than most queries (docs/performance.md).
 */
export function runPipelined(pool: pg.Pool, defer: Defer): RunQuery {
  const waiting: PendingQuery[] = []
  let fresh = 0
  const sendAll = (): void => {
    for (let senders = Math.ceil(fresh / QUERIES_PER_CONNECTION_MAX); senders > 0; senders -= 1)
      send(pool, waiting)
    fresh = 0
  }
  return (statement, values) =>
    new Promise((resolve, refuse) => {
      const ask = (client: pg.PoolClient): Promise<unknown> => {
        const answer = runOn(client)(statement, values)
        resolve(answer)
        return answer
      }
      waiting.push({ ask, refuse })
      fresh += 1
      if (fresh === 1) defer(sendAll)
    })
}

/** Takes a connection and sends the queries that wait by then. Closes a connection that may be lost. */
function send(pool: pg.Pool, waiting: PendingQuery[]): void {
  const next = (): PendingQuery[] => waiting.splice(0, QUERIES_PER_CONNECTION_MAX)
  const askAll = async (client: pg.PoolClient): Promise<void> => {
    const pending = next()
    const answers = await Promise.allSettled(corked(client, () => pending.map(({ ask }) => ask(client))))
    client.release(answers.some((answer) => answer.status === 'rejected' && isLost(answer.reason)))
  }
  const refuseAll = (error: unknown): void => {
    for (const { refuse } of next()) refuse(error)
  }
  pool.connect().then(askAll, refuseAll)
}

const isLost = (error: unknown): boolean => asStorageError(error) instanceof StorageUnavailable
