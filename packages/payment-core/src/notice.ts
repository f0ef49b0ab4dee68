import { z } from 'zod'
import { balanceOf, type Order, OrderStatus } from './order.ts'
import {
  amountOf,
  currencyOf,
  heldMoney,
  Method,
  type Payment,
  paymentLadder,
  remainderOf,
  Standing,
} from './payment.ts'
import { oldestReview, type Review, ReviewReason } from './review.ts'

export const NoticeType = z.enum([
  'payment.paid',
  'payment.awaiting_deposit',
  'payment.failed',
  'payment.partially_cancelled',
  'payment.cancelled',
  'payment.rejected',
  'payment.surplus',
  'payment.returned',
  'order.expired',
  'order.closed',
  'order.review',
  'order.review_ended',
])
export type NoticeType = z.infer<typeof NoticeType>

/** A payment's state as the shop's programs see it: unlike the gateway's word, it tells a part that is back from the whole. */
export const PaymentViewStatus = z.enum([...paymentLadder, 'partially_cancelled'])

/** A payment as the shop's programs see it. Amounts in minor units. */
export const PaymentView = z.object({
  paymentId: z.string(),
  status: PaymentViewStatus,
  standing: Standing.nullable(),
  /** Its money came after the order had expired. */
  late: z.boolean(),
  amount: z.number(),
  cancelledAmount: z.number(),
  currency: z.string(),
  method: Method.nullable(),
})
export type PaymentView = z.infer<typeof PaymentView>

export const viewOf = (payment: Payment): PaymentView => ({
  paymentId: payment.paymentId,
  status: isPartlyBack(payment) ? 'partially_cancelled' : payment.status,
  standing: payment.standing,
  late: payment.late,
  amount: amountOf(payment),
  cancelledAmount: payment.cancelledAmount,
  currency: currencyOf(payment),
  method: payment.details.method,
})

const isPartlyBack = (payment: Payment): boolean =>
  heldMoney(payment) && payment.cancelledAmount > 0 && remainderOf(payment) > 0

/** A review as the shop's programs see it. `atStake` in minor units, `since` in epoch milliseconds. */
export const ReviewView = z.object({
  id: z.string(),
  reason: ReviewReason,
  paymentId: z.string().nullable(),
  atStake: z.number(),
  since: z.number().int(),
  note: z.string(),
})
export type ReviewView = z.infer<typeof ReviewView>

export const reviewView = ({ reviewId, reason, paymentId, atStake, sinceMs, note }: Review): ReviewView => ({
  id: reviewId,
  reason,
  paymentId,
  atStake,
  since: sinceMs,
  note,
})

/** The body of a notice, as the shop receives it (product.md §3.6). */
export const NoticeBody = z.object({
  type: NoticeType,
  /** RFC 3339, when it was recorded here. */
  timestamp: z.string(),
  /** Per order from 1, without gaps. */
  sequence: z.number().int().positive(),
  data: z.object({
    order: z.object({
      orderId: z.string(),
      name: z.string(),
      amount: z.number(),
      currency: z.string(),
      status: OrderStatus,
      balance: z.number(),
      review: z.object({ reason: ReviewReason }).nullable(),
    }),
    payment: PaymentView.nullable(),
    /** The review that has begun or ended. */
    review: ReviewView.optional(),
  }),
})
export type NoticeBody = z.infer<typeof NoticeBody>

export type Notice = {
  /**
   * Made from what is announced, never from a counter: a restored backup derives the same id (S-02, C-09).
   */
  readonly id: string
  readonly orderId: string
  readonly type: NoticeType
  readonly sequence: number
  readonly body: NoticeBody
}

/**
 * `payment%2Epaid:ord-1001:imp_123:0`: type, order, payment, total cancelled. Full stops are escaped, because
 * the signed text of Standard Webhooks uses them as separator; colons too, so that no two announcements share
 * an id.
 */
export function noticeId(
  type: NoticeType,
  orderId: string,
  paymentId: string | null,
  mark: string | number,
): string {
  return [type, orderId, paymentId ?? '-', String(mark)].map(segment).join(':')
}

const segment = (text: string): string =>
  text.replaceAll(/[.:%]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** What is announced of one event: `order` and `payment` as they stand right after it (S-13). */
export function noticeOf(input: {
  type: NoticeType
  order: Order
  payments: readonly Payment[]
  payment: Payment | null
  /** The review this tells of; null for anything else. */
  review: Review | null
  /** Total cancelled, or the review's id: what tells this announcement from another of its type. */
  mark: string | number
  timestamp: string
}): Notice {
  const { order, payment, type, review } = input
  const oldest = oldestReview(order.reviews)
  return {
    id: noticeId(type, order.orderId, payment?.paymentId ?? null, input.mark),
    orderId: order.orderId,
    type,
    sequence: order.sequence,
    body: {
      type,
      timestamp: input.timestamp,
      sequence: order.sequence,
      data: {
        order: {
          orderId: order.orderId,
          name: order.name,
          amount: order.amount,
          currency: order.currency,
          status: order.status,
          balance: balanceOf(order, input.payments),
          review: oldest === null ? null : { reason: oldest.reason },
        },
        payment: payment === null ? null : viewOf(payment),
        ...(review === null ? {} : { review: reviewView(review) }),
      },
    },
  }
}
