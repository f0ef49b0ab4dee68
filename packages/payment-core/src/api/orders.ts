import { z } from 'zod'
import { CancelCause, CancelState } from '../decision/decision.ts'
import { NoticeType, OrderSummary } from '../notice/notice.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentView } from '../notice/payment-view.ts'
import { ReviewReason } from '../review/review.ts'
import { ReviewView } from '../notice/review-view.ts'
import { strictInput } from './strict-input.ts'

/** What `orders.get` and `orders.list` give, and how a list is asked for. */

export const NoticeState = z.enum(['waiting', 'delivered', 'parked'])
export type NoticeState = z.infer<typeof NoticeState>

/** Something the gateway was asked to undo, and what has become of it. */
export const CancelView = z.object({
  id: z.string(),
  paymentId: z.string(),
  /** Minor units; 0 for an account that is closed. */
  amount: z.number(),
  cause: CancelCause,
  state: CancelState,
  /** How often it was worked on: sent, or looked for. */
  tries: z.number().int(),
  /** The gateway's own last word, or why there was none. */
  lastAnswer: z.string().nullable(),
  requestedAt: z.number().int(),
  /** Who asked for it; null for Landfall itself. */
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

/** Where a page of a list goes on: what the page before gave, unchanged. */
export const PageCursor = z.string().max(200).nullish()
export const PageLimit = z.number().int().min(1).max(100).default(20)
/** Epoch milliseconds: from this one on, and before that one. */
export const Moment = z.number().int().nonnegative()

/**
 * `orders.list`. The oldest registration comes first. A page may hold fewer orders than asked for, or none, and still not be the last: the last
 * one has no `nextCursor`.
 */
export const ListInput = strictInput({
  status: OrderStatus.optional(),
  /** Only what needs a person. Then orphan payments and `totals` come along. */
  review: z.boolean().optional(),
  /** Only what needs a person for this reason. */
  reviewReason: ReviewReason.optional(),
  /** By the time of registration. */
  from: Moment.optional(),
  to: Moment.optional(),
  /** Exactly one of the strings of its `reference`. */
  reference: z.string().trim().min(1).max(200).optional(),
  /** An order id, a payment id or a string of `reference` as it is; or the beginning of an order id or of a name. */
  text: z.string().trim().min(1).max(200).optional(),
  cursor: PageCursor,
  limit: PageLimit,
  /** The next page of orphans, as `nextOrphan` said it. */
  orphanCursor: PageCursor,
})
export type ListInput = z.output<typeof ListInput>

/** How much waits for a person, by reason and currency. */
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
  /** Over every review that is open, whatever else was asked for; null unless asked for review, and on later pages. */
  totals: z.array(ReviewTotal).nullable(),
  /**
   * Payments of orders nobody registered here that need a person, each with the reviews that `orders.resolve` ends; given when asked for review, on
   * the first page and with `orphanCursor`.
   */
  orphans: z.array(PaymentView.extend({ orderId: z.string(), reviews: z.array(ReviewView) })),
  nextOrphan: z.string().nullable(),
})
export type OrderList = z.infer<typeof OrderList>
