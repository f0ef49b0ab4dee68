import type { Notice, NoticeType } from './notice.ts'
import type { Observation } from './observation.ts'
import type { LastReturn, Order, OrderStatus } from './order.ts'
import type { Payment } from './payment.ts'

/**
 * What to do with money that is not the kept payment's (product.md §2.2). Orphans are always for a person.
 */
export type Policy = {
  readonly onRejected: 'cancel' | 'review'
  readonly onSurplus: 'cancel' | 'review'
  readonly onLate: 'accept' | 'cancel' | 'review'
  /** A test channel's payment is not money: accepted only where a shop is being built (G-12). */
  readonly allowTestChannel: boolean
}

export type DecideInput = {
  /**
   * Held before the look-up began, so that a fact that shrinks is a contradiction and not an older answer.
   */
  readonly order: Order | null
  readonly payments: readonly Payment[]
  /** The look-up: all payments of the order, or the one payment asked for. */
  readonly seen: readonly Observation[]
  readonly look: { readonly by: 'order' | 'payment'; readonly beganAtMs: number }
  /** The return that caused this look, when one did. */
  readonly returned: LastReturn | null
  readonly policy: Policy
  readonly nowMs: number
  /** `nowMs` as RFC 3339, for the notices. */
  readonly nowIso: string
}

/** Money that must go back: one intent per automatic cause and payment, hence its id (S-08). */
export type CancelIntent = {
  readonly intentId: string
  readonly orderId: string
  readonly paymentId: string
  readonly amount: number
  /** What the payment held when this was decided; the gateway is asked to check it (`checksum`, M-06). */
  readonly expectedBalance: number
  readonly cause: 'rejected' | 'surplus' | 'late'
  readonly reason: string
}

/** One line of the order's history: what happened, from where to where, and why. */
export type TimelineEntry = {
  readonly event: NoticeType | 'payment.seen'
  readonly paymentId: string | null
  readonly from: OrderStatus | null
  readonly to: OrderStatus | null
  readonly reason: string
}

export type Decision = {
  readonly order: Order | null
  /** Only the payments whose facts or standing changed. */
  readonly payments: readonly Payment[]
  readonly notices: readonly Notice[]
  readonly intents: readonly CancelIntent[]
  readonly timeline: readonly TimelineEntry[]
  /** The observation that finalised the order, on the one occasion that happens (S-01). */
  readonly proof: Observation | null
}
