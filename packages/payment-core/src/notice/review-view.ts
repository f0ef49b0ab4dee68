import { z } from 'zod'
import type { Order } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { actionsFor } from '../review/review-ends.ts'
import { ReviewAction, ReviewEnd, ReviewReason, type Review } from '../review/review.ts'

/** A review in answers and notices. `atStake` in minor units, times in epoch milliseconds. */
export const ReviewView = z.object({
  id: z.string(),
  reason: ReviewReason,
  paymentId: z.string().nullable(),
  atStake: z.number(),
  since: z.number().int(),
  /** What was seen or tried. */
  note: z.string(),
  /** The actions that `orders.resolve` accepts now; none once it has ended. */
  actions: z.array(ReviewAction),
  /** How, by whom and why it ended; null while it is open. `by` is null if the facts ended it. */
  ended: z
    .object({ at: z.number().int(), how: ReviewEnd, by: z.string().nullable(), note: z.string().nullable() })
    .nullable(),
})
export type ReviewView = z.infer<typeof ReviewView>

export function reviewView(review: Review, order: Order, payments: readonly Payment[]): ReviewView {
  const { reviewId, reason, paymentId, atStake, sinceMs, note, endedAtMs, end, endedBy, endNote } = review
  const isOpen = endedAtMs === null
  return {
    id: reviewId,
    reason,
    paymentId,
    atStake,
    since: sinceMs,
    note,
    actions: isOpen ? actionsFor(order, payments, review) : [],
    ended: isOpen ? null : { at: endedAtMs, how: end ?? 'facts', by: endedBy, note: endNote },
  }
}
