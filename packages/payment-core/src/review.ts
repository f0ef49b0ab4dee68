import type { Decision, DecideInput } from './decision.ts'
import { Draft } from './draft.ts'
import type { Order, ReviewReason } from './order.ts'
import type { Payment } from './payment.ts'

/**
 * Puts an order before a person for something that is no observation: money that cannot be read, a cancel
 * that was refused for good. Null when the order is under review already: the first reason stays until
 * somebody has dealt with it.
 */
export function flagForReview(
  input: DecideInput & { readonly order: Order },
  reason: ReviewReason,
  payment: Payment | null,
  why: string,
): (Decision & { readonly order: Order }) | null {
  if (input.order.review !== null) return null
  const draft = new Draft(input, { ...input.order, review: reason })
  draft.announce('order.review', payment, input.order.status, reason, why)
  return draft.decision()
}
