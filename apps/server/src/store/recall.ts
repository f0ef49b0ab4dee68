import { and, gt, inArray, lt, or, type Column } from 'drizzle-orm'
import type { Database, Write } from './db.ts'
import { NEVER_MS } from './tables.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** What two servers' clocks may differ by without either being wrong. */
const CLOCKS_DIFFER_MAX_MS = 5_000

/** The longest that each kind of work is ever put off, with some room. */
const ORDER_WAITING_MAX_MS = HOUR_MS + 5 * MINUTE_MS
const ORDER_MAX_MS = 25 * HOUR_MS
const RECEIPT_MAX_MS = 25 * MINUTE_MS
const RETRY_MAX_MS = 2 * MINUTE_MS
const NOTICE_MAX_MS = 27 * HOUR_MS

/** Waits that are configured, and may be longer than the usual ones. */
export type Waits = {
  readonly orphanAfterMs: number
  readonly listEveryMs: number
  readonly workLeaseMs: number
}

/**
 * Makes work due that is due, or held, later than anything is ever put off: its time was told by a clock that was ahead and has been put
 * right since. Left alone it would lie there for as long as that clock was wrong (K-03, L-02).
 */
export async function recallFromFuture(db: Database, nowMs: number, waits: Waits): Promise<void> {
  const { orders, receipts, cancels, notices, rounds } = db.tables
  const beyond = (due: Column, maxMs: number) => and(gt(due, nowMs + maxMs), lt(due, NEVER_MS))
  const held = (due: Column, until: Column) =>
    and(lt(due, NEVER_MS), gt(until, nowMs + waits.workLeaseMs + CLOCKS_DIFFER_MAX_MS))
  const waiting = inArray(orders.status, ['open', 'awaiting_deposit'])
  const now = { dueAtMs: nowMs, leaseUntilMs: 0 }
  const order = or(
    and(waiting, beyond(orders.dueAtMs, ORDER_WAITING_MAX_MS)),
    beyond(orders.dueAtMs, ORDER_MAX_MS),
    held(orders.dueAtMs, orders.leaseUntilMs),
  )
  const receipt = or(
    beyond(receipts.dueAtMs, Math.max(RECEIPT_MAX_MS, waits.orphanAfterMs + MINUTE_MS)),
    held(receipts.dueAtMs, receipts.leaseUntilMs),
  )
  const cancel = or(beyond(cancels.dueAtMs, RETRY_MAX_MS), held(cancels.dueAtMs, cancels.leaseUntilMs))
  const notice = or(beyond(notices.dueAtMs, NOTICE_MAX_MS), held(notices.dueAtMs, notices.leaseUntilMs))
  const list = or(
    beyond(rounds.dueAtMs, waits.listEveryMs + RETRY_MAX_MS),
    held(rounds.dueAtMs, rounds.leaseUntilMs),
  )
  const writes: Write[] = [
    (query) => query.update(orders).set(now).where(order).returning({ id: orders.orderId }),
    (query) => query.update(receipts).set(now).where(receipt).returning({ id: receipts.receiptId }),
    (query) => query.update(cancels).set(now).where(cancel).returning({ id: cancels.intentId }),
    (query) => query.update(notices).set(now).where(notice).returning({ id: notices.noticeId }),
    (query) => query.update(rounds).set(now).where(list).returning({ id: rounds.status }),
  ]
  // Each by itself: mostly there is nothing to recall, and a unit that touches nothing is undone.
  for (const write of writes) await db.atomically([write])
}
