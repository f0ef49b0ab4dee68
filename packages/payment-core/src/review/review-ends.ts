import { isExact, type Order } from '../order/order.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import type { Review, ReviewAction, ReviewReason } from './review.ts'

/**
 * How a person may end a review, by its reason. `accept`: the money is exactly the order's and becomes its payment. `return`: all that is left of it
 * goes back. `retry`: the refused cancel is sent again. `dismiss`: nothing more is done here. Every reason also ends by itself once the gateway's
 * record shows that nothing is left to see to.
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
  returned_more: ['dismiss'],
}

/** What can be done about this one now: money is kept only if it is exactly the order's and the order has none, and only money that is there goes back. */
export function actionsFor(order: Order, payments: readonly Payment[], review: Review): ReviewAction[] {
  const payment = payments.find(({ paymentId }) => paymentId === review.paymentId) ?? null
  return reviewEnds[review.reason].filter((action) => {
    if (action === 'accept') return payment !== null && isAcceptable(order, payment)
    if (action === 'return' || action === 'retry') return payment !== null && remainderOf(payment) > 0
    return true
  })
}

/** All of it is still there, it is the order's sum in a live channel, and the order has no payment yet. */
export const isAcceptable = (order: Order, payment: Payment): boolean =>
  order.keptPaymentId === null &&
  payment.orderId === order.orderId &&
  isExact(order, payment) &&
  payment.amounts.length === 1 &&
  !payment.testChannel &&
  payment.cancelledAmount === 0 &&
  remainderOf(payment) > 0

/** Money of this reason is neither kept nor given back before a person has decided. */
export const isLeftAlone = (reason: ReviewReason): boolean =>
  reason !== 'cancel_failed' && reason !== 'returned_more' && reason !== 'bad_money'
