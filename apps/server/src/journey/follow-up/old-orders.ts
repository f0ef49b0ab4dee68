import type { KeptFor } from '../../config/retention-settings.ts'
import type { Deps } from '../../deps.ts'
import type { Database } from '../../store/engines/open.ts'
import { detailWrites } from '../../store/erase.ts'
import {
  deleteLines,
  deleteNotices,
  deleteOrders,
  finalStatuses,
  settledOrders,
  type SettledOrder,
  type SettledPlace,
} from '../../store/old-orders.ts'

/** Orders of one commit, and commits of one round. On SQLite a round in which nothing is due holds requests up for about 40 ms (L-09). */
const BATCH = 50
const BATCHES_MAX = 10
/** A pass reads every settled order once. The next one begins a day after it began. */
const PASS_EVERY_MS = 24 * 3_600_000

export type Forgotten = { orders: number; details: number; lines: number; notices: number }

/**
 * Returns a function that applies the configured retention to a few more settled orders: all of them in turn, once a day. Each process makes its
 * own passes; concurrent ones do no harm.
 */
export function oldOrders({ store, clock }: Pick<Deps, 'store' | 'clock'>, keptFor: KeptFor) {
  const limits = Object.values(keptFor).filter((kept) => kept !== null)
  let beganAtMs = -Infinity
  let statuses: ReadonlyArray<(typeof finalStatuses)[number]> = []
  let place: SettledPlace | null = null
  return async (): Promise<Forgotten> => {
    const forgotten: Forgotten = { orders: 0, details: 0, lines: 0, notices: 0 }
    const nowMs = clock.nowMs()
    if (limits.length === 0) return forgotten
    if (statuses.length === 0) {
      if (Math.abs(nowMs - beganAtMs) < PASS_EVERY_MS) return forgotten
      beganAtMs = nowMs
      statuses = finalStatuses
    }
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const [status] = statuses
      if (status === undefined) break
      const found = await settledOrders(store, status, place, nowMs - Math.min(...limits), BATCH)
      await forget(store, found, keptFor, nowMs, forgotten)
      place = found.at(-1) ?? null
      if (found.length === BATCH) continue
      statuses = statuses.slice(1)
      place = null
    }
    return forgotten
  }
}

async function forget(
  store: Database,
  found: readonly SettledOrder[],
  kept: KeptFor,
  nowMs: number,
  forgotten: Forgotten,
): Promise<void> {
  const { ordersMs, paymentDetailsMs, timelineMs, noticesMs } = kept
  const isOver = (order: SettledOrder): boolean =>
    ordersMs !== null && Math.max(order.registeredAtMs, order.lookedAtMs) < nowMs - ordersMs
  const over = found.filter(isOver)
  forgotten.orders += await deleteOrders(store, over)
  const ids = found.filter((order) => !over.includes(order)).map(({ orderId }) => orderId)
  if (ids.length === 0) return
  if (paymentDetailsMs !== null) {
    const writes = await detailWrites(store, ids, nowMs - paymentDetailsMs)
    if (writes.length > 0 && (await store.atomically(writes)) === 'done') forgotten.details += writes.length
  }
  if (timelineMs !== null) forgotten.lines += await deleteLines(store, ids, nowMs - timelineMs)
  if (noticesMs !== null) forgotten.notices += await deleteNotices(store, ids, nowMs - noticesMs)
}
