import { and, asc, desc, eq, inArray, lt, notExists } from 'drizzle-orm'
import type { Database, Write } from './db.ts'

/** Claims that have come to their end: what they were about is recorded, or was nothing. */
const ENDED = ['done', 'dropped']

/** Deletes up to `limit` ended claims that were last heard before `beforeMs`; how many those were (D-04). */
export async function deleteEndedClaims(db: Database, beforeMs: number, limit: number): Promise<number> {
  const { receipts } = db.tables
  const old = and(inArray(receipts.state, ENDED), lt(receipts.receivedAtMs, beforeMs))
  const rows = await db.query.select({ id: receipts.receiptId }).from(receipts).where(old).limit(limit)
  const ids = rows.map(({ id }) => id)
  // One that came again meanwhile is no longer old.
  return deleteRows(db, ids, (query) =>
    query
      .delete(receipts)
      .where(and(inArray(receipts.receiptId, ids), old))
      .returning({ id: receipts.receiptId }),
  )
}

/**
 * Deletes up to `limit` waiting claims about nothing we know, beyond the newest `keep` of them: the oldest go first, and a claim about an
 * order or a payment we know is never among them (D-01, D-04).
 */
export async function deleteExcessClaims(db: Database, keep: number, limit: number): Promise<number> {
  const { orders, payments, receipts } = db.tables
  const ofOrder = db.query
    .select({ id: orders.orderId })
    .from(orders)
    .where(eq(orders.orderId, receipts.orderId))
  const ofPayment = db.query
    .select({ id: payments.paymentId })
    .from(payments)
    .where(eq(payments.paymentId, receipts.paymentId))
  const unknown = and(eq(receipts.state, 'waiting'), notExists(ofOrder), notExists(ofPayment))
  const rows = await db.query
    .select({ id: receipts.receiptId })
    .from(receipts)
    .where(unknown)
    .orderBy(desc(receipts.receivedAtMs), asc(receipts.receiptId))
    .limit(limit)
    .offset(keep)
  const ids = rows.map(({ id }) => id)
  return deleteRows(db, ids, (query) =>
    query
      .delete(receipts)
      .where(and(inArray(receipts.receiptId, ids), unknown))
      .returning({ id: receipts.receiptId }),
  )
}

/**
 * Deletes up to `limit` payments of orders nobody registered: those recorded before `beforeMs`, else those beyond the newest `keep`. The
 * gateway still has them, and an order that comes after all finds its own (M-17, D-04).
 */
export async function deleteOldOrphans(
  db: Database,
  by: { readonly beforeMs: number; readonly keep: number; readonly limit: number },
): Promise<number> {
  const { payments, timeline } = db.tables
  const isOrphan = eq(payments.standing, 'orphan')
  const [edge] = await db.query
    .select({ atMs: payments.recordedAtMs })
    .from(payments)
    .where(isOrphan)
    .orderBy(desc(payments.recordedAtMs))
    .limit(1)
    .offset(by.keep)
  const beforeMs = Math.max(by.beforeMs, (edge?.atMs ?? -1) + 1)
  const old = and(isOrphan, lt(payments.recordedAtMs, beforeMs))
  const rows = await db.query.select({ id: payments.paymentId }).from(payments).where(old).limit(by.limit)
  const ids = rows.map(({ id }) => id)
  await deleteRows(db, ids, (query) =>
    query.delete(timeline).where(inArray(timeline.orderId, ids)).returning({ id: timeline.entryId }),
  )
  return deleteRows(db, ids, (query) =>
    query
      .delete(payments)
      .where(and(inArray(payments.paymentId, ids), old))
      .returning({ id: payments.paymentId }),
  )
}

async function deleteRows(db: Database, ids: readonly string[], write: Write): Promise<number> {
  if (ids.length === 0) return 0
  await db.atomically([write])
  return ids.length
}
