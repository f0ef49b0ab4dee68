import type { Order, TimelineEntry } from '@landfall/payment-core'
import { and, eq } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import type { OrderRecord } from './orders.ts'
import { referenceChanges } from './references.ts'
import { timelineWrites } from './timeline.ts'

/**
 * Writes what a shop has changed about an open order, or nothing; `stale` when the order is not what was read before. A worker that is looking
 * meanwhile keeps its lease, finds the version changed and looks again.
 */
export async function changeOrder(
  db: Database,
  before: OrderRecord,
  order: Order,
  entry: TimelineEntry,
  at: { readonly nowMs: number; readonly dueAtMs: number },
): Promise<'done' | 'stale'> {
  const { orders } = db.tables
  const { orderId, name, expiresAtMs, accountsUntilMs, taxFree, vat, reference, returnTo } = order
  const version = before.version + 1
  return db.atomically([
    (query) =>
      query
        .update(orders)
        .set({
          name,
          expiresAtMs,
          accountsUntilMs,
          emptyAfterDeadline: order.emptyAfterDeadline ? 1 : 0,
          taxFree,
          vat,
          reference: reference === null ? null : JSON.stringify(reference),
          returnTo,
          version,
          dueAtMs: at.dueAtMs,
        })
        .where(and(eq(orders.orderId, orderId), eq(orders.version, before.version)))
        .returning({ version: orders.version }),
    ...referenceChanges(db, orderId, before.order.reference, reference),
    ...timelineWrites(db, orderId, version, [entry], at.nowMs),
  ])
}
