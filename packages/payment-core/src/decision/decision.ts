import { z } from 'zod'
import type { Notice, NoticeType } from '../notice/notice.ts'
import type { Observation } from '../payment/observation.ts'
import type { RequestedRefund } from '../refund/requested-refund.ts'
import type { Evidence } from './evidence.ts'
import type { Order, OrderStatus, Return } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { personally } from '../personal.ts'

/**
 * What to do with money that is not the kept payment's. Orphans are always for a person.
 */
export type Policy = {
  readonly onRejected: 'cancel' | 'review'
  readonly onSurplus: 'cancel' | 'review'
  readonly onLate: 'accept' | 'cancel' | 'review'
  /** Money of an order that the shop had called off. */
  readonly onClosed: 'cancel' | 'review'
  /** A test channel's payment is not money: accepted only where a shop is being built (G-12). */
  readonly allowTestChannel: boolean
  /** Money of a try begun in time is accepted so long after the deadline (M-16). */
  readonly acceptLateMs: number
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
  /** What the customer said that caused this look, when something did. */
  readonly returned: Return | null
  readonly evidence: Evidence
  /** What has been asked back of this order's payments; needed only where money is seen to have gone back. */
  readonly requestedRefunds: readonly RequestedRefund[]
  readonly policy: Policy
  /** The person or program whose act this is; omitted where nobody acts. */
  readonly actor?: string | null
  readonly nowMs: number
  /** `nowMs` as RFC 3339, for the notices. */
  readonly nowIso: string
}

/**
 * Where a virtual account's money goes back to: there is no card to return it to (M-13). `bank` is the standard
 * three-digit code (docs/gateway/portone-v1.md §6.3).
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

/** Money the order does not keep, the shop's own wish, an account nobody should pay into, or a person's end of a review. */
export const CancelCause = z.enum(['rejected', 'surplus', 'late', 'shop', 'account', 'person'])
export type CancelCause = z.infer<typeof CancelCause>

/**
 * What has become of something that was asked of the gateway. `requested`: stored, not sent. `accepted`: the gateway said yes
 * and its record does not show it yet, as with PGs that book later. `unknown`: sent, and no answer that could be read. `refused`: the gateway's
 * own word. `done`: its record shows it. `over`: a person was called, and nothing more is sent.
 */
export const CancelState = z.enum(['requested', 'accepted', 'unknown', 'refused', 'done', 'over'])
export type CancelState = z.infer<typeof CancelState>

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
  readonly cause: CancelCause
  readonly reason: string
  readonly refundAccount: RefundAccount | null
  /** Parts of `amount`, in minor units; null where the order did not say (M-28). */
  readonly taxFree: number | null
  readonly vat: number | null
}

/** One line of the order's history: what happened, from where to where, and why. */
export type TimelineEntry = {
  readonly event:
    | NoticeType
    | 'payment.seen'
    | 'payment.contradicted'
    | 'payment.agreed'
    | 'cancel.asked'
    | 'cancel.decided'
    | 'cancel.done'
    | 'claim.heard'
    | 'account.not_closed'
    | 'order.changed'
    | 'review.resolved'
    | 'order.registered'
    | 'notice.replayed'
  readonly paymentId: string | null
  readonly from: OrderStatus | null
  readonly to: OrderStatus | null
  readonly reason: string
  /** Who did it; absent or null for Landfall itself. */
  readonly actor?: string | null
  /** What the look was made for. */
  readonly because?: string | null
}

/** What a person's end of a review does to a cancel that stands there already: it is sent again, or no more. */
export type CancelMove = {
  readonly intentId: string
  readonly from: CancelState
  readonly to: 'requested' | 'unknown' | 'over'
  /** Told anew where one is needed: it is not kept with what has ended (P-04). */
  readonly refundAccount: RefundAccount | null
}

export type Decision = {
  readonly order: Order | null
  /** Only the payments whose facts or standing changed. */
  readonly payments: readonly Payment[]
  readonly notices: readonly Notice[]
  readonly intents: readonly CancelIntent[]
  /** Intents whose mark the gateway's record bears, or whose money is all gone: they are done, whoever was called for them (M-25). */
  readonly executed: readonly string[]
  readonly timeline: readonly TimelineEntry[]
  /** Cancels that a person has sent on their way again, or stopped. */
  readonly moved?: readonly CancelMove[]
  /** The observation that finalised the order, on the one occasion that happens (S-01). */
  readonly proof: Observation | null
}
