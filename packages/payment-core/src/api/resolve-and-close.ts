import { z } from 'zod'
import { moment, text } from './described.ts'
import { RefundAccount } from '../decision/decision.ts'
import { AnyOrderId, OrderId } from '../order/ids.ts'
import { OrderView } from './orders.ts'
import { ReviewAction, ReviewEnd } from '../review/review.ts'

const Note = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'Why, in the shop’s words. The order’s story shows it.', examples: ['고객 요청'] })

/** `orders.resolve`: ends a review. Repeating the same action gives the same answer. */
export const ResolveInput = z.strictObject({
  orderId: AnyOrderId,
  reviewId: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'The review’s id, from `reviews`.', examples: ['surplus-imp_448280090638'] }),
  action: ReviewAction,
  note: Note,
  refundAccount: RefundAccount.optional(),
})
export type ResolveInput = z.output<typeof ResolveInput>

export const ResolveAnswer = z.object({
  orderId: text('The order’s id.', 'ord-1001'),
  reviewId: text('The review’s id.', 'surplus-imp_448280090638'),
  end: ReviewEnd,
  endedAt: moment('When it ended'),
  endedBy: text('Who ended it; null if the facts did.', 'key:backend').nullable(),
  note: text('Why it ended.', '고객 요청'),
  order: OrderView.nullable().describe('The order afterwards; null for a payment of an unregistered order.'),
})
export type ResolveAnswer = z.infer<typeof ResolveAnswer>

/** `orders.close`: closes an unpaid order. */
export const CloseInput = z.strictObject({ orderId: OrderId, reason: Note.optional() })
export type CloseInput = z.output<typeof CloseInput>
