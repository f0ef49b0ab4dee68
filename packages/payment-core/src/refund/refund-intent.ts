import type { CancelIntent } from '../decision/decision.ts'
import type { Order } from '../order/order.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import { partsOf } from '../money/tax-parts.ts'

type RefundTerms = Pick<CancelIntent, 'intentId' | 'cause' | 'reason' | 'refundAccount'>

/** Refunds all that is left of a payment. */
export function refundIntent(order: Order, payment: Payment, terms: RefundTerms): CancelIntent {
  const amount = remainderOf(payment)
  return {
    ...terms,
    orderId: order.orderId,
    paymentId: payment.paymentId,
    amount,
    expectedBalance: amount,
    ...partsOf(order, amount),
  }
}
