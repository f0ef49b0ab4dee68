import { z } from 'zod'
import { PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import type { Payment } from '../payment/payment.ts'

/** Why a person must look. */
export const ReviewReason = z.enum([
  /** The gateway's record contradicts itself, and goes on doing so (G-09, M-12). */
  'contradiction',
  /** The gateway's record names no readable sum (G-08). */
  'bad_money',
  /** Money that is not what the order asks, which this shop's policy leaves to a person. */
  'rejected',
  'surplus',
  'late',
  'orphan',
  /** Money that must go back and does not: refused, or never booked (M-14, M-27). */
  'cancel_failed',
  /** Its payment began before the order was registered: last year's number, another shop's, a staging copy's (M-20, M-21). */
  'predates_order',
  /** Another sum came although the gateway held one fixed for this number: it did not come through our window (M-22). */
  'amount_conflict',
  /** The sum and the PG's discount together are the order's (M-29). */
  'discounted',
  /** The gateway tells neither when the payment began nor when it was paid: nothing is sent back on that (S-23). */
  'undated',
  /** More went back than was asked for, or twice (M-24). */
  'returned_more',
])
export type ReviewReason = z.infer<typeof ReviewReason>

/** A person's end of a review: keep the money, give it back, send a refused cancel again, leave it as it is. */
export const ReviewAction = z.enum(['accept', 'return', 'retry', 'dismiss'])
export type ReviewAction = z.infer<typeof ReviewAction>

/** How a review has ended: by the facts, or by a person. */
export const ReviewEnd = z.enum(['facts', ...ReviewAction.options])
export type ReviewEnd = z.infer<typeof ReviewEnd>

/** Something a person must see to. An order may have several, open at once. */
export const Review = z.object({
  /** Unique within the order, and the same in a restored backup: reason, payment, and from the second time on the how many-th. */
  reviewId: z.string(),
  reason: ReviewReason,
  paymentId: PaymentId.nullable(),
  /** The sum this is about, in the order's minor units. */
  atStake: MinorUnits,
  sinceMs: z.number().int(),
  /** What was seen, or tried, in words for a person. */
  note: z.string(),
  /** Null while it is open. */
  endedAtMs: z.number().int().nullable(),
  /** What ended it, in words: the facts, or the note of the person who did. */
  endNote: z.string().nullable(),
  end: ReviewEnd.nullable(),
  /** The person or program that ended it; null for the facts. */
  endedBy: z.string().nullable(),
})
export type Review = z.infer<typeof Review>

export const openReviews = (reviews: readonly Review[]): Review[] =>
  reviews.filter((review) => review.endedAtMs === null)

/** The oldest that is open. */
export const oldestReview = (reviews: readonly Review[]): Review | null => openReviews(reviews)[0] ?? null

/** A person has said that nothing more is to be done about it here. */
export const isDismissed = (reviews: readonly Review[], paymentId: string): boolean =>
  reviews.some((review) => review.paymentId === paymentId && review.end === 'dismiss')

/** Is a person to see to this payment? */
export const isBeforePerson = (reviews: readonly Review[], paymentId: string): boolean =>
  openReviews(reviews).some((review) => review.paymentId === paymentId)

/**
 * A person has ended the review of just this contradiction: what the gateway's record says against itself no longer stands in the way. A new
 * contradiction is a new review. Of a payment that is nobody's here any review stands for all there is to see to.
 */
export const settledByPerson = (
  reviews: readonly Review[],
  { paymentId, contradiction, standing }: Pick<Payment, 'paymentId' | 'contradiction' | 'standing'>,
): boolean =>
  reviews.some(
    (review) =>
      review.paymentId === paymentId &&
      review.end !== null &&
      review.end !== 'facts' &&
      (standing === 'orphan' || (review.reason === 'contradiction' && review.note === contradiction?.what)),
  )

/** Told apart from earlier ones of the same reason and payment, which have ended. */
export function reviewIdFor(
  reviews: readonly Review[],
  reason: ReviewReason,
  paymentId: string | null,
): string {
  const before = reviews.filter((each) => each.reason === reason && each.paymentId === paymentId).length
  const name = [reason, ...(paymentId === null ? [] : [paymentId])].join('-')
  return before === 0 ? name : `${name}-${before + 1}`
}
