import { z } from 'zod'
import type { Notice, NoticeType } from './notice.ts'
import type { Observation } from './observation.ts'
import type { LastReturn, Order, OrderStatus } from './order.ts'
import type { Payment } from './payment.ts'
import { personally } from './personal.ts'

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

/**
 * Where a virtual account's money goes back to: there is no card to return it to (M-13). `bank` is the standard
 * three-digit code (portone.md §6.3).
 */
export const RefundAccount = z.object({
  bank: z.string().regex(/^\d{3}$/, 'a bank is its standard three-digit code'),
  account: personally(
    z.string().regex(/^\d[\d-]{5,31}$/, 'an account is its number, with or without dashes'),
  ),
  holder: personally(z.string().trim().min(1).max(40)),
  tel: personally(z.string().regex(/^[\d-]{7,16}$/)).optional(),
})
export type RefundAccount = z.infer<typeof RefundAccount>

/**
 * Something the gateway must be asked to undo, kept until it is done or a person's: money that goes back (by a cause of
 * ours, or because the shop asked), or an account nobody should pay into any more. One intent a cause and payment (S-08).
 */
export type CancelIntent = {
  readonly intentId: string
  readonly orderId: string
  readonly paymentId: string
  /** Minor units; 0 for an account that is closed. */
  readonly amount: number
  /**
   * What the payment will hold when this intent's turn comes; the gateway is asked to check it (`checksum`, M-06).
   */
  readonly expectedBalance: number
  readonly cause: 'rejected' | 'surplus' | 'late' | 'shop' | 'account'
  readonly reason: string
  readonly refundAccount: RefundAccount | null
}

/** One line of the order's history: what happened, from where to where, and why. */
export type TimelineEntry = {
  readonly event: NoticeType | 'payment.seen' | 'cancel.asked'
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
