import { and, asc, desc, eq, inArray, lt, lte, notExists, sql } from 'drizzle-orm'
import type { Database, Query, Write } from './engines/open.ts'
import { statement } from './engines/statement.ts'
import { isAvailable, unleased } from './lease.ts'
import type { Tables } from './tables.ts'
import { NEVER_MS } from './work-tables.ts'

/** The states of claims that no worker looks at again. */
const ENDED = ['done', 'dropped']

const selectEnded = statement<{ beforeMs: number; limit: number }, { id: string }>(
  (query, { receipts }, param) =>
    query
      .select({ id: receipts.receiptId })
      .from(receipts)
      .where(and(inArray(receipts.state, ENDED), lt(receipts.receivedAtMs, param('beforeMs'))))
      .limit(sql.placeholder('limit')),
)

/** Deletes up to `limit` ended claims that last came before `beforeMs` (epoch ms), and returns their number (D-04). */
export async function deleteEndedClaims(db: Database, beforeMs: number, limit: number): Promise<number> {
  const { receipts } = db.tables
  const old = and(inArray(receipts.state, ENDED), lt(receipts.receivedAtMs, beforeMs))
  const rows = await selectEnded.rows(db, { beforeMs, limit })
  const ids = rows.map(({ id }) => id)
  // Check the age again: a claim may have come again since the select.
  return writeRows(db, ids, (query) =>
    query.delete(receipts).where(and(inArray(receipts.receiptId, ids), old)),
  )
}

/** Waiting claims whose order and payment are both unknown here. */
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

/** The most claims that one call drops. */
const OLD_BATCH = 1_000
type OldParams = { readonly nowMs: number; readonly beforeMs: number }

const selectOld = statement<OldParams & { limit: number }, { id: string }>((query, tables, param) => {
  const { receipts } = tables
  const isOld = lt(receipts.firstAtMs, param('beforeMs'))
  return query
    .select({ id: receipts.receiptId })
    .from(receipts)
    .where(
      and(eq(receipts.stranger, 1), isAvailable(receipts, param('nowMs')), isOld, isUnknown(query, tables)),
    )
    .orderBy(receipts.dueAtMs)
    .limit(sql.placeholder('limit'))
})

/**
 * Drops due claims about unknown orders and payments that first came before `beforeMs`, asked about or not, and returns their number: junk that
 * comes faster than the gateway may be asked leaves no backlog (G-23). A claim whose payment the gateway knows is no stranger's, and is kept.
 */
export async function dropOldStrangers(db: Database, old: OldParams): Promise<number> {
  const { receipts } = db.tables
  const ids = (await selectOld.rows(db, { ...old, limit: OLD_BATCH })).map(({ id }) => id)
  // Check again: a claim may have come again, or its order may have been registered, since the select.
  const isDue = and(
    eq(receipts.stranger, 1),
    lte(receipts.dueAtMs, old.nowMs),
    lte(receipts.leaseUntilMs, old.nowMs),
  )
  return writeRows(db, ids, (query) =>
    query
      .update(receipts)
      .set({ state: 'dropped', dueAtMs: NEVER_MS, ...unleased })
      .where(and(inArray(receipts.receiptId, ids), isUnknown(query, db.tables), isDue)),
  )
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
 * Deletes up to `limit` waiting claims about unknown orders and payments, beyond the newest `keep` of them. Claims about
 * a known order or payment are never deleted here (D-01, D-04).
 */
export async function deleteExcessClaims(db: Database, keep: number, limit: number): Promise<number> {
  const { receipts } = db.tables
  const rows = await selectExcess.rows(db, { keep, limit })
  const ids = rows.map(({ id }) => id)
  return writeRows(db, ids, (query) =>
    query.delete(receipts).where(and(inArray(receipts.receiptId, ids), isUnknown(query, db.tables))),
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
 * Deletes up to `limit` payments of unregistered orders: those recorded before `beforeMs`, and those beyond the newest
 * `keep`. The gateway keeps them, so an order that is registered later still finds its payments (M-17, D-04).
 */
export async function deleteOldOrphans(
  db: Database,
  bounds: { readonly beforeMs: number; readonly keep: number; readonly limit: number },
): Promise<number> {
  const { payments, timeline } = db.tables
  const [edge] = await selectEdge.rows(db, { keep: bounds.keep })
  const beforeMs = Math.max(bounds.beforeMs, (edge?.atMs ?? -1) + 1)
  const old = and(eq(payments.standing, 'orphan'), lt(payments.recordedAtMs, beforeMs))
  const rows = await selectOrphans.rows(db, { beforeMs, limit: bounds.limit })
  const ids = rows.map(({ id }) => id)
  await writeRows(db, ids, (query) => query.delete(timeline).where(inArray(timeline.orderId, ids)))
  return writeRows(db, ids, (query) =>
    query.delete(payments).where(and(inArray(payments.paymentId, ids), old)),
  )
}

async function writeRows(db: Database, ids: readonly string[], write: Write): Promise<number> {
  if (ids.length === 0) return 0
  await db.atomically([write])
  return ids.length
}
