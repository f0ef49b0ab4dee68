import type { DecisionBuilder } from './decision-builder.ts'
import { remainderOf, type Payment } from '../payment/payment.ts'
import { isBooked, returnedUnder, returnedUnmarked } from '../refund/requested-refund.ts'

/**
 * Compares the cancels in the gateway's record with the requested refunds. What the record shows is done, even if a person was called for it
 * (M-25). What it shows twice, or in excess, goes to a person (M-24, S-24).
 */
export function matchRefunds(builder: DecisionBuilder, payment: Payment): void {
  const isBack = remainderOf(payment) === 0 && payment.cancelledAmount > 0
  const refunds = builder.input.requestedRefunds.filter((each) => each.paymentId === payment.paymentId)
  const isAlone = refunds.filter((each) => each.cancelledBefore !== null).length === 1
  for (const refund of refunds) {
    const booked = returnedUnder(refund.intentId, payment)
    const sum = booked.reduce((total, each) => total + each, 0)
    if (!refund.isDone && (isBooked(refund, payment) || (isBack && refund.amount > 0))) {
      builder.executed.push(refund.intentId)
      builder.note('cancel.done', payment.paymentId, refund.intentId)
    }
    if (booked.length > 1 || sum > refund.amount) {
      const note = `${refund.amount} was asked back, ${sum} went back in ${booked.length} cancels`
      builder.openReview('returned_more', payment, Math.max(0, sum - refund.amount), note)
    }
    const unmarked =
      isAlone && booked.length === 0 && refund.amount > 0 ? returnedUnmarked(refund, payment) : 0
    if (unmarked > refund.amount) {
      const note = `${refund.amount} was asked back, and ${unmarked} went back meanwhile under nobody's mark`
      builder.openReview('returned_more', payment, unmarked - refund.amount, note)
    }
  }
  const sums = refunds.filter((each) => each.amount > 0)
  const isAllExecuted =
    sums.length > 0 && sums.every((each) => each.isDone || builder.executed.includes(each.intentId))
  if (isBack || isAllExecuted)
    builder.endReviews(payment, ['cancel_failed'], 'the gateway’s record shows the money returned')
  if (isBack)
    builder.endReviews(
      payment,
      ['rejected', 'surplus', 'late', 'predates_order', 'amount_conflict', 'discounted', 'undated'],
      'all of its money is back',
    )
}
