import type { CancelIntent } from '../decision/decision.ts'
import type { Order } from '../order/order.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import { partsOf } from '../money/tax-parts.ts'

/** Sends back all that is left of money the order does not keep: one intent a payment (S-08). */
export function refundIntent(
  order: Order,
  payment: Payment,
  cause: 'rejected' | 'surplus' | 'late',
  reason: string,
): CancelIntent {
  const amount = remainderOf(payment)
  return {
    intentId: `auto-${payment.paymentId}`,
    orderId: order.orderId,
    paymentId: payment.paymentId,
    amount,
    expectedBalance: amount,
    cause,
    reason,
    refundAccount: null,
    ...partsOf(order, amount),
  }
}
