import type { Client, Pool } from 'pg'
import type { SharedChanges } from './database.ts'

const CHANNEL = 'landfall_changes'
/** Ids in one call. Each call is a commit, so ids that wait share one. */
const IDS_PER_CALL_MAX = 500
/** Delay before each attempt to reconnect. Open pages poll meanwhile. */
const LISTEN_AGAIN_AFTER_MS = 250

type ChangeChannel = {
  readonly changes: SharedChanges
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Publishes changes with Postgres's NOTIFY, and listens on a connection of its own. */
export function openChangeChannel(connection: () => Client, pool: Pool): ChangeChannel {
  const listeners: Array<(orderId: string) => void> = []
  let isClosed = false
  let client: Client | null = null
  let again: ReturnType<typeof setTimeout> | undefined
  const listen = async (): Promise<void> => {
    const own = connection()
    client = own
    // Every loss emits `end` once; an `error` without a listener would end the process.
    own.on('error', () => undefined)
    own.on('end', () => {
      if (!isClosed && own === client) again = setTimeout(listenAgain, LISTEN_AGAIN_AFTER_MS)
    })
    own.on('notification', ({ payload }) => {
      for (const listener of listeners) listener(payload ?? '')
    })
    await own.connect()
    await own.query(`listen ${CHANNEL}`)
  }
  const listenAgain = (): void => {
    if (isClosed) return
    listen().catch(async () => {
      await client?.end() // the connection may exist although LISTEN failed
      clearTimeout(again)
      again = setTimeout(listenAgain, LISTEN_AGAIN_AFTER_MS)
    })
  }
  return {
    changes: { subscribe: (listener) => void listeners.push(listener), publish: publisher(pool) },
    start: listen,
    close: async () => {
      isClosed = true
      clearTimeout(again)
      await client?.end()
    },
  }
}

/** Sends the ids that were published since the last call, each once. */
function publisher(pool: Pool): (orderId: string) => void {
  const waiting = new Set<string>()
  let sending: Promise<void> | null = null
  const send = async (): Promise<void> => {
    while (waiting.size > 0) {
      const orderIds = [...waiting].slice(0, IDS_PER_CALL_MAX)
      for (const orderId of orderIds) waiting.delete(orderId)
      try {
        await pool.query('select pg_notify($1, id) from json_array_elements_text($2::json) as id', [
          CHANNEL,
          JSON.stringify(orderIds),
        ])
      } catch {
        // Postgres is unreachable. Drop the ids: open pages poll.
        waiting.clear()
      }
    }
    sending = null
  }
  return (orderId) => {
    waiting.add(orderId)
    sending ??= send()
  }
}
