import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { readPayment, type HeldPayment } from './payments.ts'
import { statement } from './engines/statement.ts'

/** How a claim stands that came before. */
export type Earlier = {
  readonly state: string
  readonly receivedAtMs: number
  readonly dueAtMs: number
  readonly leaseUntilMs: number
}

/** What is known here of a claim, and of that which it names. */
export type KnownClaim = {
  /** Null when no such order is registered. */
  readonly order: { readonly orderId: string; readonly status: string } | null
  readonly held: HeldPayment | null
  readonly earlier: Earlier | null
}

const selectStatus = statement<{ orderId: string }, { orderId: string; status: string }>(
  (query, { orders }, param) =>
    query
      .select({ orderId: orders.orderId, status: orders.status })
      .from(orders)
      .where(eq(orders.orderId, param('orderId'))),
)

/**
 * Three point reads, before anything is written or asked: the payment's order is the one recorded, whatever the claim says; without such a
 * payment it is the order that is named. One statement that joins the three takes SQLite twice as long.
 */
export async function readKnown(
  db: Database,
  names: { readonly paymentId: string | null; readonly orderId: string | null; readonly receiptId: string },
): Promise<KnownClaim> {
  const { paymentId, receiptId } = names
  const [held, earlier] = await Promise.all([
    paymentId === null ? null : readPayment(db, paymentId),
    readEarlier(db, receiptId),
  ])
  const orderId = held?.payment.orderId ?? names.orderId
  const [order] = orderId === null ? [] : await selectStatus.rows(db, { orderId })
  return { order: order ?? null, held, earlier }
}

const selectEarlier = statement<{ receiptId: string }, Earlier>((query, { receipts }, param) => {
  const { state, receivedAtMs, dueAtMs, leaseUntilMs } = receipts
  return query
    .select({ state, receivedAtMs, dueAtMs, leaseUntilMs })
    .from(receipts)
    .where(eq(receipts.receiptId, param('receiptId')))
})

export async function readEarlier(db: Database, receiptId: string): Promise<Earlier | null> {
  const [row] = await selectEarlier.rows(db, { receiptId })
  return row ?? null
}

type Since = { readonly orderId: string; readonly sinceMs: number; readonly limit: number }

const selectSince = statement<Since, { receiptId: string }>((query, { receipts }, param) =>
  query
    .select({ receiptId: receipts.receiptId })
    .from(receipts)
    .where(and(eq(receipts.orderId, param('orderId')), gt(receipts.receivedAtMs, param('sinceMs'))))
    .limit(sql.placeholder('limit')),
)

/** How many different claims about an order came after `sinceMs`, counted up to `limit`. */
export async function countClaims(
  db: Database,
  orderId: string,
  sinceMs: number,
  limit: number,
): Promise<number> {
  return (await selectSince.rows(db, { orderId, sinceMs, limit })).length
}
