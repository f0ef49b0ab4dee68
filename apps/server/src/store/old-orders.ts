import { and, eq, inArray, isNull, lt, notExists, notInArray, or, sql } from 'drizzle-orm'
import { byBytes } from './engines/columns.ts'
import type { Database, Query, Write } from './engines/open.ts'
import type { Tables } from './tables.ts'
import { NEVER_MS } from './work-tables.ts'

/** Statuses that no money is awaited in. */
export const finalStatuses = ['paid', 'partially_cancelled', 'cancelled', 'expired'] as const
const CANCEL_ENDED = ['done', 'over']

/** An order that nothing and nobody waits for. */
export type SettledOrder = Pick<
  Tables['orders']['$inferSelect'],
  'orderId' | 'version' | 'registeredAtMs' | 'lookedAtMs'
>

/** A place in the list of settled orders of one status. */
export type SettledPlace = Pick<SettledOrder, 'orderId' | 'registeredAtMs'>

/** No look-up is due, no review is open, no refund is under way, and no notice or claim waits. */
export const isSettled = (query: Query, { orders, cancels, notices, receipts }: Tables) => {
  const underWay = query
    .select({ id: cancels.intentId })
    .from(cancels)
    .where(and(eq(cancels.orderId, orders.orderId), notInArray(cancels.state, CANCEL_ENDED)))
  const untold = query
    .select({ id: notices.noticeId })
    .from(notices)
    .where(and(eq(notices.orderId, orders.orderId), eq(notices.state, 'waiting')))
  const unread = query
    .select({ id: receipts.receiptId })
    .from(receipts)
    .where(and(eq(receipts.orderId, orders.orderId), eq(receipts.state, 'waiting')))
  return and(
    inArray(orders.status, [...finalStatuses]),
    eq(orders.dueAtMs, NEVER_MS),
    isNull(orders.review),
    notExists(underWay),
    notExists(untold),
    notExists(unread),
  )
}

/**
 * Reads up to `limit` settled orders of a status that were registered before `beforeMs`, oldest first, after a place. The index
 * `orders_status` serves it.
 */
export async function settledOrders(
  db: Database,
  status: (typeof finalStatuses)[number],
  after: SettledPlace | null,
  beforeMs: number,
  limit: number,
): Promise<SettledOrder[]> {
  const { orders } = db.tables
  const { registeredAtMs, orderId } = after ?? { registeredAtMs: -1, orderId: '' }
  const isBeyond = or(
    sql`${orders.registeredAtMs} > ${registeredAtMs}`,
    and(eq(orders.registeredAtMs, registeredAtMs), sql`${byBytes(orders.orderId)} > ${orderId}`),
  )
  return db.query
    .select({
      orderId: orders.orderId,
      version: orders.version,
      registeredAtMs: orders.registeredAtMs,
      lookedAtMs: orders.lookedAtMs,
    })
    .from(orders)
    .where(
      and(
        eq(orders.status, status),
        sql`${orders.registeredAtMs} >= ${registeredAtMs}`,
        lt(orders.registeredAtMs, beforeMs),
        isBeyond,
        isSettled(db.query, db.tables),
      ),
    )
    .orderBy(orders.registeredAtMs, byBytes(orders.orderId))
    .limit(limit)
}

/**
 * The ids under which the rows of these orders stand: their own, and those of payments that were seen before registration, with their
 * notices.
 */
export async function subjectsOf(
  db: Database,
  orderIds: readonly string[],
): Promise<{ readonly lines: string[]; readonly notices: string[]; readonly paymentIds: string[] }> {
  const { payments } = db.tables
  const rows = await db.query
    .select({ id: payments.paymentId })
    .from(payments)
    .where(inArray(payments.orderId, [...orderIds]))
  const paymentIds = rows.map(({ id }) => id)
  return {
    paymentIds,
    lines: [...orderIds, ...paymentIds],
    notices: [...orderIds, ...paymentIds.map((id) => `orphan/${id}`)],
  }
}

/**
 * Deletes settled orders with everything that belongs to them, all or none. Returns the number deleted: none when one of them has changed
 * since it was read. Their ended claims are deleted like all others.
 */
export async function deleteOrders(db: Database, settled: readonly SettledOrder[]): Promise<number> {
  if (settled.length === 0) return 0
  const { orders, payments, proofs, reviews, orderReferences, cancels, notices, timeline } = db.tables
  const ids = settled.map(({ orderId }) => orderId)
  const of = await subjectsOf(db, ids)
  const guards = settled.map(
    ({ orderId, version }): Write =>
      (query) =>
        query.delete(orders).where(and(eq(orders.orderId, orderId), eq(orders.version, version))),
  )
  const belonging = [
    [payments, payments.orderId, ids],
    [proofs, proofs.orderId, ids],
    [reviews, reviews.orderId, ids],
    [orderReferences, orderReferences.orderId, ids],
    [cancels, cancels.orderId, ids],
    [notices, notices.orderId, of.notices],
    [timeline, timeline.orderId, of.lines],
  ] as const
  const deletes: Write[] = []
  for (const [table, column, owners] of belonging) {
    const owned = inArray(column, [...owners])
    // A delete that touches no row would undo the unit.
    const [found] = await db.query.select({ id: column }).from(table).where(owned).limit(1)
    if (found !== undefined) deletes.push((query) => query.delete(table).where(owned))
  }
  const outcome = await db.atomically([...guards, ...deletes])
  return outcome === 'done' ? settled.length : 0
}

/** Deletes the orders' timeline lines from before `beforeMs`, and returns their number. */
export async function deleteLines(
  db: Database,
  orderIds: readonly string[],
  beforeMs: number,
): Promise<number> {
  const { timeline } = db.tables
  const { lines } = await subjectsOf(db, orderIds)
  const old = and(inArray(timeline.orderId, lines), lt(timeline.atMs, beforeMs))
  const rows = await db.query.select({ id: timeline.entryId }).from(timeline).where(old)
  if (rows.length === 0) return 0
  await db.atomically([(query) => query.delete(timeline).where(old)])
  return rows.length
}

/** Deletes the orders' delivered and parked notices from before `beforeMs`, and returns their number. */
export async function deleteNotices(
  db: Database,
  orderIds: readonly string[],
  beforeMs: number,
): Promise<number> {
  const { notices } = db.tables
  const owners = (await subjectsOf(db, orderIds)).notices
  const old = and(
    inArray(notices.orderId, owners),
    inArray(notices.state, ['delivered', 'parked']),
    lt(notices.createdAtMs, beforeMs),
  )
  const rows = await db.query.select({ id: notices.noticeId }).from(notices).where(old)
  if (rows.length === 0) return 0
  await db.atomically([(query) => query.delete(notices).where(old)])
  return rows.length
}
