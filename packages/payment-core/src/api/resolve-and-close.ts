import { z } from 'zod'
import { RefundAccount } from '../decision/decision.ts'
import { OrderId } from '../order/ids.ts'
import { OrderView } from './orders.ts'
import { ReviewAction, ReviewEnd } from '../review/review.ts'

/** What a person has to say about an act: it stands in the order's story. */
const Note = z.string().trim().min(1).max(500)

/** `orders.resolve`: a person's end of a review. Again with the same action it gives the same answer. */
export const ResolveInput = z.strictObject({
  /** Of a payment that is nobody's here: the number the gateway names. */
  orderId: z.string().min(1).max(100),
  reviewId: z.string().min(1).max(200),
  action: ReviewAction,
  note: Note,
  /** Where the money goes back to; needed for a virtual account's. */
  refundAccount: RefundAccount.optional(),
})
export type ResolveInput = z.output<typeof ResolveInput>

export const ResolveAnswer = z.object({
  orderId: z.string(),
  reviewId: z.string(),
  /** `facts`: it had ended by itself when the gateway was asked. */
  end: ReviewEnd,
  endedAt: z.number().int(),
  /** Who ended it; null for the facts. */
  endedBy: z.string().nullable(),
  note: z.string(),
  /** The order afterwards; null for a payment that is nobody's here. */
  order: OrderView.nullable(),
})
export type ResolveAnswer = z.infer<typeof ResolveAnswer>

/** `orders.close`: calls an unpaid order off. */
export const CloseInput = z.strictObject({ orderId: OrderId, reason: Note.optional() })
export type CloseInput = z.output<typeof CloseInput>
