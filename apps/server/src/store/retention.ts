import { and, asc, desc, eq, inArray, lt, notExists, sql } from 'drizzle-orm'
import type { Database, Query, Write } from './engines/open.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

/** Claims that have come to their end: what they were about is recorded, or was nothing. */
const ENDED = ['done', 'dropped']

const selectEnded = statement<{ beforeMs: number; limit: number }, { id: string }>(
  (query, { receipts }, param) =>
    query
      .select({ id: receipts.receiptId })
      .from(receipts)
      .where(and(inArray(receipts.state, ENDED), lt(receipts.receivedAtMs, param('beforeMs'))))
      .limit(sql.placeholder('limit')),
)

/** Deletes up to `limit` ended claims that were last heard before `beforeMs`; how many those were (D-04). */
export async function deleteEndedClaims(db: Database, beforeMs: number, limit: number): Promise<number> {
  const { receipts } = db.tables
  const old = and(inArray(receipts.state, ENDED), lt(receipts.receivedAtMs, beforeMs))
  const rows = await selectEnded.rows(db, { beforeMs, limit })
  const ids = rows.map(({ id }) => id)
  // One that came again meanwhile is no longer old.
  return deleteRows(db, ids, (query) =>
    query
      .delete(receipts)
      .where(and(inArray(receipts.receiptId, ids), old))
      .returning({ id: receipts.receiptId }),
  )
}

/** Claims that wait, about an order and a payment nobody knows. */
const isUnknown = (query: Query, { orders, payments, receipts }: Tables) => {
  const ofOrder = query
    .select({ id: orders.orderId })
    .from(orders)
    .where(eq(orders.orderId, receipts.orderId))
  const ofPayment = query
    .select({ id: payments.paymentId })
    .from(payments)
    .where(eq(payments.paymentId, receipts.paymentId))
  return and(eq(receipts.state, 'waiting'), notExists(ofOrder), notExists(ofPayment))
}

const selectExcess = statement<{ keep: number; limit: number }, { id: string }>((query, tables) => {
  const { receipts } = tables
  return query
    .select({ id: receipts.receiptId })
    .from(receipts)
    .where(isUnknown(query, tables))
    .orderBy(desc(receipts.receivedAtMs), asc(receipts.receiptId))
    .limit(sql.placeholder('limit'))
    .offset(sql.placeholder('keep'))
})

/**
 * Deletes up to `limit` waiting claims about nothing we know, beyond the newest `keep` of them: the oldest go first, and a claim about an
 * order or a payment we know is never among them (D-01, D-04).
 */
export async function deleteExcessClaims(db: Database, keep: number, limit: number): Promise<number> {
  const { receipts } = db.tables
  const rows = await selectExcess.rows(db, { keep, limit })
  const ids = rows.map(({ id }) => id)
  return deleteRows(db, ids, (query) =>
    query
      .delete(receipts)
      .where(and(inArray(receipts.receiptId, ids), isUnknown(query, db.tables)))
      .returning({ id: receipts.receiptId }),
  )
}

const selectEdge = statement<{ keep: number }, { atMs: number }>((query, { payments }) =>
  query
    .select({ atMs: payments.recordedAtMs })
    .from(payments)
    .where(eq(payments.standing, 'orphan'))
    .orderBy(desc(payments.recordedAtMs))
    .limit(1)
    .offset(sql.placeholder('keep')),
)

const selectOrphans = statement<{ beforeMs: number; limit: number }, { id: string }>(
  (query, { payments }, param) =>
    query
      .select({ id: payments.paymentId })
      .from(payments)
      .where(and(eq(payments.standing, 'orphan'), lt(payments.recordedAtMs, param('beforeMs'))))
      .limit(sql.placeholder('limit')),
)

/**
 * Deletes up to `limit` payments of orders nobody registered: those recorded before `beforeMs`, else those beyond the newest `keep`. The
 * gateway still has them, and an order that comes after all finds its own (M-17, D-04).
 */
export async function deleteOldOrphans(
  db: Database,
  by: { readonly beforeMs: number; readonly keep: number; readonly limit: number },
): Promise<number> {
  const { payments, timeline } = db.tables
  const [edge] = await selectEdge.rows(db, { keep: by.keep })
  const beforeMs = Math.max(by.beforeMs, (edge?.atMs ?? -1) + 1)
  const old = and(eq(payments.standing, 'orphan'), lt(payments.recordedAtMs, beforeMs))
  const rows = await selectOrphans.rows(db, { beforeMs, limit: by.limit })
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
