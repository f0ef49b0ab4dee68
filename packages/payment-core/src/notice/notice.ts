import { z } from 'zod'
import { currencyCode, explained, moment, sum, text } from '../api/described.ts'
import { balanceOf, type Order, OrderStatus } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { PaymentView, viewOf } from './payment-view.ts'
import { Reference } from '../order/reference.ts'
import { oldestReview, openReviews, type Review, ReviewReason } from '../review/review.ts'
import { ReviewView, reviewView } from './review-view.ts'

/** What each notice announces. */
export const noticeMeanings = {
  'payment.paid': 'the order has its payment',
  'payment.awaiting_deposit': 'a virtual account is issued; nothing is paid yet',
  'payment.failed': 'a try to pay failed; the order stays open',
  'payment.partially_cancelled': 'a part of the kept payment was refunded',
  'payment.cancelled': 'the whole kept payment was refunded',
  'payment.rejected': 'money of another amount, currency or channel came, and is not kept',
  'payment.surplus': 'a second payment came, and is not kept',
  'payment.returned': 'money that was not kept is back with the customer',
  'order.expired': 'the order’s time is over without money',
  'order.closed': 'the shop closed the order',
  'order.review': 'a person must act; `data.review` says why',
  'order.review_ended': 'the review in `data.review` ended',
} as const

export const NoticeType = explained('What the notice announces.', noticeMeanings)
export type NoticeType = z.infer<typeof NoticeType>

/**
 * An order in answers and notices. It has no `returnUrl`, because that contains a token for the order's screen, and notices pass through queues and
 * logs. `orders.get` gives it.
 */
export const OrderSummary = z.object({
  orderId: text('The shop’s id of the order.', 'ord-1001'),
  name: text('What is sold, as the customer sees it.', '제주 한라봉 드립백'),
  amount: sum('The amount to pay'),
  currency: currencyCode(),
  taxFree: sum('The tax-free part of the amount', 'Null if the shop gave none.').nullable(),
  vat: sum('The VAT in the amount', 'Null if the shop gave none.').nullable(),
  status: OrderStatus,
  balance: sum('What the shop holds: paid and not refunded'),
  review: z
    .object({ reason: ReviewReason })
    .nullable()
    .describe('The oldest of `reviews`; null if there is none.'),
  reviews: z.array(ReviewView).describe('The open reviews, oldest first.'),
  reference: Reference.nullable().describe('The shop’s own strings, as registered; null without any.'),
  returnTo: text('The shop’s page that the customer returns to; null if the shop gave none.').nullable(),
  registeredAt: moment('When the order was registered first'),
  expiresAt: moment('When the order expires unless money comes'),
  closedAt: moment('When the shop closed the order', 'Null if it has not.').nullable(),
  amountFixed: z
    .boolean()
    .describe('True if the gateway refuses any other amount for this order before its window opens.'),
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
  timestamp: text('When it was recorded here, by RFC 3339.', '2026-11-02T03:00:00.000Z'),
  sequence: z
    .number()
    .int()
    .positive()
    .meta({ description: 'Counts from 1 for each order, without gaps.', examples: [1] }),
  data: z
    .object({
      order: OrderSummary.describe('The order right after the event. Believe its `status`, not the `type`.'),
      payment: PaymentView.nullable().describe('The payment that the notice is about; null without one.'),
      review: ReviewView.optional().describe('The review that was opened or ended.'),
    })
    .describe('What the notice is about.'),
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
