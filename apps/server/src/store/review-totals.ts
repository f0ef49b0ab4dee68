import { ReviewTotal } from '@landfall/payment-core'
import { and, count, eq, gt, isNull, sum } from 'drizzle-orm'
import type { Database } from './db.ts'

/** What waits for a person, by reason and currency: of the orders that have an open review, which an index finds. */
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
  return rows.map((row) => ReviewTotal.parse(row)).toSorted(byReason)
}

const byReason = (a: ReviewTotal, b: ReviewTotal): number =>
  `${a.reason} ${a.currency}` < `${b.reason} ${b.currency}` ? -1 : 1
