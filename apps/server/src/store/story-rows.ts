import type { Claim, NoticeView, Payment, Review } from '@landfall/payment-core'
import { and, desc, eq, inArray, or } from 'drizzle-orm'
import { cancelsOfOrder, type HeldCancel } from './cancels.ts'
import type { Database } from './engines/open.ts'
import { noticesAfter } from './notice-list.ts'
import { orderIdsMatching } from './order-list.ts'
import { readOrder, type OrderRecord } from './orders.ts'
import { paymentsOfOrder, readPayment } from './payments.ts'
import { claimFrom } from './receipts.ts'
import { reviewsOfOrder } from './reviews.ts'
import { timelineOfAll, type TimelineRow } from './timeline.ts'

/** A claim whose receipt still exists. */
export type StoryClaim = {
  readonly claim: Claim
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly times: number
}

/** Everything stored about an order, or about the payments of an order id that is not registered here. */
export type StoryRows = {
  readonly orderId: string
  readonly record: OrderRecord | null
  readonly payments: readonly Payment[]
  readonly reviews: readonly Review[]
  readonly cancels: readonly HeldCancel[]
  readonly notices: readonly NoticeView[]
  readonly timeline: readonly TimelineRow[]
  readonly claims: readonly StoryClaim[]
}

/** Bounds of one answer. An order usually has some dozens of each. */
const NOTICES_MAX = 500
const CLAIMS_MAX = 200

/**
 * The order ids that a text may mean: an order id, a payment id, or a string of a reference. An order id or a payment id
 * means exactly one order; only without such a match are references searched.
 */
export async function findOrderIds(db: Database, text: string): Promise<string[]> {
  if ((await readOrder(db, text)) !== null) return [text]
  const payment = await readPayment(db, text)
  if (payment !== null) return [payment.payment.orderId]
  if ((await paymentsOfOrder(db, text)).length > 0) return [text]
  return (await orderIdsMatching(db, text)).filter((orderId) => orderId !== text)
}

export async function storyRows(db: Database, orderId: string): Promise<StoryRows> {
  const record = await readOrder(db, orderId)
  const held = record?.payments ?? (await paymentsOfOrder(db, orderId))
  const payments = held.map(({ payment }) => payment)
  const paymentIds = payments.map(({ paymentId }) => paymentId)
  const [timeline, reviews, cancels, claims] = await Promise.all([
    timelineOfAll(db, [orderId, ...paymentIds]),
    reviewsOfOrder(db, orderId),
    cancelsOfOrder(db, orderId),
    claimsAbout(db, orderId, paymentIds),
  ])
  // A former orphan payment has its own timeline and notices.
  const formerOrphans = new Set(timeline.filter((row) => row.orderId !== orderId).map((row) => row.orderId))
  const noticeOwners = [orderId, ...[...formerOrphans].map((paymentId) => `orphan/${paymentId}`)]
  const notices = await Promise.all(noticeOwners.map((owner) => noticesOf(db, owner)))
  return { orderId, record, payments, reviews, cancels, notices: notices.flat(), timeline, claims }
}

const noticesOf = (db: Database, orderId: string): Promise<NoticeView[]> =>
  noticesAfter(db, { orderId, state: null, fromMs: null, toMs: null }, null, NOTICES_MAX)

/**
 * Reads only claims about stored payments, and returns through the order's own link. Anybody can send claims about other
 * payments; they are no part of the order's history.
 */
async function claimsAbout(
  db: Database,
  orderId: string,
  paymentIds: readonly string[],
): Promise<StoryClaim[]> {
  const { receipts } = db.tables
  const ofPayments = paymentIds.length === 0 ? undefined : inArray(receipts.paymentId, [...paymentIds])
  const rows = await db.query
    .select()
    .from(receipts)
    .where(and(eq(receipts.orderId, orderId), or(eq(receipts.paymentId, ''), ofPayments)))
    .orderBy(desc(receipts.receivedAtMs))
    .limit(CLAIMS_MAX)
  return rows.flatMap(({ claim, firstAtMs, receivedAtMs: lastAtMs, times }) => {
    const read = claimFrom(claim)
    return read === null ? [] : [{ claim: read, firstAtMs, lastAtMs, times }]
  })
}
