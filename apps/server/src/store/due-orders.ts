import { and, eq, lte, sql } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { takeEach, type DueRow, type Lease, type Taking } from './lease.ts'
import { statement } from './engines/statement.ts'

const selectDue = statement<DueRow, { orderId: string }>((query, { orders }, param) =>
  query
    .select({ orderId: orders.orderId })
    .from(orders)
    .where(and(lte(orders.dueAtMs, param('nowMs')), lte(orders.leaseUntilMs, param('nowMs'))))
    .orderBy(orders.dueAtMs)
    .limit(sql.placeholder('limit')),
)

const takeOne = statement<Taking, { orderId: string }>((query, { orders }, param) => {
  const free = and(lte(orders.dueAtMs, param('nowMs')), lte(orders.leaseUntilMs, param('nowMs')))
  return query
    .update(orders)
    .set({ lease: param('lease'), leaseUntilMs: param('leaseUntilMs') })
    .where(and(eq(orders.orderId, param('id')), free))
    .returning({ orderId: orders.orderId })
})

/** Takes orders whose look is due for this worker alone, earliest first. The guarded write frees them again. */
export async function leaseOrders(db: Database, by: Lease & { readonly limit: number }): Promise<string[]> {
  const due = await selectDue.rows(db, by)
  const taken = await takeEach(db, due, (row) => takeOne.write(db, { ...by, id: row.orderId }))
  return taken.map((row) => row.orderId)
}
