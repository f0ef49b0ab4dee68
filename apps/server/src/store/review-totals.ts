import { currencyOf, Facts, ReviewReason, ReviewTotal } from '@landfall/payment-core'
import { and, count, eq, gt, isNull, sum } from 'drizzle-orm'
import type { Database } from './engines/open.ts'

/** The open reviews' count and amount at stake, by reason and currency. An index finds the orders that have one. */
export async function reviewTotals(db: Database): Promise<ReviewTotal[]> {
  const { orders, reviews } = db.tables
  const rows = await db.query
    .select({
      reason: reviews.reason,
      currency: orders.currency,
      count: count(),
      // Postgres gives the sum of integers as text.
      atStake: sum(reviews.atStake).mapWith(Number),
    })
    .from(orders)
    .innerJoin(reviews, eq(reviews.orderId, orders.orderId))
    .where(and(gt(orders.review, ''), isNull(reviews.endedAtMs)))
    .groupBy(reviews.reason, orders.currency)
  const totals = rows.map((row) => ReviewTotal.parse(row))
  return [...totals, ...(await orphanTotals(db))].toSorted(byReason)
}

/** The same for payments whose order is not registered here; only their facts hold the currency. */
async function orphanTotals(db: Database): Promise<ReviewTotal[]> {
  const { orders, payments, reviews } = db.tables
  const ofPayment = and(eq(reviews.orderId, payments.orderId), eq(reviews.paymentId, payments.paymentId))
  const rows = await db.query
    .select({ reason: reviews.reason, atStake: reviews.atStake, facts: payments.facts })
    .from(payments)
    .innerJoin(reviews, ofPayment)
    .leftJoin(orders, eq(orders.orderId, payments.orderId))
    .where(and(eq(payments.standing, 'orphan'), isNull(reviews.endedAtMs), isNull(orders.orderId)))
  const totals = new Map<string, ReviewTotal>()
  for (const { facts, atStake, ...row } of rows) {
    const currency = currencyOf(Facts.parse(JSON.parse(facts)))
    const reason = ReviewReason.parse(row.reason)
    const key = `${reason} ${currency}`
    const before = totals.get(key) ?? { reason, currency, count: 0, atStake: 0 }
    totals.set(key, { ...before, count: before.count + 1, atStake: before.atStake + atStake })
  }
  return [...totals.values()]
}

const byReason = (a: ReviewTotal, b: ReviewTotal): number =>
  `${a.reason} ${a.currency}` < `${b.reason} ${b.currency}` ? -1 : 1
