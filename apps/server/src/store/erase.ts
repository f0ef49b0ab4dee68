import {
  eraseFacts,
  eraseNotice,
  eraseOrder,
  eraseReason,
  Facts,
  isErased,
  NoticeBody,
  type Order,
} from '@landfall/payment-core'
import { and, eq, gt, inArray, lt } from 'drizzle-orm'
import type { Database, Write } from './engines/open.ts'
import { isSettled, subjectsOf } from './old-orders.ts'
import { readOrder, type OrderRecord } from './orders.ts'
import { referenceChanges } from './references.ts'
import { reviewWrites } from './reviews.ts'
import { timelineOfAll, timelineWrites } from './timeline.ts'

/** What an erasure did. `waits`: money or a person is still awaited, so nothing was erased. */
export type Erasure =
  | {
      readonly outcome: 'erased'
      readonly payments: number
      readonly notices: number
      readonly lines: number
    }
  | { readonly outcome: 'erased_before' | 'waits' | 'unknown' | 'busy' }

/** Attempts while servers change the order meanwhile. */
const TRIES_MAX = 5

/**
 * Erases names, texts and personal details of an order, its payments, notices and history, all or none. Amounts, statuses, ids, times and the
 * shape of the history stay. Later look-ups of the order record no personal details (P-04).
 */
export async function eraseOrderOf(db: Database, orderId: string, nowMs: number): Promise<Erasure> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const before = await readOrder(db, orderId)
    if (before === null) return { outcome: 'unknown' }
    const { orders } = db.tables
    const [settled] = await db.query
      .select({ orderId: orders.orderId })
      .from(orders)
      .where(and(eq(orders.orderId, orderId), isSettled(db.query, db.tables)))
    if (settled === undefined) return { outcome: 'waits' }
    if (isErased(before.order)) return { outcome: 'erased_before' }
    const { writes, ...counts } = await writesOf(db, before, nowMs)
    if ((await db.atomically(writes)) === 'done') return { outcome: 'erased', ...counts }
  }
  return { outcome: 'busy' }
}

const NAMED_AT_ONCE = 100

/** Up to a hundred ids of orders whose reference has this string, in order, after the id `after`. */
export async function orderIdsOfReference(db: Database, value: string, after: string): Promise<string[]> {
  const { orderReferences } = db.tables
  const rows = await db.query
    .select({ orderId: orderReferences.orderId })
    .from(orderReferences)
    .where(and(eq(orderReferences.value, value), gt(orderReferences.orderId, after)))
    .orderBy(orderReferences.orderId)
    .limit(NAMED_AT_ONCE)
  return rows.map(({ orderId }) => orderId)
}

async function writesOf(db: Database, before: OrderRecord, nowMs: number) {
  const { orderId } = before.order
  const version = before.version + 1
  const order = eraseOrder(before.order)
  const details = await detailWrites(db, [orderId], null)
  const notices = await noticeErasures(db, [orderId])
  const lines = await lineErasures(db, before.order)
  const entry = { event: 'order.erased', paymentId: null, from: null, to: null, reason: '' } as const
  return {
    payments: before.payments.length,
    notices: notices.length,
    lines: lines.length,
    writes: [
      orderWrite(db, before, order, version),
      ...referenceChanges(db, orderId, before.order.reference, null),
      ...reviewWrites(db, orderId, before.order.reviews, order.reviews),
      ...details,
      ...notices,
      ...lines,
      ...(await cancelErasures(db, orderId)),
      ...(await claimErasures(db, orderId)),
      ...timelineWrites(db, orderId, version, [entry], nowMs),
    ],
  }
}

/** The guard of the unit. `lastReturn` is an earlier version's column. */
const orderWrite =
  (db: Database, before: OrderRecord, order: Order, version: number): Write =>
  (query) => {
    const { orders } = db.tables
    const { orderId, name, returnTo, returns } = order
    return query
      .update(orders)
      .set({
        name,
        returnTo,
        version,
        reference: null,
        lastReturn: null,
        returns: returns.length === 0 ? null : JSON.stringify(returns),
      })
      .where(and(eq(orders.orderId, orderId), eq(orders.version, before.version)))
  }

