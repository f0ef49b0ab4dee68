import { z } from 'zod'
import { explained } from '../api/described.ts'
import { firstGateway, GatewayName } from '../gateway-name.ts'
import { FailReason } from '../payment/fail-reason.ts'
import { OrderId, PaymentId } from './ids.ts'
import { Currency, MinorUnits } from '../money/money.ts'
import { amountOf, begunAtMs, currencyOf, heldMoney, type Facts, type Payment } from '../payment/payment.ts'
import { Reference } from './reference.ts'
import { Review } from '../review/review.ts'

export const OrderStatus = explained('The order’s status.', {
  open: 'not paid, also after a failed try',
  awaiting_deposit: 'a virtual account is issued',
  paid: 'one payment is kept',
  partially_cancelled: 'a part of the kept payment was refunded',
  cancelled: 'the whole kept payment was refunded',
  expired: 'its time is over without money, or the shop closed it',
})
export type OrderStatus = z.infer<typeof OrderStatus>

/**
 * What the customer's return through the order's own link said of one payment. It paces look-ups and chooses the screen's sentence until the
 * gateway has concluded (S-25).
 */
export const Return = z.object({
  says: z.enum(['success', 'failure', 'nothing']),
  /** The payment that it names; null if it names none. */
  paymentId: PaymentId.nullable(),
  atMs: z.number().int(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
  /** Successful look-ups since then. */
  looks: z.number().int().nonnegative(),
})
export type Return = z.infer<typeof Return>

/** What the shop expects, and what was decided. */
export const Order = z.object({
  orderId: OrderId,
  /** The protocol that its payment windows are opened by, and that it is looked up by. */
  gateway: GatewayName.default(firstGateway),
  name: z.string(),
  amount: MinorUnits.positive(),
  currency: Currency,
  /** Parts of the amount, in minor units; null if the shop gave none. Some PGs refuse refunds without them (M-28). */
  taxFree: MinorUnits.nullable(),
  vat: MinorUnits.nullable(),
  registeredAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
  /**
   * Payments of exactly the order's amount count from this time on, which can be before its registration: a claim waited for it, or a backup was
   * restored (W-06, C-09).
   */
  adoptsFromMs: z.number().int(),
  /** A virtual account's due date extends the order's life only to this time, whatever the browser chose (V-09). */
  accountsUntilMs: z.number().int(),
  /**
   * The earliest time, by the gateway's clock if known, from which it refuses other amounts for this order id; null if it does not, as far as we
   * know.
   */
  amountFixedAtMs: z.number().int().nullable(),
  /** When the shop closed the order; null if it has not. */
  closedAtMs: z.number().int().nullable(),
  /** The shop's own strings, which every answer and notice repeats. */
  reference: Reference.nullable(),
  /** The shop's page that the customer returns to. */
  returnTo: z.string().nullable(),
  status: OrderStatus,
  /** The payment that finalised the order. Set once, never changed. */
  keptPaymentId: PaymentId.nullable(),
  /** A look-up by order id that began after the deadline found no money. Only this expires an order (V-04, K-03). */
  emptyAfterDeadline: z.boolean(),
  /** Open and ended reviews, oldest first. */
  reviews: z.array(Review),
  /** The newest notice's number; counts from 1 without gaps. */
  sequence: z.number().int().nonnegative(),
  /** The customer's returns, one for each payment, oldest first. */
  returns: z.array(Return),
})
export type Order = z.infer<typeof Order>

/** Added to the deadline for an issued virtual account, because banks and PGs report deposits late. */
export const DEPOSIT_GRACE_MS = 60 * 60_000

/** How long a claimed success keeps an order from expiring: the money may be on its way. */
export const CLAIMED_SUCCESS_MS = 15 * 60_000
/** The same for a PG that approves later. No document says how much later; a day loses no money. */
export const LATER_APPROVAL_MS = 24 * 3_600_000
/** How long, with two look-ups, a claimed failure shows *checking* while the gateway still says `ready`, and keeps an order from expiring. */
export const SETTLE_FAILURE_MS = 10_000
/**
 * The same for a return without a flag. Newer PGs send no flag with a success either, and KG INICIS bank transfers return before they are approved
 * (docs/gateway/portone-v1.md §2.3, §2.4). Also for a window open in another tab.
 */
export const SETTLE_SILENT_MS = 180_000

/** When an order may expire: at its own deadline, or later while a virtual account can still be paid into or a claimed success may arrive. */
export function deadlineOf(order: Order, payments: readonly Payment[]): number {
  const dues = payments
    .filter((payment) => payment.status === 'awaiting_deposit' && isOfThisLife(order, payment))
    .map((payment) => accountDeadline(order, payment) ?? 0)
  return Math.max(order.expiresAtMs, ...dues, ...order.returns.map((each) => waitsFor(order, payments, each)))
}

/** Until when the order waits for a deposit into this account; null if the account has no due date. */
export function accountDeadline(order: Order, { details }: Payment): number | null {
  if (details.accountDueAtMs === null) return null
  return Math.min(details.accountDueAtMs + DEPOSIT_GRACE_MS, order.accountsUntilMs)
}

function waitsFor(order: Order, payments: readonly Payment[], said: Return): number {
  if (said.atMs > order.expiresAtMs) return 0
  const named = payments.find((payment) => payment.paymentId === said.paymentId)
  if (named !== undefined && (named.status !== 'ready' || named.contradiction !== null)) return 0
  // Some PGs claim a failure of money that comes (docs/gateway/portone-v1.md §2.1).
  if (said.says === 'failure') return said.atMs + SETTLE_FAILURE_MS
  if (named?.details.approval === 'later') return said.atMs + LATER_APPROVAL_MS
  return said.atMs + (said.says === 'success' ? CLAIMED_SUCCESS_MS : SETTLE_SILENT_MS)
}

export const keptOf = (order: Order, payments: readonly Payment[]): Payment | null =>
  payments.find((payment) => payment.paymentId === order.keptPaymentId) ?? null

/**
 * The amount that the shop holds for an order, in minor units. It counts from the order's amount, which the kept payment matched: a larger amount
 * reported later is a contradiction.
 */
export function balanceOf(order: Order, payments: readonly Payment[]): number {
  const kept = keptOf(order, payments)
  return kept === null || !heldMoney(kept) ? 0 : Math.max(0, order.amount - kept.cancelledAmount)
}

/** Whether the amount and currency are exactly the order's. */
export const isExact = (order: Order, facts: Facts): boolean =>
  amountOf(facts) === order.amount && currencyOf(facts) === order.currency

/** Whether a virtual account can still finalise the order: issued for exactly its amount, and not in an earlier life of the order id (M-21). */
export const awaitsDeposit = (order: Order, payment: Payment): boolean =>
  payment.status === 'awaiting_deposit' &&
  countsStill(order, payment) &&
  isExact(order, payment) &&
  isOfThisLife(order, payment)

/** Not begun before the order adopts payments: an order id may have been used before (M-21). */
const isOfThisLife = (order: Order, payment: Payment): boolean =>
  (begunAtMs(payment) ?? order.registeredAtMs) >= order.adoptsFromMs

/** An order keeps waiting for an account until its contradiction is certain, but does not start waiting for a contradictory one. */
const countsStill = ({ status }: Order, { contradiction }: Payment): boolean =>
  contradiction === null || (!contradiction.isCertain && status === 'awaiting_deposit')

/** The status of an order, a pure and total function of the held facts. */
export function statusOf(order: Order, payments: readonly Payment[], nowMs: number): OrderStatus {
  const kept = keptOf(order, payments)
  if (kept !== null && heldMoney(kept)) {
    if (kept.cancelledAmount === 0) return 'paid'
    return balanceOf(order, payments) > 0 ? 'partially_cancelled' : 'cancelled'
  }
  if (order.emptyAfterDeadline && nowMs >= deadlineOf(order, payments)) return 'expired'
  // A closed order does not wait for its virtual accounts.
  if (order.closedAtMs !== null) return 'expired'
  // An expired order stays expired, whatever the clock or a new account says. Only kept money changes it.
  if (order.status === 'expired') return 'expired'
  return payments.some((payment) => awaitsDeposit(order, payment)) ? 'awaiting_deposit' : 'open'
}
