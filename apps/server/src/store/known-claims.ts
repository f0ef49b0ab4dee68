import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { readPayment, type HeldPayment } from './payments.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

/** The receipt of an equal claim that came earlier. */
export type EarlierReceipt = Pick<
  Tables['receipts']['$inferSelect'],
  'state' | 'receivedAtMs' | 'dueAtMs' | 'leaseUntilMs'
>

/** What the store knows about a claim, its payment and its order. */
export type KnownClaim = {
  /** Null when no such order is registered. */
  readonly order: { readonly orderId: string; readonly status: string } | null
  readonly held: HeldPayment | null
  readonly earlier: EarlierReceipt | null
}

const selectStatus = statement<{ orderId: string }, { orderId: string; status: string }>(
  (query, { orders }, param) =>
    query
      .select({ orderId: orders.orderId, status: orders.status })
      .from(orders)
      .where(eq(orders.orderId, param('orderId'))),
)

/**
 * Reads a claim's payment, earlier receipt and order by their ids. The order is that of the stored payment; without one
 * it is the order that the claim names. SQLite takes twice as long for one statement that joins the three.
 */
export async function readKnownClaim(
  db: Database,
  names: { readonly paymentId: string | null; readonly orderId: string | null; readonly receiptId: string },
): Promise<KnownClaim> {
  const { paymentId, receiptId } = names
  const [held, earlier] = await Promise.all([
    paymentId === null ? null : readPayment(db, paymentId),
    readEarlierReceipt(db, receiptId),
  ])
  const orderId = held?.payment.orderId ?? names.orderId
  const [order] = orderId === null ? [] : await selectStatus.rows(db, { orderId })
  return { order: order ?? null, held, earlier }
}

const selectEarlier = statement<{ receiptId: string }, EarlierReceipt>((query, { receipts }, param) => {
  const { state, receivedAtMs, dueAtMs, leaseUntilMs } = receipts
  return query
    .select({ state, receivedAtMs, dueAtMs, leaseUntilMs })
    .from(receipts)
    .where(eq(receipts.receiptId, param('receiptId')))
})

export async function readEarlierReceipt(db: Database, receiptId: string): Promise<EarlierReceipt | null> {
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

/** Counts the different claims about an order that came after `sinceMs`, up to `limit`. */
export async function countClaims(
  db: Database,
  orderId: string,
  sinceMs: number,
  limit: number,
): Promise<number> {
  return (await selectSince.rows(db, { orderId, sinceMs, limit })).length
}
