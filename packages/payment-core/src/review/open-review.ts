import type { Decision, DecideInput } from '../decision/decision.ts'
import { DecisionBuilder } from '../decision/decision-builder.ts'
import type { Order } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { openReviews, type ReviewReason } from './review.ts'

type ReviewCall = {
  readonly reason: ReviewReason
  /** The payment concerned, even if it is not stored. */
  readonly paymentId?: string | null
  readonly payment: Payment | null
  readonly atStake: number
  readonly note: string
}

/** Opens a review for something other than an observation: unreadable money, or a cancel that fails. Null if such a review is open. */
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

/** Ends reviews that the facts have ended without a look-up of their payment; null if there is none. */
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
