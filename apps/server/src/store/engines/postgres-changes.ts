import type { Client, Pool } from 'pg'
import type { SharedChanges } from './database.ts'

const CHANNEL = 'landfall_changes'
/** Ids in one call. A call is a commit of its own, so that those of a busy moment go together. */
const TOLD_AT_ONCE_MAX = 500
/** A lost line is made again this much later, and so on until it holds; pages look by themselves meanwhile. */
const LISTEN_AGAIN_AFTER_MS = 250

type ListenLine = {
  readonly changes: SharedChanges
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Postgres's own bell: NOTIFY with the order's id, heard on a connection of its own. */
export function openLine(connection: () => Client, pool: Pool): ListenLine {
  const listeners: Array<(orderId: string) => void> = []
  let isClosed = false
  let client: Client | null = null
  let again: ReturnType<typeof setTimeout> | undefined
  const listen = async (): Promise<void> => {
    const own = connection()
    client = own
    // However it is lost, it tells once that it has ended.
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
      await client?.end() // it may be there though nobody can listen on it
      clearTimeout(again)
      again = setTimeout(listenAgain, LISTEN_AGAIN_AFTER_MS)
    })
  }
  return {
    changes: { hear: (listener) => void listeners.push(listener), tell: bell(pool) },
    start: listen,
    close: async () => {
      isClosed = true
      clearTimeout(again)
      await client?.end()
    },
  }
}

/** Rings with every id given since it rang last. */
function bell(pool: Pool): (orderId: string) => void {
  const waiting = new Set<string>()
  let ringing: Promise<void> | null = null
  const ring = async (): Promise<void> => {
    while (waiting.size > 0) {
      const orderIds = [...waiting].slice(0, TOLD_AT_ONCE_MAX)
      for (const orderId of orderIds) waiting.delete(orderId)
      try {
        await pool.query('select pg_notify($1, id) from json_array_elements_text($2::json) as id', [
          CHANNEL,
          JSON.stringify(orderIds),
        ])
      } catch {
        // Postgres is away, and pages find out by looking: nothing is kept for when it is back.
        waiting.clear()
      }
    }
    ringing = null
  }
  return (orderId) => {
    waiting.add(orderId)
    ringing ??= ring()
  }
}
