import type { CancelIntent, RefundAccount } from '../decision/decision.ts'
import { keptOf, type Order } from '../order/order.ts'
import { amountOf, heldMoney, type Payment } from '../payment/payment.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { settledByPerson } from '../review/review.ts'
import { partsOf, type TaxParts } from '../money/tax-parts.ts'

export type CancelRequest = {
  readonly intentId: string
  /** The payment to refund; null for the one that the order keeps. */
  readonly paymentId: string | null
  /** The amount to refund, in minor units; null for all that is left. */
  readonly amount: number | null
  readonly reason: string
  readonly refundAccount: RefundAccount | null
  /** Parts of the amount; otherwise they follow the order's proportion (M-28). */
  readonly taxFree?: number | undefined
  readonly vat?: number | undefined
}

/** An earlier request, open or executed. */
export type Waiting = {
  readonly amount: number
  readonly taxFree: number | null
  readonly vat: number | null
}

/**
 * Decides whether the shop may refund this much. What other requests already return is subtracted, so that two requests cannot exceed the balance
 * (M-07, M-08). It refunds only the named payment, never the kept one instead (M-30). A virtual account's deposit needs an account to return to
 * (M-13).
 */
export function decideCancel(
  order: Order,
  payments: readonly Payment[],
  /** Open earlier requests for this payment. */
  waiting: readonly Waiting[],
  /** Executed earlier requests for this payment. */
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

/** For money that is not the order's: the named parts, or the order's proportion. */
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
 * The tax-free and VAT parts of a refund: as named, or in proportion. The last refund takes what is left of each part. Null if a part exceeds the
 * refund or what is left of the part.
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
  // After earlier refunds a part may exceed the money left.
  const taxFree = named.taxFree ?? atMost(usual.taxFree, freeLeft, amount - (named.vat ?? 0))
  const vat = named.vat ?? atMost(usual.vat, vatLeft, amount - (taxFree ?? 0))
  const parts = { taxFree, vat }
  const fits = (part: number | null, rest: number | null): boolean => (part ?? 0) <= (rest ?? Infinity)
  const isWhole = (parts.taxFree ?? 0) + (parts.vat ?? 0) <= amount
  return fits(parts.taxFree, freeLeft) && fits(parts.vat, vatLeft) && isWhole ? parts : null
}

/** A part has a rest if the order has the part. */
const atMost = (part: number | null, rest: number | null, money: number): number | null =>
  part === null ? null : Math.max(0, Math.min(part, rest ?? 0, money))
