import { and, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import { heldFrom, type HeldPayment, type PaymentRow } from './payments.ts'
import { statement } from './statement.ts'

/** How a claim stands that came before. */
export type Earlier = {
  readonly state: string
  readonly receivedAtMs: number
  readonly dueAtMs: number
  readonly leaseUntilMs: number
}

/** What is known here of a claim, and of that which it names. */
export type Known = {
  /** Null when no such order is registered. */
  readonly order: { readonly orderId: string; readonly status: string } | null
  readonly held: HeldPayment | null
  readonly earlier: Earlier | null
}

type Names = { readonly paymentId: string; readonly orderId: string; readonly receiptId: string }
/** Each by its primary key; null where there is no such row. */
type KnownRow = {
  readonly payment: PaymentRow | null
  readonly order: { readonly orderId: string; readonly status: string } | null
  readonly earlier: Earlier | null
}

const selectKnown = statement<Names, KnownRow>((query, { orders, payments, receipts }, hole) => {
  const { state, receivedAtMs, dueAtMs, leaseUntilMs } = receipts
  const itsOrder = sql`case when ${payments.orderId} is null then ${hole('orderId')} else ${payments.orderId} end`
  return query
    .select({
      payment: getTableColumns(payments),
      order: { orderId: orders.orderId, status: orders.status },
      earlier: { state, receivedAtMs, dueAtMs, leaseUntilMs },
    })
    .from(sql`(select 1 as one) as here`)
    .leftJoin(payments, eq(payments.paymentId, hole('paymentId')))
    .leftJoin(orders, eq(orders.orderId, itsOrder))
    .leftJoin(receipts, eq(receipts.receiptId, hole('receiptId')))
})

/**
 * Three point reads in one statement, before anything is written or asked: the payment's order is the one recorded, whatever the claim says;
 * without such a payment it is the order that is named.
 */
export async function readKnown(
  db: Database,
  names: { readonly paymentId: string | null; readonly orderId: string | null; readonly receiptId: string },
): Promise<Known> {
  const [row] = await selectKnown.rows(db, {
    paymentId: names.paymentId ?? '',
    orderId: names.orderId ?? '',
    receiptId: names.receiptId,
  })
  const payment = row?.payment ?? null
  return {
    order: row?.order ?? null,
    held: payment === null ? null : heldFrom(payment),
    earlier: row?.earlier ?? null,
  }
}

const selectEarlier = statement<{ receiptId: string }, Earlier>((query, { receipts }, hole) => {
  const { state, receivedAtMs, dueAtMs, leaseUntilMs } = receipts
  return query
    .select({ state, receivedAtMs, dueAtMs, leaseUntilMs })
    .from(receipts)
    .where(eq(receipts.receiptId, hole('receiptId')))
})

export async function readEarlier(db: Database, receiptId: string): Promise<Earlier | null> {
  const [row] = await selectEarlier.rows(db, { receiptId })
  return row ?? null
}

type Since = { readonly orderId: string; readonly sinceMs: number; readonly limit: number }

const selectSince = statement<Since, { receiptId: string }>((query, { receipts }, hole) =>
  query
    .select({ receiptId: receipts.receiptId })
    .from(receipts)
    .where(and(eq(receipts.orderId, hole('orderId')), gt(receipts.receivedAtMs, hole('sinceMs'))))
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
