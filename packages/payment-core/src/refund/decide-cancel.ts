import type { CancelIntent, RefundAccount } from '../decision/decision.ts'
import { keptOf, type Order } from '../order/order.ts'
import { amountOf, heldMoney, type Payment } from '../payment/payment.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { settledByPerson } from '../review/review.ts'
import { partsOf, type TaxParts } from '../money/tax-parts.ts'

export type CancelRequest = {
  readonly intentId: string
  /** Which payment's money; null for the one the order keeps. */
  readonly paymentId: string | null
  /** The sum to give back, in minor units; null for all that is left. */
  readonly amount: number | null
  readonly reason: string
  readonly refundAccount: RefundAccount | null
  /** Parts of the sum, where the shop names them; else in the order's own proportion (M-28). */
  readonly taxFree?: number | undefined
  readonly vat?: number | undefined
}

/** What earlier requests are giving back, or have given. */
export type Waiting = {
  readonly amount: number
  readonly taxFree: number | null
  readonly vat: number | null
}

/**
 * May the shop give this much back? What is left is what the payment holds less what other requests are already giving back, so that two at once
 * cannot exceed it (M-07, M-08). Of money that is not the order's, and of none but the payment that is named, never the kept payment's instead
 * (M-30). A deposited account needs an account to go back to (M-13).
 */
export function decideCancel(
  order: Order,
  payments: readonly Payment[],
  /** Earlier requests about this payment that are not executed yet. */
  waiting: readonly Waiting[],
  /** Earlier requests about it that are. */
  executed: readonly Waiting[],
  request: CancelRequest,
): Result<CancelIntent, Problem> {
  const { orderId } = order
  const payment = cancelled(order, payments, request.paymentId)
  if (payment === null || !heldMoney(payment)) return fail({ kind: 'nothing_to_cancel', orderId })
  if (payment.contradiction !== null && !settledByPerson(order.reviews, payment))
    return fail({ kind: 'under_review', orderId })
  const whole = payment.standing === 'kept' ? order.amount : amountOf(payment)
  const left = whole - payment.cancelledAmount - waiting.reduce((sum, each) => sum + each.amount, 0)
  if (left <= 0) return fail({ kind: 'nothing_to_cancel', orderId })
  const amount = request.amount ?? left
  if (amount > left) return fail({ kind: 'cancel_too_large', orderId, left })
  if (payment.details.method === 'virtual_account' && request.refundAccount === null)
    return fail({ kind: 'refund_account_needed', orderId })
  const parts =
    payment.standing === 'kept'
      ? partsLeft(order, amount === left, amount, [...waiting, ...executed], request)
      : partsNamed(order, amount, request)
  if (parts === null) return fail({ kind: 'cancel_parts_too_large', orderId })
  return ok({
    ...parts,
    intentId: request.intentId,
    orderId,
    paymentId: payment.paymentId,
    amount,
    expectedBalance: left,
    cause: 'shop',
    reason: request.reason,
    refundAccount: request.refundAccount,
  })
}

const cancelled = (order: Order, payments: readonly Payment[], paymentId: string | null): Payment | null =>
  paymentId === null
    ? keptOf(order, payments)
    : (payments.find((payment) => payment.paymentId === paymentId) ?? null)

/** Of money that is not the order's: as named, or in the order's proportion. */
function partsNamed(
  order: Order,
  amount: number,
  named: Pick<CancelRequest, 'taxFree' | 'vat'>,
): TaxParts | null {
  const usual = partsOf(order, amount)
  const parts = { taxFree: named.taxFree ?? usual.taxFree, vat: named.vat ?? usual.vat }
  return (parts.taxFree ?? 0) + (parts.vat ?? 0) <= amount ? parts : null
}

/**
 * The tax-free and VAT parts of a refund: as named, or in proportion; with the last of the money goes what is left of each. Null when a part
 * is more than the sum, or than is left of it.
 */
function partsLeft(
  order: Order,
  isRest: boolean,
  amount: number,
  earlier: readonly Waiting[],
  named: Pick<CancelRequest, 'taxFree' | 'vat'>,
): TaxParts | null {
  const left = (share: number | null, key: 'taxFree' | 'vat'): number | null =>
    share === null ? null : share - earlier.reduce((sum, each) => sum + (each[key] ?? 0), 0)
  const [freeLeft, vatLeft] = [left(order.taxFree, 'taxFree'), left(order.vat, 'vat')]
  const usual = isRest ? { taxFree: freeLeft, vat: vatLeft } : partsOf(order, amount)
  // Earlier refunds may have left more of a part than money: then it is all of the money.
  const taxFree = named.taxFree ?? atMost(usual.taxFree, freeLeft, amount - (named.vat ?? 0))
  const vat = named.vat ?? atMost(usual.vat, vatLeft, amount - (taxFree ?? 0))
  const parts = { taxFree, vat }
  const fits = (part: number | null, rest: number | null): boolean => (part ?? 0) <= (rest ?? Infinity)
  const isWhole = (parts.taxFree ?? 0) + (parts.vat ?? 0) <= amount
  return fits(parts.taxFree, freeLeft) && fits(parts.vat, vatLeft) && isWhole ? parts : null
}

/** An order that names a part has a rest of it. */
const atMost = (part: number | null, rest: number | null, money: number): number | null =>
  part === null ? null : Math.max(0, Math.min(part, rest ?? 0, money))
