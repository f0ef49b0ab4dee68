import { Claim, type NoticeView, type Payment, type Review } from '@landfall/payment-core'
import { and, desc, eq, inArray, or } from 'drizzle-orm'
import { cancelsOfOrder, type HeldCancel } from './cancels.ts'
import type { Database } from './engines/open.ts'
import { noticesAfter } from './notice-list.ts'
import { ordersNamed } from './order-list.ts'
import { readOrder, type OrderRecord } from './orders.ts'
import { paymentsOfOrder, readPayment } from './payments.ts'
import { reviewsOfOrder } from './reviews.ts'
import { timelineOfAll, type TimelineRow } from './timeline.ts'

/** A claim as its receipt tells it, while that is there. */
export type HeardClaim = {
  readonly claim: Claim
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly times: number
}

/** All that is stored about an order, or about the payments of a number that nobody registered here. */
export type StoryRows = {
  readonly orderId: string
  readonly record: OrderRecord | null
  readonly payments: readonly Payment[]
  readonly reviews: readonly Review[]
  readonly cancels: readonly HeldCancel[]
  readonly notices: readonly NoticeView[]
  readonly timeline: readonly TimelineRow[]
  readonly claims: readonly HeardClaim[]
}

/** An order has some dozens of each; nobody reads more in one answer. */
const NOTICES_MAX = 500
const CLAIMS_MAX = 200

/**
 * The numbers that a text names: an order's own, the one whose payment it is, or those which bear it in their reference. The first two are unique,
 * and stand alone.
 */
export async function numbersNamed(db: Database, text: string): Promise<string[]> {
  if ((await readOrder(db, text)) !== null) return [text]
  const payment = await readPayment(db, text)
  if (payment !== null) return [payment.payment.orderId]
  if ((await paymentsOfOrder(db, text)).length > 0) return [text]
  return (await ordersNamed(db, text)).filter((orderId) => orderId !== text)
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
  // A payment that was nobody's once has lines and notices of its own.
  const alone = new Set(timeline.filter((row) => row.orderId !== orderId).map((row) => row.orderId))
  const tellers = [orderId, ...[...alone].map((paymentId) => `orphan/${paymentId}`)]
  const notices = await Promise.all(tellers.map((teller) => noticesOf(db, teller)))
  return { orderId, record, payments, reviews, cancels, notices: notices.flat(), timeline, claims }
}

const noticesOf = (db: Database, orderId: string): Promise<NoticeView[]> =>
  noticesAfter(db, { orderId, state: null, fromMs: null, toMs: null }, null, NOTICES_MAX)

/** Only those about payments that are held, and returns through the order's own link: what strangers claim of others is no part of its story. */
async function claimsAbout(
  db: Database,
  orderId: string,
  paymentIds: readonly string[],
): Promise<HeardClaim[]> {
  const { receipts } = db.tables
  const ofPayments = paymentIds.length === 0 ? undefined : inArray(receipts.paymentId, [...paymentIds])
  const rows = await db.query
    .select()
    .from(receipts)
    .where(and(eq(receipts.orderId, orderId), or(eq(receipts.paymentId, ''), ofPayments)))
    .orderBy(desc(receipts.receivedAtMs))
    .limit(CLAIMS_MAX)
  return rows.flatMap(({ claim, firstAtMs, receivedAtMs: lastAtMs, times }) => {
    const read = Claim.safeParse(jsonOf(claim))
    return read.success ? [{ claim: read.data, firstAtMs, lastAtMs, times }] : []
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
