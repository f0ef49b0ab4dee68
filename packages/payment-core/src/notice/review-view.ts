import { z } from 'zod'
import { moment, sum, text } from '../api/described.ts'
import type { Order } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { actionsFor } from '../review/review-ends.ts'
import { ReviewAction, ReviewEnd, ReviewReason, type Review } from '../review/review.ts'

/** A review in answers and notices. `atStake` in minor units, times in epoch milliseconds. */
export const ReviewView = z.object({
  id: text('The review’s id, unique within its order.', 'surplus-imp_448280090638'),
  reason: ReviewReason,
  paymentId: text('The payment concerned; null if none is.', 'imp_448280090638').nullable(),
  atStake: sum('The amount concerned'),
  since: moment('When it was opened'),
  note: text('What was seen or tried.'),
  actions: z
    .array(ReviewAction)
    .describe('The actions that `orders.resolve` accepts now; none once it has ended.'),
  ended: z
    .object({
      at: moment('When it ended'),
      how: ReviewEnd,
      by: text('Who ended it; null if the facts did.', 'key:backend').nullable(),
      note: text('Why; null without a note.').nullable(),
    })
    .nullable()
    .describe('How, by whom and why it ended; null while it is open.'),
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
