import { isExact, type Order } from '../order/order.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import type { Review, ReviewAction, ReviewReason } from './review.ts'

/**
 * The actions that can end a review, by its reason. `accept`: the money is exactly the order's and becomes its payment. `return`: refund all that
 * is left. `retry`: send the refused cancel again. `dismiss`: do nothing more here. A review also ends when the gateway's record shows that nothing
 * is left to do.
 */
export const reviewEnds: Readonly<Record<ReviewReason, readonly ReviewAction[]>> = {
  contradiction: ['accept', 'return', 'dismiss'],
  bad_money: ['dismiss'],
  rejected: ['return', 'dismiss'],
  surplus: ['return', 'dismiss'],
  late: ['accept', 'return', 'dismiss'],
  orphan: ['return', 'dismiss'],
  cancel_failed: ['retry', 'return', 'dismiss'],
  predates_order: ['accept', 'return', 'dismiss'],
  amount_conflict: ['return', 'dismiss'],
  discounted: ['return', 'dismiss'],
  undated: ['return', 'dismiss'],
  disputed: ['return', 'dismiss'],
  returned_more: ['dismiss'],
}

/**
 * The actions possible now. Money can be kept only if it is exactly the order's and the order has none. Only money that is there can be refunded.
 */
export function actionsFor(order: Order, payments: readonly Payment[], review: Review): ReviewAction[] {
  const payment = payments.find(({ paymentId }) => paymentId === review.paymentId) ?? null
  return reviewEnds[review.reason].filter((action) => {
    if (action === 'accept') return payment !== null && isAcceptable(order, payment)
    if (action === 'return' || action === 'retry') return payment !== null && remainderOf(payment) > 0
    return true
  })
}

/** The full amount is still there, in a live channel, it is the order's, and the order has no payment. */
export const isAcceptable = (order: Order, payment: Payment): boolean =>
  order.keptPaymentId === null &&
  payment.orderId === order.orderId &&
  isExact(order, payment) &&
  payment.amounts.length === 1 &&
  !payment.testChannel &&
  payment.cancelledAmount === 0 &&
  remainderOf(payment) > 0

/** Whether a person must decide before money of this reason is kept or refunded. */
export const isLeftAlone = (reason: ReviewReason): boolean =>
  reason !== 'cancel_failed' && reason !== 'returned_more' && reason !== 'bad_money' && reason !== 'disputed'
