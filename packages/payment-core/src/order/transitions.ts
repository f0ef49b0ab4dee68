import type { NoticeType } from '../notice/notice.ts'
import type { OrderStatus } from './order.ts'

/** One edge of the order's graph, with the event that announces it. */
export type Transition = { readonly from: OrderStatus; readonly to: OrderStatus; readonly event: NoticeType }

/** All transitions of an order. No edge leads out of `cancelled` (S-06). */
export const transitions: readonly Transition[] = [
  { from: 'open', to: 'awaiting_deposit', event: 'payment.awaiting_deposit' },
  { from: 'open', to: 'awaiting_deposit', event: 'order.review_ended' }, // the account's contradiction is resolved
  { from: 'open', to: 'paid', event: 'payment.paid' },
  { from: 'open', to: 'cancelled', event: 'payment.cancelled' }, // the money came and went before any look-up (M-26)
  { from: 'open', to: 'expired', event: 'order.expired' },
  { from: 'open', to: 'expired', event: 'order.closed' }, // the shop closed the order (M-31)
  { from: 'awaiting_deposit', to: 'open', event: 'payment.failed' }, // the account was closed before a deposit
  { from: 'awaiting_deposit', to: 'open', event: 'payment.rejected' }, // a deposit into a test channel's account
  { from: 'awaiting_deposit', to: 'open', event: 'payment.returned' }, // the same, returned
  { from: 'awaiting_deposit', to: 'open', event: 'order.review' }, // its account is contradictory, or its money in doubt
  { from: 'awaiting_deposit', to: 'paid', event: 'payment.paid' },
  { from: 'awaiting_deposit', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'awaiting_deposit', to: 'expired', event: 'order.expired' },
  { from: 'awaiting_deposit', to: 'expired', event: 'order.closed' },
  { from: 'expired', to: 'paid', event: 'payment.paid' }, // late money, accepted by policy (M-16)
  { from: 'expired', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'paid', to: 'partially_cancelled', event: 'payment.partially_cancelled' },
  { from: 'paid', to: 'cancelled', event: 'payment.cancelled' },
  { from: 'partially_cancelled', to: 'partially_cancelled', event: 'payment.partially_cancelled' },
  { from: 'partially_cancelled', to: 'cancelled', event: 'payment.cancelled' },
]

/** Whether the table declares the edge. Events that move nothing (`payment.surplus`, `order.review` …) have no edge. */
export const isDeclared = (move: Transition): boolean =>
  transitions.some((edge) => edge.from === move.from && edge.to === move.to && edge.event === move.event)
