import { z } from 'zod'
import { RefundAccount } from '../decision/decision.ts'
import { OrderId } from '../order/ids.ts'
import { OrderView } from './orders.ts'
import { ReviewAction, ReviewEnd } from '../review/review.ts'

/** The reason for an action, which the order's story shows. */
const Note = z.string().trim().min(1).max(500)

/** `orders.resolve`: ends a review. Repeating the same action gives the same answer. */
export const ResolveInput = z.strictObject({
  /** For a payment of an unregistered order: the order id that the gateway names. */
  orderId: z.string().min(1).max(100),
  reviewId: z.string().min(1).max(200),
  action: ReviewAction,
  note: Note,
  /** The account that receives the money; required for a virtual account's payment. */
  refundAccount: RefundAccount.optional(),
})
export type ResolveInput = z.output<typeof ResolveInput>

export const ResolveAnswer = z.object({
  orderId: z.string(),
  reviewId: z.string(),
  /** `facts`: the review had ended by itself when the gateway was asked. */
  end: ReviewEnd,
  endedAt: z.number().int(),
  /** Who ended it; null if the facts did. */
  endedBy: z.string().nullable(),
  note: z.string(),
  /** The order afterwards; null for a payment of an unregistered order. */
  order: OrderView.nullable(),
})
export type ResolveAnswer = z.infer<typeof ResolveAnswer>

/** `orders.close`: closes an unpaid order. */
export const CloseInput = z.strictObject({ orderId: OrderId, reason: Note.optional() })
export type CloseInput = z.output<typeof CloseInput>
