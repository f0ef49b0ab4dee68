import { z } from 'zod'
import { CancelCause, CancelState } from '../decision/decision.ts'
import { NoticeType, OrderSummary } from '../notice/notice.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentView } from '../notice/payment-view.ts'
import { ReviewReason } from '../review/review.ts'
import { ReviewView } from '../notice/review-view.ts'
import { strictInput } from './strict-input.ts'

/** The answers of `orders.get` and `orders.list`, and the input of the list. */

export const NoticeState = z.enum(['waiting', 'delivered', 'parked'])
export type NoticeState = z.infer<typeof NoticeState>

/** Something that the gateway was asked to undo. */
export const CancelView = z.object({
  id: z.string(),
  paymentId: z.string(),
  /** Minor units; 0 for closing a virtual account. */
  amount: z.number(),
  cause: CancelCause,
  state: CancelState,
  /** How often it was sent or looked up. */
  tries: z.number().int(),
  /** The gateway's last answer, or why there was none. */
  lastAnswer: z.string().nullable(),
  requestedAt: z.number().int(),
  /** Who requested it; null for Landfall itself. */
  actor: z.string().nullable(),
})
export type CancelView = z.infer<typeof CancelView>

export const OrderView = OrderSummary.extend({
  returnUrl: z.string(),
  payments: z.array(PaymentView),
  cancels: z.array(CancelView),
  notices: z.array(
    z.object({ id: z.string(), type: NoticeType, sequence: z.number().int(), state: NoticeState }),
  ),
})
export type OrderView = z.infer<typeof OrderView>

/** Continues a list: the cursor of the previous page, unchanged. */
export const PageCursor = z.string().max(200).nullish()
export const PageLimit = z.number().int().min(1).max(100).default(20)
/** Epoch milliseconds. A lower bound is inclusive, an upper bound exclusive. */
export const Moment = z.number().int().nonnegative()

/** `orders.list`, oldest registration first. A page may hold fewer orders than `limit`, or none. The last page has no `nextCursor`. */
export const ListInput = strictInput({
  status: OrderStatus.optional(),
  /** Only orders with an open review. The answer then includes orphan payments and `totals`. */
  review: z.boolean().optional(),
  /** Only orders with an open review for this reason. */
  reviewReason: ReviewReason.optional(),
  /** The times compared are those of registration. */
  from: Moment.optional(),
  to: Moment.optional(),
  /** Exactly one of the strings in `reference`. */
  reference: z.string().trim().min(1).max(200).optional(),
  /** A whole order id, payment id or string of `reference`, or the beginning of an order id or name. */
  text: z.string().trim().min(1).max(200).optional(),
  cursor: PageCursor,
  limit: PageLimit,
  /** The next page of orphans, from `nextOrphan`. */
  orphanCursor: PageCursor,
})
export type ListInput = z.output<typeof ListInput>

/** The open reviews, by reason and currency. */
export const ReviewTotal = z.object({
  reason: ReviewReason,
  currency: z.string(),
  count: z.number().int(),
  /** Minor units. */
  atStake: z.number(),
})
export type ReviewTotal = z.infer<typeof ReviewTotal>

export const OrderList = z.object({
  orders: z.array(OrderView),
  nextCursor: z.string().nullable(),
  /** Totals over all open reviews, whatever the other filters; null unless `review` is set, and on later pages. */
  totals: z.array(ReviewTotal).nullable(),
  /**
   * Payments of unregistered orders that need a person, with the reviews that `orders.resolve` ends. Given with `review` on the first page, and
   * with `orphanCursor`.
   */
  orphans: z.array(PaymentView.extend({ orderId: z.string(), reviews: z.array(ReviewView) })),
  nextOrphan: z.string().nullable(),
})
export type OrderList = z.infer<typeof OrderList>
