import { z } from 'zod'
import { FailReason } from './fail-reason.ts'
import { OrderId, PaymentId } from './ids.ts'
import { Currency, MinorUnits } from './money.ts'
import { amountOf, currencyOf, heldMoney, type Payment } from './payment.ts'

export const OrderStatus = z.enum([
  'open',
  'awaiting_deposit',
  'paid',
  'partially_cancelled',
  'cancelled',
  'expired',
])
export type OrderStatus = z.infer<typeof OrderStatus>

/** Why a person must look. A flag beside the status, never a status (product.md §2.2). */
export const ReviewReason = z.enum([
  'contradiction',
  'bad_money',
  'rejected',
  'surplus',
  'late',
  'orphan',
  'cancel_failed',
])
export type ReviewReason = z.infer<typeof ReviewReason>

/**
 * The newest return for an order: it paces look-ups and words the screen while the gateway has not concluded.
 */
export const LastReturn = z.object({
  says: z.enum(['success', 'failure', 'nothing']),
  paymentId: PaymentId.nullable(),
  atMs: z.number().int(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
  /** Look-ups concluded since, successful ones only. */
  looks: z.number().int().nonnegative(),
})
export type LastReturn = z.infer<typeof LastReturn>

/** What the shop expects, and what has been decided about it. */
export const Order = z.object({
  orderId: OrderId,
  name: z.string(),
  amount: MinorUnits.positive(),
  currency: Currency,
  registeredAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
  status: OrderStatus,
  /** The payment that finalised it: set once, never changed. */
  keptPaymentId: PaymentId.nullable(),
  /**
   * A look-up by order id that began after the deadline found no money: only this expires an order (V-04,
   * K-03).
   */
  emptyAfterDeadline: z.boolean(),
  review: ReviewReason.nullable(),
  /** Number of the newest notice; per order without gaps, from 1. */
  sequence: z.number().int().nonnegative(),
  lastReturn: LastReturn.nullable(),
})
export type Order = z.infer<typeof Order>

/** What an unexpired virtual account adds to an order's deadline: banks and PGs tell of deposits late. */
export const DEPOSIT_GRACE_MS = 60 * 60_000

/**
 * When an order may expire: its own deadline, or later when an issued virtual account can still be paid into.
 */
export function deadlineOf(order: Order, payments: readonly Payment[]): number {
  const dues = payments
    .filter((payment) => payment.status === 'awaiting_deposit' && payment.details.accountDueAtMs !== null)
    .map((payment) => (payment.details.accountDueAtMs ?? 0) + DEPOSIT_GRACE_MS)
  return Math.max(order.expiresAtMs, ...dues)
}

export const keptOf = (order: Order, payments: readonly Payment[]): Payment | null =>
  payments.find((payment) => payment.paymentId === order.keptPaymentId) ?? null

/**
 * What the shop still holds for an order, in minor units. Counted from the order's amount, which the kept
 * payment was verified to have: a larger one that turns up later is a contradiction for a person, not a
 * balance.
 */
export function balanceOf(order: Order, payments: readonly Payment[]): number {
  const kept = keptOf(order, payments)
  return kept === null || !heldMoney(kept) ? 0 : Math.max(0, order.amount - kept.cancelledAmount)
}

/** An account issued for exactly what the order asks can still finalise it. */
export const awaitsDeposit = (order: Order, payment: Payment): boolean =>
  payment.status === 'awaiting_deposit' &&
  payment.contradiction === null &&
  amountOf(payment) === order.amount &&
  currencyOf(payment) === order.currency

/** The status of an order: a pure, total function of what is held (product.md §2.2). */
export function statusOf(order: Order, payments: readonly Payment[], nowMs: number): OrderStatus {
  const kept = keptOf(order, payments)
  if (kept !== null && heldMoney(kept)) {
    if (kept.cancelledAmount === 0) return 'paid'
    return balanceOf(order, payments) > 0 ? 'partially_cancelled' : 'cancelled'
  }
  if (order.emptyAfterDeadline && nowMs >= deadlineOf(order, payments)) return 'expired'
  // An expired order stays expired whatever the clock or a new account says; only kept money brings it back (late: accept).
  if (order.status === 'expired') return 'expired'
  return payments.some((payment) => awaitsDeposit(order, payment)) ? 'awaiting_deposit' : 'open'
}