/**
 * Erases the personal details of these orders' payments and proofs; with `beforeMs`, only of those recorded before. Each payment's version
 * guards its write.
 */
export async function detailWrites(
  db: Database,
  orderIds: readonly string[],
  beforeMs: number | null,
): Promise<Write[]> {
  const { payments, proofs } = db.tables
  const [ofOrders, ofProofs] = [
    inArray(payments.orderId, [...orderIds]),
    inArray(proofs.orderId, [...orderIds]),
  ]
  const held = await db.query
    .select({ id: payments.paymentId, facts: payments.facts, version: payments.version })
    .from(payments)
    .where(beforeMs === null ? ofOrders : and(ofOrders, lt(payments.recordedAtMs, beforeMs)))
  const proven = await db.query
    .select({ id: proofs.orderId, facts: proofs.observation })
    .from(proofs)
    .where(beforeMs === null ? ofProofs : and(ofProofs, lt(proofs.recordedAtMs, beforeMs)))
  return [
    ...held.flatMap(({ id, facts: text, version }): Write[] => {
      const facts = erasedText(text)
      if (facts === null) return []
      const isHeld = and(eq(payments.paymentId, id), eq(payments.version, version))
      const set = { facts, version: version + 1 }
      return [(query) => query.update(payments).set(set).where(isHeld)]
    }),
    ...proven.flatMap(({ id, facts: text }): Write[] => {
      const observation = erasedText(text)
      if (observation === null) return []
      const isIt = eq(proofs.orderId, id)
      return [(query) => query.update(proofs).set({ observation }).where(isIt)]
    }),
  ]
}

/** The stored facts without personal details; null when they have none. */
function erasedText(text: string): string | null {
  const facts = Facts.parse(JSON.parse(text))
  const erased = eraseFacts(facts)
  return erased === facts ? null : JSON.stringify(erased)
}

async function noticeErasures(db: Database, orderIds: readonly string[]): Promise<Write[]> {
  const { notices } = db.tables
  const owners = (await subjectsOf(db, orderIds)).notices
  const rows = await db.query.select().from(notices).where(inArray(notices.orderId, owners))
  return rows.map(({ noticeId, type, sequence, body: text }) => (query) => {
    const read = NoticeBody.safeParse(JSON.parse(text))
    // An earlier version's body may lack fields of this one. It keeps what it is about.
    const body = JSON.stringify(read.success ? eraseNotice(read.data) : { type, sequence, data: {} })
    return query.update(notices).set({ body }).where(eq(notices.noticeId, noticeId))
  })
}

async function lineErasures(db: Database, { orderId, reviews }: Order): Promise<Write[]> {
  const { timeline } = db.tables
  const kept = new Set(reviews.filter(({ reason }) => reason === 'contradiction').map(({ note }) => note))
  const rows = await timelineOfAll(db, (await subjectsOf(db, [orderId])).lines)
  return rows.flatMap(({ entryId, event, reason: told }): Write[] => {
    const reason = eraseReason(event, told, kept)
    if (reason === told) return []
    const isIt = eq(timeline.entryId, entryId)
    return [(query) => query.update(timeline).set({ reason }).where(isIt)]
  })
}

/** The reasons and answers of refunds are words of the shop, of a person or of the gateway. */
async function cancelErasures(db: Database, orderId: string): Promise<Write[]> {
  const { cancels } = db.tables
  const of = eq(cancels.orderId, orderId)
  const rows = await db.query.select({ id: cancels.intentId }).from(cancels).where(of)
  if (rows.length === 0) return []
  const set = { reason: '', refundAccount: null, lastProblem: null, answers: null }
  return [(query) => query.update(cancels).set(set).where(of)]
}

/** Deletes the order's ended claims, which hold the texts of returns. The history keeps that they came. */
async function claimErasures(db: Database, orderId: string): Promise<Write[]> {
  const { receipts } = db.tables
  const ended = and(eq(receipts.orderId, orderId), inArray(receipts.state, ['done', 'dropped']))
  const rows = await db.query.select({ id: receipts.receiptId }).from(receipts).where(ended).limit(1)
  if (rows.length === 0) return []
  return [(query) => query.delete(receipts).where(ended)]
}
