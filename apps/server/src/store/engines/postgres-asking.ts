import type pg from 'pg'
import { StorageUnavailable, type Defer } from './database.ts'
import { corked, plain, type AskPostgres } from './postgres-query.ts'

/**
 * Questions that share a connection. All on one would wait for each other's syncs, which Postgres makes one of when they come on several.
 */
const TOGETHER_MAX = 8

type Question = {
  readonly ask: (client: pg.PoolClient) => Promise<unknown>
  readonly refuse: (error: unknown) => void
}

/** Asks on one connection. */
export const askOn =
  (client: pg.PoolClient): AskPostgres =>
  (statement, values) =>
    client.query(statement, [...values])

/**
 * Asks on whatever connection is free, each question a transaction of its own. Those of one tick go out together: to write to a socket
 * takes longer than most of them, for both sides (docs/performance.md).
 */
export function askTogether(pool: pg.Pool, defer: Defer): AskPostgres {
  const waiting: Question[] = []
  let fresh = 0
  const sendAll = (): void => {
    for (let senders = Math.ceil(fresh / TOGETHER_MAX); senders > 0; senders -= 1) send(pool, waiting)
    fresh = 0
  }
  return (statement, values) =>
    new Promise((resolve, refuse) => {
      const ask = (client: pg.PoolClient): Promise<unknown> => {
        const answer = askOn(client)(statement, values)
        resolve(answer)
        return answer
      }
      waiting.push({ ask, refuse })
      fresh += 1
      if (fresh === 1) defer(sendAll)
    })
}

/** Takes a connection and with it whatever waits by then. One that may be lost is closed. */
function send(pool: pg.Pool, waiting: Question[]): void {
  const next = (): Question[] => waiting.splice(0, TOGETHER_MAX)
  const askAll = async (client: pg.PoolClient): Promise<void> => {
    const questions = next()
    const answers = await Promise.allSettled(corked(client, () => questions.map(({ ask }) => ask(client))))
    client.release(answers.some((answer) => answer.status === 'rejected' && isLost(answer.reason)))
  }
  const refuseAll = (error: unknown): void => {
    for (const { refuse } of next()) refuse(error)
  }
  pool.connect().then(askAll, refuseAll)
}

const isLost = (error: unknown): boolean => plain(error) instanceof StorageUnavailable
