import { z } from 'zod'
import { FailReason } from '../payment/fail-reason.ts'
import { OrderId, PaymentId } from './ids.ts'
import { Currency, MinorUnits } from '../money/money.ts'
import { amountOf, begunAtMs, currencyOf, heldMoney, type Facts, type Payment } from '../payment/payment.ts'
import { Reference } from './reference.ts'
import { Review } from '../review/review.ts'

export const OrderStatus = z.enum([
  'open',
  'awaiting_deposit',
  'paid',
  'partially_cancelled',
  'cancelled',
  'expired',
])
export type OrderStatus = z.infer<typeof OrderStatus>

/**
 * What the customer's browser said of one try when it came back through the order's own link: it paces look-ups and words the screen while
 * the gateway has not concluded (S-25).
 */
export const Return = z.object({
  says: z.enum(['success', 'failure', 'nothing']),
  /** The try it names; null for one that named none. */
  paymentId: PaymentId.nullable(),
  atMs: z.number().int(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
  /** Look-ups concluded since, successful ones only. */
  looks: z.number().int().nonnegative(),
})
export type Return = z.infer<typeof Return>

/** What the shop expects, and what has been decided about it. */
export const Order = z.object({
  orderId: OrderId,
  name: z.string(),
  amount: MinorUnits.positive(),
  currency: Currency,
  /** Parts of the amount, in minor units; null where the shop did not say. Some PGs refuse refunds without them (M-28). */
  taxFree: MinorUnits.nullable(),
  vat: MinorUnits.nullable(),
  registeredAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
  /** Exactly the order's money may have begun since then, before it was registered: its claim waited, or a backup was restored (W-06, C-09). */
  adoptsFromMs: z.number().int(),
  /** An account's due date extends the order's life no further, whatever the browser chose (V-09). */
  accountsUntilMs: z.number().int(),
  /**
   * The earliest time, by the gateway's clock where it tells, from which it may have refused any other amount for this number; null when it does
   * not, as far as we know.
   */
  amountFixedAtMs: z.number().int().nullable(),
  /** When the shop called it off; null while it has not. */
  closedAtMs: z.number().int().nullable(),
  /** The shop's own strings, echoed in every answer and notice. */
  reference: Reference.nullable(),
  /** The shop's page that the customer goes back to. */
  returnTo: z.string().nullable(),
  status: OrderStatus,
  /** The payment that finalised it: set once, never changed. */
  keptPaymentId: PaymentId.nullable(),
  /**
   * A look-up by order id that began after the deadline found no money: only this expires an order (V-04,
   * K-03).
   */
  emptyAfterDeadline: z.boolean(),
  /** What a person must see to, and what has ended; oldest first. */
  reviews: z.array(Review),
  /** Number of the newest notice; per order without gaps, from 1. */
  sequence: z.number().int().nonnegative(),
  /** What the customer said of each try, oldest first. */
  returns: z.array(Return),
})
export type Order = z.infer<typeof Order>

/** What an unexpired virtual account adds to an order's deadline: banks and PGs tell of deposits late. */
export const DEPOSIT_GRACE_MS = 60 * 60_000

/** A claimed success keeps its order from expiring for so long: the money may be on its way. */
export const CLAIMED_SUCCESS_MS = 15 * 60_000
/** The same where the PG approves later by its documents; how much later nobody says, and a day loses no money. */
export const LATER_APPROVAL_MS = 24 * 3_600_000

/**
 * When an order may expire: its own deadline, or later when an issued virtual account can still be paid into, or the customer has come back
 * and says that it is paid.
 */
export function deadlineOf(order: Order, payments: readonly Payment[]): number {
  const dues = payments
    .filter((payment) => payment.status === 'awaiting_deposit')
    .map((payment) => accountDeadline(order, payment) ?? 0)
  return Math.max(order.expiresAtMs, ...dues, ...order.returns.map((each) => waitsFor(order, payments, each)))
}

/** Until when an account can be paid into and its order wait for it; null when it names no due date. */
export function accountDeadline(order: Order, { details }: Payment): number | null {
  if (details.accountDueAtMs === null) return null
  return Math.min(details.accountDueAtMs + DEPOSIT_GRACE_MS, order.accountsUntilMs)
}

function waitsFor(order: Order, payments: readonly Payment[], said: Return): number {
  if (said.atMs > order.expiresAtMs || said.says === 'failure') return 0
  const named = payments.find((payment) => payment.paymentId === said.paymentId)
  if (named !== undefined && (named.status !== 'ready' || named.contradiction !== null)) return 0
  if (named?.details.approval === 'later') return said.atMs + LATER_APPROVAL_MS
  return said.says === 'success' ? said.atMs + CLAIMED_SUCCESS_MS : 0
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

/** Exactly the order's amount and currency. */
export const isExact = (order: Order, facts: Facts): boolean =>
  amountOf(facts) === order.amount && currencyOf(facts) === order.currency

/** An account issued for exactly what the order asks can still finalise it, unless it is of the number's earlier life (M-21). */
export const awaitsDeposit = (order: Order, payment: Payment): boolean =>
  payment.status === 'awaiting_deposit' &&
  countsStill(order, payment) &&
  isExact(order, payment) &&
  (begunAtMs(payment) ?? order.registeredAtMs) >= order.adoptsFromMs

/** What an order waits for already is given up only once the contradiction is certain; what is new is not begun with one. */
const countsStill = ({ status }: Order, { contradiction }: Payment): boolean =>
  contradiction === null || (!contradiction.isCertain && status === 'awaiting_deposit')

/** The status of an order: a pure, total function of what is held. */
export function statusOf(order: Order, payments: readonly Payment[], nowMs: number): OrderStatus {
  const kept = keptOf(order, payments)
  if (kept !== null && heldMoney(kept)) {
    if (kept.cancelledAmount === 0) return 'paid'
    return balanceOf(order, payments) > 0 ? 'partially_cancelled' : 'cancelled'
  }
  if (order.emptyAfterDeadline && nowMs >= deadlineOf(order, payments)) return 'expired'
  // Called off: whatever account still stands there is not waited for.
  if (order.closedAtMs !== null) return 'expired'
  // An expired order stays expired whatever the clock or a new account says; only kept money brings it back (late: accept).
  if (order.status === 'expired') return 'expired'
  return payments.some((payment) => awaitsDeposit(order, payment)) ? 'awaiting_deposit' : 'open'
}
