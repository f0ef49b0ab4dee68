import type { Decision, DecideInput } from './decision.ts'
import { DecisionBuilder } from './decision-builder.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { closeAccount } from './classify-payment.ts'

/**
 * Closes an unpaid order for the shop. Its virtual accounts are closed where the PG can, and money that still comes is not kept (M-31). Null when
 * the order is closed already.
 */
export function closeOrder(
  input: DecideInput & { readonly order: Order; readonly actor: string },
  reason: string,
): Result<(Decision & { readonly order: Order }) | null, Problem> {
  const { orderId, status, closedAtMs, keptPaymentId } = input.order
  if (closedAtMs !== null) return ok(null)
  if (keptPaymentId !== null) return fail({ kind: 'order_has_payment', orderId, status })
  const builder = new DecisionBuilder(input, { ...input.order, closedAtMs: input.nowMs })
  builder.announce({ type: 'order.closed', payment: null, to: 'expired', mark: 0, why: reason })
  for (const payment of builder.payments())
    closeAccount(builder, payment, 'the shop has called the order off')
  return ok(builder.decision())
}
