import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { isAvailable, leaseEach, leaseStatement, type DueParams, type Lease } from './lease.ts'
import { statement } from './engines/statement.ts'

const selectDue = statement<DueParams, { orderId: string }>((query, { orders }, param) =>
  query
    .select({ orderId: orders.orderId })
    .from(orders)
    .where(isAvailable(orders, param('nowMs')))
    .orderBy(orders.dueAtMs)
    .limit(sql.placeholder('limit')),
)

const leaseOne = leaseStatement(({ orders }) => ({ table: orders, id: orders.orderId }))

/** Leases up to `limit` orders whose next look-up is due, the longest overdue first. The order's guarded write releases them. */
export async function leaseOrders(
  db: Database,
  holder: Lease & { readonly limit: number },
): Promise<string[]> {
  const due = await selectDue.rows(db, holder)
  const taken = await leaseEach(db, due, (row) => leaseOne.write(db, { ...holder, id: row.orderId }))
  return taken.map((row) => row.orderId)
}

/** Moves an order's next look-up to `dueAtMs`, unless it is due earlier. */
export async function lookNoLaterThan(db: Database, orderId: string, dueAtMs: number): Promise<void> {
  const { orders } = db.tables
  await db.atomically([
    (query) =>
      query
        .update(orders)
        .set({ dueAtMs })
        .where(and(eq(orders.orderId, orderId), gt(orders.dueAtMs, dueAtMs))),
  ])
}
