import type { Order, TimelineEntry } from '@landfall/payment-core'
import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import type { OrderRecord } from './orders.ts'
import { referenceChanges } from './references.ts'
import { writeStatement } from './engines/statement.ts'
import { timelineWrites } from './timeline.ts'

/**
 * Records a shop's changes to an open order, all or none. Returns `stale` when the order has changed since it was read. A
 * worker that is looking the order up keeps its lease, finds the new version and starts again.
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
        .where(and(eq(orders.orderId, orderId), eq(orders.version, before.version))),
    ...referenceChanges(db, orderId, before.order.reference, reference),
    ...timelineWrites(db, orderId, version, [entry], at.nowMs),
  ])
}

const setAmountFixed = writeStatement<{ orderId: string; nowMs: number }>((query, { orders }, param) =>
  query
    .update(orders)
    .set({ amountFixed: 1, amountFixedAtMs: param('nowMs') })
    .where(and(eq(orders.orderId, param('orderId')), isNull(orders.amountFixedAtMs))),
)

/** Records that the gateway refuses any other amount for this order from now on. The first recorded time stays. */
export const markAmountFixed = async (db: Database, orderId: string, nowMs: number): Promise<void> =>
  void (await db.atomically([setAmountFixed.write(db, { orderId, nowMs })]))
