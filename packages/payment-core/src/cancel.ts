import type { CancelIntent, RefundAccount } from './decision.ts'
import { keptOf, type Order } from './order.ts'
import { heldMoney, type Payment } from './payment.ts'
import type { Problem } from './problem.ts'
import { fail, ok, type Result } from './result.ts'

export type CancelRequest = {
  readonly intentId: string
  /** The sum to give back, in minor units; null for all that is left. */
  readonly amount: number | null
  readonly reason: string
  readonly refundAccount: RefundAccount | null
}

/**
 * May the shop give this much of an order back? What is left is what the kept payment holds less what other requests are already
 * giving back, so that two at once cannot exceed it (M-07, M-08). A deposited account needs an account to go back to (M-13).
 */
export function decideCancel(
  order: Order,
  payments: readonly Payment[],
  /** Amounts of earlier requests that are not executed yet. */
  waiting: readonly number[],
  request: CancelRequest,
): Result<CancelIntent, Problem> {
  const { orderId } = order
  const kept = keptOf(order, payments)
  if (kept === null || !heldMoney(kept)) return fail({ kind: 'nothing_to_cancel', orderId })
  if (kept.contradiction !== null) return fail({ kind: 'under_review', orderId })
  const left = order.amount - kept.cancelledAmount - waiting.reduce((sum, each) => sum + each, 0)
  if (left <= 0) return fail({ kind: 'nothing_to_cancel', orderId })
  const amount = request.amount ?? left
  if (amount > left) return fail({ kind: 'cancel_too_large', orderId, left })
  if (kept.details.method === 'virtual_account' && request.refundAccount === null)
    return fail({ kind: 'refund_account_needed', orderId })
  return ok({
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
