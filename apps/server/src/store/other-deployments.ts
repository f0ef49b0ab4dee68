import { eq } from 'drizzle-orm'
import type { Database } from './engines/open.ts'

/** Reviews that somebody else's use of an order number is seen by. */
const reasons = ['amount_conflict', 'predates_order'] as const

/** Is there an open sign of another shop or deployment on the same gateway account: its amounts, its money, its numbers among ours (O-14)? */
export async function seesOthers(db: Database): Promise<boolean> {
  const { orders, payments } = db.tables
  const found = await Promise.all([
    ...reasons.map((reason) =>
      db.query.select({ id: orders.orderId }).from(orders).where(eq(orders.review, reason)).limit(1),
    ),
    db.query
      .select({ id: payments.paymentId })
      .from(payments)
      .where(eq(payments.standing, 'orphan'))
      .limit(1),
  ])
  return found.some((rows) => rows.length > 0)
}
