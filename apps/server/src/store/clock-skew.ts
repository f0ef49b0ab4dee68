import { and, eq, gt, inArray, lt, lte, notInArray, or, sql, type Column, type SQL } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { statement, type Hole } from './engines/statement.ts'
import { NEVER_MS } from './work-tables.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** What two servers' clocks may differ by without either being wrong. */
const CLOCKS_DIFFER_MAX_MS = 5_000

/** The longest that each kind of work is ever put off, with some room. */
const ORDER_WAITING_MAX_MS = HOUR_MS + 5 * MINUTE_MS
const ORDER_MAX_MS = 25 * HOUR_MS
/** Of one that has money without a place: the longest the gateway may ask to be left alone, and a minute. */
const ORDER_UNPLACED_MAX_MS = 11 * MINUTE_MS
const RECEIPT_MAX_MS = 25 * MINUTE_MS
const RETRY_MAX_MS = 2 * MINUTE_MS
const NOTICE_MAX_MS = 27 * HOUR_MS
/** One that was refused is asked again a day later. */
const CANCEL_MAX_MS = 25 * HOUR_MS

/** Waits that are configured, and may be longer than the usual ones. */
export type Waits = {
  readonly orphanAfterMs: number
  readonly listEveryMs: number
  readonly workLeaseMs: number
  /** Of a cancel that is under way. */
  readonly cancelLeaseMs: number
}

/** Now, and the moments beyond which a row's time, or its lease, was told by a clock that was ahead. */
type Beyond = { readonly nowMs: number; readonly dueMs: number; readonly leaseMs: number }
/** Of an order that waits for money. */
type BeyondOrder = Beyond & { readonly waitingMs: number }

const beyond = (due: Column, moment: SQL) => and(gt(due, moment), lt(due, NEVER_MS))
/** A lease is asked about once its row is due: to look through all that will be due some day stops a shop with many open orders (L-09). */
const isLate = (param: Hole<Beyond>, due: Column, until: Column) =>
  or(beyond(due, param('dueMs')), and(lte(due, param('nowMs')), gt(until, param('leaseMs'))))
const now = (param: Hole<Beyond>) => ({ dueAtMs: param('nowMs'), leaseUntilMs: 0 })

const ENDED = ['paid', 'partially_cancelled', 'cancelled', 'expired']

const recallOrders = statement<BeyondOrder, { id: string }>((query, { orders }, param) => {
  // Told by what they are not: by what they are, SQLite would go through the index of all that wait, and not of what is due late.
  const waiting = notInArray(orders.status, ENDED)
  const late = isLate(param, orders.dueAtMs, orders.leaseUntilMs)
  return query
    .update(orders)
    .set(now(param))
    .where(or(and(waiting, beyond(orders.dueAtMs, param('waitingMs'))), late))
    .returning({ id: orders.orderId })
})
/**
 * Money that was seen before its order was registered is placed by a look at the order, and nothing else speaks of it any more. There are few
 * such payments, so that they are asked for their orders: `+` keeps SQLite from going through all that is due late.
 */
const recallWithOrphans = statement<{ nowMs: number; dueMs: number }, { id: string }>(
  (query, { orders, payments }, param) => {
    const orphans = query
      .select({ id: payments.orderId })
      .from(payments)
      .where(eq(payments.standing, 'orphan'))
    return query
      .update(orders)
      .set({ dueAtMs: param('nowMs'), leaseUntilMs: 0 })
      .where(and(inArray(orders.orderId, orphans), sql`+${orders.dueAtMs} > ${param('dueMs')}`))
      .returning({ id: orders.orderId })
  },
)
const recallReceipts = statement<Beyond, { id: string }>((query, { receipts }, param) =>
  query
    .update(receipts)
    .set(now(param))
    .where(isLate(param, receipts.dueAtMs, receipts.leaseUntilMs))
    .returning({ id: receipts.receiptId }),
)
const recallCancels = statement<Beyond, { id: string }>((query, { cancels }, param) =>
  query
    .update(cancels)
    .set(now(param))
    .where(isLate(param, cancels.dueAtMs, cancels.leaseUntilMs))
    .returning({ id: cancels.intentId }),
)
const recallNotices = statement<Beyond, { id: string }>((query, { notices }, param) =>
  query
    .update(notices)
    .set(now(param))
    .where(isLate(param, notices.dueAtMs, notices.leaseUntilMs))
    .returning({ id: notices.noticeId }),
)
const recallRounds = statement<Beyond, { id: string }>((query, { rounds }, param) =>
  query
    .update(rounds)
    .set(now(param))
    .where(isLate(param, rounds.dueAtMs, rounds.leaseUntilMs))
    .returning({ id: rounds.status }),
)

/**
 * Makes work due that is due, or held, later than anything is ever put off: its time was told by a clock that was ahead and has been put
 * right since. Left alone it would lie there for as long as that clock was wrong (K-03, L-02).
 */
export async function recallFromFuture(db: Database, nowMs: number, waits: Waits): Promise<void> {
  const leaseMs = nowMs + waits.workLeaseMs + CLOCKS_DIFFER_MAX_MS
  const after = (maxMs: number): Beyond => ({ nowMs, leaseMs, dueMs: nowMs + maxMs })
  const receiptMaxMs = Math.max(RECEIPT_MAX_MS, waits.orphanAfterMs + MINUTE_MS)
  const writes = [
    recallOrders.write(db, { ...after(ORDER_MAX_MS), waitingMs: nowMs + ORDER_WAITING_MAX_MS }),
    recallWithOrphans.write(db, { nowMs, dueMs: nowMs + ORDER_UNPLACED_MAX_MS }),
    recallReceipts.write(db, after(receiptMaxMs)),
    recallCancels.write(db, {
      ...after(CANCEL_MAX_MS),
      leaseMs: nowMs + waits.cancelLeaseMs + CLOCKS_DIFFER_MAX_MS,
    }),
    recallNotices.write(db, after(NOTICE_MAX_MS)),
    recallRounds.write(db, after(waits.listEveryMs + RETRY_MAX_MS)),
  ]
  // Each by itself: mostly there is nothing to recall, and a unit that touches nothing is undone.
  for (const write of writes) await db.atomically([write])
}
