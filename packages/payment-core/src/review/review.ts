import { z } from 'zod'
import { explained } from '../api/described.ts'
import { PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import type { Payment } from '../payment/payment.ts'

export const ReviewReason = explained('Why a person must act.', {
  contradiction: 'the gateway’s record is contradictory, and stays so',
  bad_money: 'the gateway’s record has no readable amount',
  rejected: 'money of another amount, currency or channel, which the shop’s policy leaves to a person',
  surplus: 'a second payment, which the shop’s policy leaves to a person',
  late: 'money after the order expired, which the shop’s policy leaves to a person',
  orphan: 'a payment whose order is not registered',
  cancel_failed: 'a refund that fails: refused, or never booked',
  predates_order:
    'the payment began before the order was registered: last year’s order id, another shop’s, a staging copy’s',
  amount_conflict: 'another amount came although the gateway held one fixed, so not through our window',
  discounted: 'the amount and the PG’s discount together are the order’s',
  undated:
    'the gateway tells neither when the payment began nor when it was paid, so it is not refunded automatically',
  disputed: 'the customer disputes the payment at the card company or the PG',
  returned_more: 'more was refunded than requested, or twice',
})
export type ReviewReason = z.infer<typeof ReviewReason>

export const ReviewAction = explained('What a person does about a review.', {
  accept: 'keep the money as the order’s payment',
  return: 'refund all that is left',
  retry: 'send the refused refund again',
  dismiss: 'do nothing more here',
})
export type ReviewAction = z.infer<typeof ReviewAction>

export const ReviewEnd = explained('How the review ended.', {
  facts: 'by itself, because the gateway’s record shows that nothing is left to do',
  accept: 'a person kept the money',
  return: 'a person refunded it',
  retry: 'a person had the refund sent again',
  dismiss: 'a person left it',
})
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
