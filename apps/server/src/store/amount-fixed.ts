import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { statement } from './engines/statement.ts'

const setAmountFixed = statement<{ orderId: string; nowMs: number }, { orderId: string }>(
  (query, { orders }, param) =>
    query
      .update(orders)
      .set({ amountFixed: 1, amountFixedAtMs: param('nowMs') })
      .where(and(eq(orders.orderId, param('orderId')), isNull(orders.amountFixedAtMs)))
      .returning({ orderId: orders.orderId }),
)

/** Records that the gateway refuses any other amount for this order from now on. The first recorded time stays. */
export const markAmountFixed = async (db: Database, orderId: string, nowMs: number): Promise<void> =>
  void (await db.atomically([setAmountFixed.write(db, { orderId, nowMs })]))
