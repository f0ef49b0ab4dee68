import { eq } from 'drizzle-orm'
import type { Database } from './engines/open.ts'

/** Review reasons that show that another deployment uses the same order ids. */
const reasons = ['amount_conflict', 'predates_order'] as const

/**
 * True while an open review or an orphan payment suggests that another shop or deployment uses the same gateway account
 * (O-14).
 */
export async function seesOtherDeployment(db: Database): Promise<boolean> {
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
