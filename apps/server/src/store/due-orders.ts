import { and, eq, gt, sql, type SQL } from 'drizzle-orm'
import type { Query } from './engines/database.ts'
import type { Database } from './engines/open.ts'
import { isOfGateways, type GatewayScope } from './gateway-scope.ts'
import { isAvailable, leaseEach, leaseStatement, type DueParams, type Lease } from './lease.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

const dueOrders = (query: Query, { orders }: Tables, nowMs: SQL, scope: GatewayScope) =>
  query
    .select({ orderId: orders.orderId, lease: orders.lease, dueAtMs: orders.dueAtMs })
    .from(orders)
    .where(and(isAvailable(orders, nowMs), scope === null ? undefined : isOfGateways(orders, scope)))
    .orderBy(orders.dueAtMs)

const selectDue = statement<DueParams, { orderId: string; lease: string; dueAtMs: number }>(
  (query, tables, param) => dueOrders(query, tables, param('nowMs'), null).limit(sql.placeholder('limit')),
)

const leaseOne = leaseStatement(({ orders }) => ({ table: orders, id: orders.orderId }))

/** Leases up to `limit` orders whose next look-up is due, the longest overdue first. The order's guarded write releases them. */
export async function leaseOrders(
  db: Database,
  holder: Lease & { readonly limit: number; readonly scope?: GatewayScope },
): Promise<string[]> {
  const { nowMs, limit, scope = null } = holder
  const due =
    scope === null
      ? await selectDue.rows(db, { nowMs, limit })
      : await dueOrders(db.query, db.tables, sql`${nowMs}`, scope).limit(limit)
  const taken = await leaseEach(db, due, holder, leaseOne, (row) => row.orderId)
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
