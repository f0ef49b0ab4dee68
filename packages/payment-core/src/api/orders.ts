import { z } from 'zod'
import { count, currencyCode, explained, moment, sum, text } from './described.ts'
import { CancelCause, CancelState } from '../decision/decision.ts'
import { NoticeType, OrderSummary } from '../notice/notice.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentView } from '../notice/payment-view.ts'
import { ReviewReason } from '../review/review.ts'
import { ReviewView } from '../notice/review-view.ts'
import { strictInput } from './strict-input.ts'

/** The answers of `orders.get` and `orders.list`, and the input of the list. */

export const NoticeState = explained('How far the delivery is.', {
  waiting: 'it is sent, and sent again until the shop answers with 2xx',
  delivered: 'the shop answered with 2xx',
  parked: 'given up; `notices.replay` sends it again',
})
export type NoticeState = z.infer<typeof NoticeState>

/** Something that the gateway was asked to undo. */
export const CancelView = z.object({
  id: text('The id of the request.', 'shop-imp_448280090638-1'),
  paymentId: text('The payment concerned.', 'imp_448280090638'),
  amount: sum('The amount to refund; 0 for closing a virtual account'),
  cause: CancelCause,
  state: CancelState,
  tries: count('How often it was sent or looked up.'),
  lastAnswer: text('The gateway’s last answer, or why there was none; null before the first.').nullable(),
  requestedAt: moment('When it was requested'),
  actor: text('Who requested it; null for Landfall itself.', 'key:backend').nullable(),
})
export type CancelView = z.infer<typeof CancelView>

export const noticeIdField = () =>
  text('The notice’s id, the same each time it is sent.', 'payment%2Epaid:ord-1001:imp_448280090638:0')

export const OrderView = OrderSummary.extend({
  returnUrl: text('The address that the gateway sends the customer back to (`m_redirect_url`).'),
  payments: z.array(PaymentView).describe('Every try to pay, oldest first.'),
  cancels: z.array(CancelView).describe('What the gateway was asked to undo, oldest first.'),
  notices: z
    .array(
      z.object({
        id: noticeIdField(),
        type: NoticeType,
        sequence: count('Counts from 1 for each order, without gaps.'),
        state: NoticeState,
      }),
    )
    .describe('The notices about the order, oldest first.'),
})
export type OrderView = z.infer<typeof OrderView>

export const PageCursor = z
  .string()
  .max(200)
  .nullish()
  .describe('The cursor of the previous page, unchanged; omitted for the first page.')
export const PageLimit = z.number().int().min(1).max(100).default(20).describe('The most rows of one page.')
/** Epoch milliseconds. A lower bound is inclusive, an upper bound exclusive. */
export const Moment = z.number().int().nonnegative()

/** `orders.list`, oldest registration first. A page may hold fewer orders than `limit`, or none. The last page has no `nextCursor`. */
export const ListInput = strictInput({
  status: OrderStatus.optional().describe('Only orders of this status.'),
  review: z
    .boolean()
    .optional()
    .describe('Only orders with an open review. The answer then includes orphan payments and `totals`.'),
  reviewReason: ReviewReason.optional().describe('Only orders with an open review for this reason.'),
  from: Moment.optional().describe('Only orders registered at this time or later, in epoch milliseconds.'),
  to: Moment.optional().describe('Only orders registered before this time, in epoch milliseconds.'),
  reference: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Exactly one of the strings in `reference`.', examples: ['cart-77'] }),
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({
      description:
        'A whole order id, payment id or string of `reference`, or the beginning of an order id or name.',
      examples: ['ord-10'],
    }),
  cursor: PageCursor,
  limit: PageLimit,
  orphanCursor: PageCursor.describe('The next page of orphans: `nextOrphan` of the previous page.'),
})
export type ListInput = z.output<typeof ListInput>

/** The open reviews, by reason and currency. */
export const ReviewTotal = z.object({
  reason: ReviewReason,
  currency: currencyCode(),
  count: count('The number of open reviews.'),
  atStake: z.number().describe('The sum of their amounts, in minor units of the currency.'),
})
export type ReviewTotal = z.infer<typeof ReviewTotal>

export const OrphanPayment = PaymentView.extend({
  orderId: text('The order id that the gateway names.', 'ord-1001'),
  reviews: z.array(ReviewView).describe('What `orders.resolve` can end.'),
})

export const nextPage = (meaning: string) => text(meaning).nullable()

export const OrderList = z.object({
  orders: z.array(OrderView).describe('Oldest registration first.'),
  nextCursor: nextPage('The `cursor` of the next page; null on the last.'),
  totals: z
    .array(ReviewTotal)
    .nullable()
    .describe(
      'Totals over all open reviews, whatever the other filters; null unless `review` is set, and on later pages.',
    ),
  orphans: z
    .array(OrphanPayment)
    .describe(
      'Payments of unregistered orders that need a person. Given with `review` on the first page, and with `orphanCursor`.',
    ),
  nextOrphan: nextPage('The `orphanCursor` of the next page; null on the last.'),
})
export type OrderList = z.infer<typeof OrderList>
