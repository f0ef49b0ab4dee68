import type { NoticeType } from '../notice/notice.ts'
import type { OrderStatus } from './order.ts'

/** One edge of the order's graph: an event that is announced, and what it turns the order into. */
export type Transition = { readonly from: OrderStatus; readonly to: OrderStatus; readonly event: NoticeType }

/** Every way an order can move. There is no other, and no edge leads out of `cancelled` (S-06). */
export const transitions: readonly Transition[] = [
  { from: 'open', to: 'awaiting_deposit', event: 'payment.awaiting_deposit' },
  { from: 'open', to: 'awaiting_deposit', event: 'order.review_ended' }, // its account contradicts itself no longer
  { from: 'open', to: 'paid', event: 'payment.paid' },
  { from: 'open', to: 'cancelled', event: 'payment.cancelled' }, // the money came and went before anybody looked (M-26)
  { from: 'open', to: 'expired', event: 'order.expired' },
  { from: 'open', to: 'expired', event: 'order.closed' }, // the shop called it off (M-31)
  { from: 'awaiting_deposit', to: 'open', event: 'payment.failed' }, // the account was closed before anybody paid
  { from: 'awaiting_deposit', to: 'open', event: 'payment.rejected' }, // paid into an account of a test channel
  { from: 'awaiting_deposit', to: 'open', event: 'payment.returned' }, // the same, and it is back
  { from: 'awaiting_deposit', to: 'open', event: 'order.review' }, // its account contradicts itself, or its money is in doubt
  { from: 'awaiting_deposit', to: 'paid', event: 'payment.paid' },
  { from: 'awaiting_deposit', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'awaiting_deposit', to: 'expired', event: 'order.expired' },
  { from: 'awaiting_deposit', to: 'expired', event: 'order.closed' },
  { from: 'expired', to: 'paid', event: 'payment.paid' }, // money that came late and is accepted by policy (M-16)
  { from: 'expired', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'paid', to: 'partially_cancelled', event: 'payment.partially_cancelled' },
  { from: 'paid', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'partially_cancelled', to: 'partially_cancelled', event: 'payment.partially_cancelled' },
  { from: 'partially_cancelled', to: 'cancelled', event: 'payment.cancelled' },
]

/**
 * True for an edge of the table. Events that move nothing (`payment.surplus`, `order.review` …) are no edges.
 */
export const isDeclared = (move: Transition): boolean =>
  transitions.some((edge) => edge.from === move.from && edge.to === move.to && edge.event === move.event)
