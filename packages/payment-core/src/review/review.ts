import { z } from 'zod'
import { PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import type { Payment } from '../payment/payment.ts'

/** Why a person must act. */
export const ReviewReason = z.enum([
  /** The gateway's record is contradictory, and stays so (G-09, M-12). */
  'contradiction',
  /** The gateway's record has no readable amount (G-08). */
  'bad_money',
  /** Money that the order does not keep, and that the shop's policy leaves to a person. */
  'rejected',
  'surplus',
  'late',
  'orphan',
  /** A refund that fails: refused, or never booked (M-14, M-27). */
  'cancel_failed',
  /** The payment began before the order was registered: last year's order id, another shop's, a staging copy's (M-20, M-21). */
  'predates_order',
  /** Another amount came although the gateway held one fixed: not through our window (M-22). */
  'amount_conflict',
  /** The amount and the PG's discount together are the order's (M-29). */
  'discounted',
  /** The gateway tells neither when the payment began nor when it was paid, so it is not refunded automatically (S-23). */
  'undated',
  /** More was refunded than requested, or twice (M-24). */
  'returned_more',
])
export type ReviewReason = z.infer<typeof ReviewReason>

/** A person's action: keep the money, refund it, send a refused cancel again, or leave it. */
export const ReviewAction = z.enum(['accept', 'return', 'retry', 'dismiss'])
export type ReviewAction = z.infer<typeof ReviewAction>

/** How a review ended: by the facts or by a person. */
export const ReviewEnd = z.enum(['facts', ...ReviewAction.options])
export type ReviewEnd = z.infer<typeof ReviewEnd>

/** Something that needs a person. An order can have several open reviews. */
export const Review = z.object({
  /** Unique within the order, and the same after a restore: reason, payment, and a number from the second on. */
  reviewId: z.string(),
  reason: ReviewReason,
  paymentId: PaymentId.nullable(),
  /** The amount concerned, in the order's minor units. */
  atStake: MinorUnits,
  sinceMs: z.number().int(),
  /** What was seen or tried, for a person. */
  note: z.string(),
  /** Null while it is open. */
  endedAtMs: z.number().int().nullable(),
  /** Why it ended: the facts, or the person's note. */
  endNote: z.string().nullable(),
  end: ReviewEnd.nullable(),
  /** The person or program that ended it; null if the facts did. */
  endedBy: z.string().nullable(),
})
export type Review = z.infer<typeof Review>

export const openReviews = (reviews: readonly Review[]): Review[] =>
  reviews.filter((review) => review.endedAtMs === null)

/** The oldest open review. */
export const oldestReview = (reviews: readonly Review[]): Review | null => openReviews(reviews)[0] ?? null

/** A person has dismissed a review of this payment. */
export const isDismissed = (reviews: readonly Review[], paymentId: string): boolean =>
  reviews.some((review) => review.paymentId === paymentId && review.end === 'dismiss')

/** Whether the payment has an open review. */
export const isBeforePerson = (reviews: readonly Review[], paymentId: string): boolean =>
  openReviews(reviews).some((review) => review.paymentId === paymentId)

/**
 * A person has ended the review of exactly this contradiction, so it no longer blocks. A new contradiction opens a new review. For an orphan, any
 * ended review counts.
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

/** Distinguishes the review from ended ones of the same reason and payment. */
export function reviewIdFor(
  reviews: readonly Review[],
  reason: ReviewReason,
  paymentId: string | null,
): string {
  const before = reviews.filter((each) => each.reason === reason && each.paymentId === paymentId).length
  const name = [reason, ...(paymentId === null ? [] : [paymentId])].join('-')
  return before === 0 ? name : `${name}-${before + 1}`
}
