import { and, eq, gt, inArray, lt, lte, notInArray, or, sql, type Column, type SQL } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { writeStatement, type Hole } from './engines/statement.ts'
import { NEVER_MS } from './work-tables.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The accepted difference between the clocks of two servers. */
const CLOCKS_DIFFER_MAX_MS = 5_000

/** The longest regular delay of each kind of work, with a margin. */
const ORDER_WAITING_MAX_MS = HOUR_MS + 5 * MINUTE_MS
const ORDER_MAX_MS = 25 * HOUR_MS
/** For an order with an orphan payment: the longest `Retry-After` that is honoured, and a minute. */
const ORDER_UNPLACED_MAX_MS = 11 * MINUTE_MS
const RECEIPT_MAX_MS = 25 * MINUTE_MS
const RETRY_MAX_MS = 2 * MINUTE_MS
const NOTICE_MAX_MS = 27 * HOUR_MS
/** A refused cancel is retried a day later. */
const CANCEL_MAX_MS = 25 * HOUR_MS

/** Configured delays, which may exceed the regular ones. */
export type ConfiguredDelays = {
  readonly orphanAfterMs: number
  readonly listEveryMs: number
  readonly workLeaseMs: number
  /** The lease of a cancel during its call. */
  readonly cancelLeaseMs: number
}

/** The current time, and the times beyond which a due time or a lease must come from a fast clock. */
type SkewLimits = { readonly nowMs: number; readonly dueMs: number; readonly leaseMs: number }
/** The limit for an order that delays for money. */
type OrderLimits = SkewLimits & { readonly waitingMs: number }

const beyond = (due: Column, moment: SQL) => and(gt(due, moment), lt(due, NEVER_MS))
/**
 * The lease condition applies to due rows only. Scanning every future row would stall a shop with many open orders
 * (L-09).
 */
const isSkewed = (param: Hole<SkewLimits>, due: Column, until: Column) =>
  or(beyond(due, param('dueMs')), and(lte(due, param('nowMs')), gt(until, param('leaseMs'))))
const dueNow = (param: Hole<SkewLimits>) => ({ dueAtMs: param('nowMs'), leaseUntilMs: 0 })

const ENDED = ['paid', 'partially_cancelled', 'cancelled', 'expired']

const repairOrders = writeStatement<OrderLimits>((query, { orders }, param) => {
  // Use `not in`: with `in`, SQLite would scan the status index of all waiting orders instead of the due-time index.
  const waiting = notInArray(orders.status, ENDED)
  const late = isSkewed(param, orders.dueAtMs, orders.leaseUntilMs)
  return query
    .update(orders)
    .set(dueNow(param))
    .where(or(and(waiting, beyond(orders.dueAtMs, param('waitingMs'))), late))
})
/**
 * A payment that was seen before its order's registration is settled by the order's next look-up, and by nothing else.
 * There are few such payments, so the query starts from them: the unary `+` keeps SQLite from scanning the due-time index
 * instead.
 */
const repairOrdersOfOrphans = writeStatement<{ nowMs: number; dueMs: number }>(
  (query, { orders, payments }, param) => {
    const orphans = query
      .select({ id: payments.orderId })
      .from(payments)
      .where(eq(payments.standing, 'orphan'))
    return query
      .update(orders)
      .set({ dueAtMs: param('nowMs'), leaseUntilMs: 0 })
      .where(and(inArray(orders.orderId, orphans), sql`+${orders.dueAtMs} > ${param('dueMs')}`))
  },
)
const repairOf = (table: 'receipts' | 'cancels' | 'notices' | 'rounds') =>
  writeStatement<SkewLimits>((query, { [table]: rows }, param) =>
    query
      .update(rows)
      .set(dueNow(param))
      .where(isSkewed(param, rows.dueAtMs, rows.leaseUntilMs)),
  )
const [repairReceipts, repairCancels] = [repairOf('receipts'), repairOf('cancels')]
const [repairNotices, repairRounds] = [repairOf('notices'), repairOf('rounds')]

/**
 * Makes work due now whose due time or lease lies beyond every regular delay. A clock that was ahead wrote such a time,
 * and the work would otherwise wait for as long as that clock was wrong (K-03, L-02).
 */
export async function repairClockSkew(db: Database, nowMs: number, delays: ConfiguredDelays): Promise<void> {
  const leaseMs = nowMs + delays.workLeaseMs + CLOCKS_DIFFER_MAX_MS
  const after = (maxMs: number): SkewLimits => ({ nowMs, leaseMs, dueMs: nowMs + maxMs })
  const receiptMaxMs = Math.max(RECEIPT_MAX_MS, delays.orphanAfterMs + MINUTE_MS)
  const writes = [
    repairOrders.write(db, { ...after(ORDER_MAX_MS), waitingMs: nowMs + ORDER_WAITING_MAX_MS }),
    repairOrdersOfOrphans.write(db, { nowMs, dueMs: nowMs + ORDER_UNPLACED_MAX_MS }),
    repairReceipts.write(db, after(receiptMaxMs)),
    repairCancels.write(db, {
      ...after(CANCEL_MAX_MS),
      leaseMs: nowMs + delays.cancelLeaseMs + CLOCKS_DIFFER_MAX_MS,
    }),
    repairNotices.write(db, after(NOTICE_MAX_MS)),
    repairRounds.write(db, after(delays.listEveryMs + RETRY_MAX_MS)),
  ]
  // Each write is its own unit: most touch no row, which would undo the others.
  for (const write of writes) await db.atomically([write])
}

/** Rows moved in one commit. The batches cause no stall (L-09). */
const MOVED_AT_ONCE = 500

/**
 * Brings every due time after `nowMs` forward by `byMs`: the clock that wrote them has been set back by as much, and the
 * work would wait that much longer (K-03).
 */
export async function moveDueTimes(db: Database, nowMs: number, byMs: number): Promise<void> {
  const { notices, cancels, receipts, rounds, orders } = db.tables
  for (const table of [notices, cancels, receipts, rounds, orders]) {
    for (let doneMs = nowMs; ;) {
      const rows = await db.query
        .select({ dueAtMs: table.dueAtMs })
        .from(table)
        .where(and(gt(table.dueAtMs, doneMs), lt(table.dueAtMs, NEVER_MS)))
        .orderBy(table.dueAtMs)
        .limit(MOVED_AT_ONCE)
      const last = rows.at(-1)
      if (last === undefined) break
      const batch = and(gt(table.dueAtMs, doneMs), lte(table.dueAtMs, last.dueAtMs))
      await db.atomically([
        (query) =>
          query
            .update(table)
            .set({ dueAtMs: sql`${table.dueAtMs} - ${byMs}` })
            .where(batch),
      ])
      doneMs = last.dueAtMs
    }
  }
}
