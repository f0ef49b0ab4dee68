import type { CancelIntent } from '../decision/decision.ts'
import type { Order } from '../order/order.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import { partsOf } from '../money/tax-parts.ts'

/** Refunds all that is left of money that the order does not keep. One intent for each payment (S-08). */
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
