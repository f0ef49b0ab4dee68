import { z } from 'zod'
import { balanceOf, type Order, OrderStatus } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { PaymentView, viewOf } from './payment-view.ts'
import { Reference } from '../order/reference.ts'
import { oldestReview, openReviews, type Review, ReviewReason } from '../review/review.ts'
import { ReviewView, reviewView } from './review-view.ts'

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

/**
 * An order as answers and notices alike show it. A notice has no `returnUrl`: that carries a token which opens the order's own screen, and a notice
 * is kept in queues and logs on its way, where no such token belongs. Whoever needs it asks `orders.get`.
 */
export const OrderSummary = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  /** Parts of the amount, in minor units; null where the shop did not say. */
  taxFree: z.number().nullable(),
  vat: z.number().nullable(),
  status: OrderStatus,
  /** What the shop holds: paid and not returned. */
  balance: z.number(),
  /** The oldest of `reviews`. */
  review: z.object({ reason: ReviewReason }).nullable(),
  /** What a person must see to, oldest first. */
  reviews: z.array(ReviewView),
  /** The shop's own strings, as it registered them. */
  reference: Reference.nullable(),
  returnTo: z.string().nullable(),
  registeredAt: z.number().int(),
  expiresAt: z.number().int(),
  /** When the shop called it off. */
  closedAt: z.number().int().nullable(),
  amountFixed: z.boolean(),
})
export type OrderSummary = z.infer<typeof OrderSummary>

export function summaryOf(order: Order, payments: readonly Payment[]): OrderSummary {
  const oldest = oldestReview(order.reviews)
  const { orderId, name, amount, currency, taxFree, vat, status, reference, returnTo } = order
  return {
    orderId,
    name,
    amount,
    currency,
    taxFree,
    vat,
    status,
    balance: balanceOf(order, payments),
    review: oldest === null ? null : { reason: oldest.reason },
    reviews: openReviews(order.reviews).map((review) => reviewView(review, order, payments)),
    reference,
    returnTo,
    registeredAt: order.registeredAtMs,
    expiresAt: order.expiresAtMs,
    closedAt: order.closedAtMs,
    amountFixed: order.amountFixedAtMs !== null,
  }
}

/** The body of a notice, as the shop receives it. */
export const NoticeBody = z.object({
  type: NoticeType,
  /** RFC 3339, when it was recorded here. */
  timestamp: z.string(),
  /** Per order from 1, without gaps. */
  sequence: z.number().int().positive(),
  data: z.object({
    order: OrderSummary,
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
        order: summaryOf(order, input.payments),
        payment: payment === null ? null : viewOf(payment),
        ...(review === null ? {} : { review: reviewView(review, order, input.payments) }),
      },
    },
  }
}
