import type { Decision, DecideInput } from '../decision/decision.ts'
import { DecisionBuilder } from '../decision/decision-builder.ts'
import type { Order } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { openReviews, type ReviewReason } from './review.ts'

export type ReviewCall = {
  readonly reason: ReviewReason
  /** The payment it is about, also one that is not held. */
  readonly paymentId?: string | null
  readonly payment: Payment | null
  readonly atStake: number
  readonly note: string
}

/**
 * Puts an order before a person for something that is no observation: money that cannot be read, a cancel that does not succeed. Null when one is
 * called for that already.
 */
export function openReviewFor(
  input: DecideInput & { readonly order: Order },
  { reason, payment, paymentId = payment?.paymentId ?? null, atStake, note }: ReviewCall,
): (Decision & { readonly order: Order }) | null {
  const open = openReviews(input.order.reviews)
  if (open.some((each) => each.reason === reason && each.paymentId === paymentId)) return null
  const builder = new DecisionBuilder(input, input.order)
  builder.openReview(reason, payment, atStake, note, paymentId)
  return builder.decision()
}

/** Ends what the facts have ended and no payment's look has: null when there is nothing to end. */
export function endReviewFor(
  input: DecideInput & { readonly order: Order },
  reason: ReviewReason,
  paymentId: string | null,
  note: string,
): (Decision & { readonly order: Order }) | null {
  const builder = new DecisionBuilder(input, input.order)
  builder.endReviews(null, [reason], note, { end: 'facts', endedBy: null }, paymentId)
  return builder.notices.length === 0 ? null : builder.decision()
}
