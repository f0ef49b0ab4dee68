import {
  CancelCause,
  CancelState,
  currencyOf,
  Facts,
  type CancelView,
  type RefundCause,
  type RefundRow,
  type RefundTotal,
} from '@landfall/payment-core'
import { and, eq, gt, gte, lt, ne, or, sql } from 'drizzle-orm'
import { byBytes } from './engines/columns.ts'
import type { Database } from './engines/open.ts'
import type { Tables } from './tables.ts'

type RefundedRow = Tables['cancels']['$inferSelect']

const cancelView = (row: RefundedRow): CancelView => ({
  id: row.intentId,
  paymentId: row.paymentId,
  amount: row.amount,
  cause: CancelCause.parse(row.cause),
  state: CancelState.parse(row.state),
  tries: row.attempts,
  lastAnswer: row.lastProblem,
  requestedAt: row.createdAtMs,
  actor: row.actor,
})

/** All cancel intents of an order, oldest first. */
export async function cancelViews(db: Database, orderId: string): Promise<CancelView[]> {
  const { cancels } = db.tables
  const rows = await db.query
    .select()
    .from(cancels)
    .where(eq(cancels.orderId, orderId))
    .orderBy(cancels.createdAtMs, byBytes(cancels.intentId))
  return rows.map(cancelView)
}

/** Refunds requested from `fromMs` until before `toMs`, epoch ms. A null cause matches any. */
export type RefundRange = {
  readonly fromMs: number
  readonly toMs: number
  readonly cause: RefundCause | null
}
export type RefundPlace = { readonly requestedAtMs: number; readonly id: string }

/** Reads up to `limit` refunds after a place, oldest first, along the index `cancels_age`. */
export async function refundsIn(
  db: Database,
  range: RefundRange,
  after: RefundPlace | null,
  limit: number,
): Promise<RefundRow[]> {
  const { cancels, payments, orders } = db.tables
  const rows = await db.query
    .select({ cancel: cancels, facts: payments.facts, currency: orders.currency })
    .from(cancels)
    .leftJoin(payments, eq(payments.paymentId, cancels.paymentId))
    .leftJoin(orders, eq(orders.orderId, cancels.orderId))
    .where(and(within(db, range), beyond(db, after)))
    .orderBy(cancels.createdAtMs, byBytes(cancels.intentId))
    .limit(limit)
  return rows.map(({ cancel, facts, currency }) => ({
    ...cancelView(cancel),
    orderId: cancel.orderId,
    // The payment's own currency: a payment in another currency than its order's is returned too.
    currency: facts === null ? (currency ?? '') : currencyOf(Facts.parse(JSON.parse(facts))),
  }))
}

function within({ tables: { cancels } }: Database, { fromMs, toMs, cause }: RefundRange) {
  const ofCause = cause === null ? ne(cancels.cause, 'account') : eq(cancels.cause, cause)
  return and(gte(cancels.createdAtMs, fromMs), lt(cancels.createdAtMs, toMs), ofCause)
}

function beyond({ tables: { cancels } }: Database, after: RefundPlace | null) {
  if (after === null) return undefined
  const { requestedAtMs, id } = after
  const sameMoment = and(eq(cancels.createdAtMs, requestedAtMs), sql`${byBytes(cancels.intentId)} > ${id}`)
  return and(gte(cancels.createdAtMs, requestedAtMs), or(gt(cancels.createdAtMs, requestedAtMs), sameMoment))
}

const TOTALLED_AT_ONCE = 500

/**
 * Totals of the whole range, by cause, state and currency. It reads a page at a time, so that a long range does not hold
 * up other queries, and adds up here because only the payment's facts hold the currency.
 */
export async function refundTotals(db: Database, range: RefundRange): Promise<RefundTotal[]> {
  const totals = new Map<string, RefundTotal>()
  let after: RefundPlace | null = null
  for (;;) {
    const rows: RefundRow[] = await refundsIn(db, range, after, TOTALLED_AT_ONCE)
    for (const { cause, state, currency, amount } of rows) {
      const key = `${cause} ${state} ${currency}`
      const before = totals.get(key) ?? { cause, state, currency, count: 0, amount: 0 }
      totals.set(key, { ...before, count: before.count + 1, amount: before.amount + amount })
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < TOTALLED_AT_ONCE) break
    after = { requestedAtMs: last.requestedAt, id: last.id }
  }
  return [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total)
}
