import type { CancelIntent, RefundAccount } from './decision.ts'
import { keptOf, type Order } from './order.ts'
import { heldMoney, type Payment } from './payment.ts'
import type { Problem } from './problem.ts'
import { fail, ok, type Result } from './result.ts'
import { partsOf, type TaxParts } from './tax-parts.ts'

export type CancelRequest = {
  readonly intentId: string
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
 * May the shop give this much of an order back? What is left is what the kept payment holds less what other requests are already
 * giving back, so that two at once cannot exceed it (M-07, M-08). A deposited account needs an account to go back to (M-13).
 */
export function decideCancel(
  order: Order,
  payments: readonly Payment[],
  /** Earlier requests that are not executed yet. */
  waiting: readonly Waiting[],
  /** Earlier requests that are. */
  executed: readonly Waiting[],
  request: CancelRequest,
): Result<CancelIntent, Problem> {
  const { orderId } = order
  const kept = keptOf(order, payments)
  if (kept === null || !heldMoney(kept)) return fail({ kind: 'nothing_to_cancel', orderId })
  if (kept.contradiction !== null) return fail({ kind: 'under_review', orderId })
  const left = order.amount - kept.cancelledAmount - waiting.reduce((sum, each) => sum + each.amount, 0)
  if (left <= 0) return fail({ kind: 'nothing_to_cancel', orderId })
  const amount = request.amount ?? left
  if (amount > left) return fail({ kind: 'cancel_too_large', orderId, left })
  if (kept.details.method === 'virtual_account' && request.refundAccount === null)
    return fail({ kind: 'refund_account_needed', orderId })
  const parts = partsLeft(order, amount === left, amount, [...waiting, ...executed], request)
  if (parts === null) return fail({ kind: 'cancel_parts_too_large', orderId })
  return ok({
    ...parts,
    intentId: request.intentId,
    orderId,
    paymentId: kept.paymentId,
    amount,
    expectedBalance: left,
    cause: 'shop',
    reason: request.reason,
    refundAccount: request.refundAccount,
  })
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
  const parts = {
    taxFree: named.taxFree ?? atMost(usual.taxFree, freeLeft),
    vat: named.vat ?? atMost(usual.vat, vatLeft),
  }
  const fits = (part: number | null, rest: number | null): boolean =>
    part === null || (part <= amount && (rest === null || part <= rest))
  const isWhole = (parts.taxFree ?? 0) + (parts.vat ?? 0) <= amount
  return fits(parts.taxFree, freeLeft) && fits(parts.vat, vatLeft) && isWhole ? parts : null
}

const atMost = (part: number | null, rest: number | null): number | null =>
  part === null || rest === null ? part : Math.max(0, Math.min(part, rest))
