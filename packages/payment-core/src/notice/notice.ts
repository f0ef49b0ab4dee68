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
 * An order in answers and notices. It has no `returnUrl`, because that contains a token for the order's screen, and notices pass through queues and
 * logs. `orders.get` gives it.
 */
export const OrderSummary = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  /** Parts of the amount, in minor units; null if the shop gave none. */
  taxFree: z.number().nullable(),
  vat: z.number().nullable(),
  status: OrderStatus,
  /** The amount that the shop holds: paid and not returned. */
  balance: z.number(),
  /** The oldest of `reviews`. */
  review: z.object({ reason: ReviewReason }).nullable(),
  /** The open reviews, oldest first. */
  reviews: z.array(ReviewView),
  /** The shop's own strings, as registered. */
  reference: Reference.nullable(),
  returnTo: z.string().nullable(),
  registeredAt: z.number().int(),
  expiresAt: z.number().int(),
  /** When the shop closed the order. */
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

/** The body of a notice, as the shop receives it. It is stored as it was first sent, so that an old or replayed one lacks newer fields. */
export const NoticeBody = z.object({
  type: NoticeType,
  /** RFC 3339, when it was recorded here. */
  timestamp: z.string(),
  /** Counts from 1 for each order, without gaps. */
  sequence: z.number().int().positive(),
  data: z.object({
    order: OrderSummary,
    payment: PaymentView.nullable(),
    /** The review that was opened or ended. */
    review: ReviewView.optional(),
  }),
})
export type NoticeBody = z.infer<typeof NoticeBody>

export type Notice = {
  /** Made from the content, never from a counter, so that a restored backup derives the same id (S-02, C-09). */
  readonly id: string
  readonly orderId: string
  readonly type: NoticeType
  readonly sequence: number
  readonly body: NoticeBody
}

/**
 * `payment%2Epaid:ord-1001:imp_123:0`: type, order, payment, total cancelled. Full stops are escaped because Standard Webhooks separates its signed
 * text with them, and colons so that no two announcements share an id.
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

/** The notice of one event. `order` and `payment` are as they stand right after it (S-13). */
export function noticeOf(input: {
  type: NoticeType
  order: Order
  payments: readonly Payment[]
  payment: Payment | null
  /** The review that opened or ended; null for other events. */
  review: Review | null
  /** The total cancelled or the review's id, which distinguishes announcements of one type. */
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
