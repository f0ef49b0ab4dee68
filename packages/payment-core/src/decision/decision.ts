import { z } from 'zod'
import { explained } from '../api/described.ts'
import type { Notice, NoticeType } from '../notice/notice.ts'
import type { Observation } from '../payment/observation.ts'
import type { RequestedRefund } from '../refund/requested-refund.ts'
import type { Evidence } from './evidence.ts'
import type { Order, OrderStatus, Return } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { personally } from '../personal.ts'

/** What to do with money that the order does not keep. Orphans always go to a person. */
export type Policy = {
  readonly onRejected: 'cancel' | 'review'
  readonly onSurplus: 'cancel' | 'review'
  readonly onLate: 'accept' | 'cancel' | 'review'
  /** For money of an order that the shop had closed. */
  readonly onClosed: 'cancel' | 'review'
  /** Accept payments of a test channel, which are not money. Only for building a shop (G-12). */
  readonly allowTestChannel: boolean
  /** How long after the deadline money is accepted if its payment began in time (M-16). */
  readonly acceptLateMs: number
}

export type DecideInput = {
  /** Held before the look-up began. So a fact that shrinks is a contradiction, and not an older answer. */
  readonly order: Order | null
  readonly payments: readonly Payment[]
  /** The look-up: all payments of the order, or the one requested. */
  readonly seen: readonly Observation[]
  readonly look: { readonly by: 'order' | 'payment'; readonly beganAtMs: number }
  /** The customer's return that caused this look-up, if one did. */
  readonly returned: Return | null
  readonly evidence: Evidence
  /** The refunds requested for this order's payments. Needed only when the record shows a cancel. */
  readonly requestedRefunds: readonly RequestedRefund[]
  readonly policy: Policy
  /** The person or program that acts; omitted when nobody does. */
  readonly actor?: string | null
  readonly nowMs: number
  /** `nowMs` as RFC 3339, for the notices. */
  readonly nowIso: string
}

/**
 * The account for refunds of a virtual account's deposit, which has no card to return to (M-13). `bank` is the standard three-digit code
 * (docs/gateway/portone-v1.md §6.3).
 */
export const RefundAccount = z
  .object({
    bank: z
      .string()
      .regex(/^\d{3}$/, 'a bank is its standard three-digit code')
      .meta({ description: 'The bank’s standard three-digit code.', examples: ['088'] }),
    account: personally(
      z
        .string()
        .regex(/^\d[\d-]{5,31}$/, 'an account is its number, with or without dashes')
        .meta({ description: 'The account’s number, with or without dashes.', examples: ['110-123-456789'] }),
    ),
    holder: personally(
      z
        .string()
        .trim()
        .min(1)
        .max(40)
        .meta({ description: 'The name of the account’s holder.', examples: ['홍길동'] }),
    ),
    tel: personally(
      z
        .string()
        .regex(/^[\d-]{7,16}$/)
        .meta({
          description: 'The holder’s telephone number. Some PGs require it.',
          examples: ['010-1234-5678'],
        }),
    ).optional(),
  })
  .describe(
    'The account that receives the money. Required for a payment into a virtual account, which has no card to return to.',
  )
export type RefundAccount = z.infer<typeof RefundAccount>

export const CancelCause = explained('Why the gateway was asked.', {
  rejected: 'money of another amount, currency or channel',
  surplus: 'a second payment of the order',
  late: 'money that came after the order had expired',
  shop: 'the shop requested a refund',
  account: 'a virtual account is closed, and no money moves',
  person: 'a person’s end of a review',
})
export type CancelCause = z.infer<typeof CancelCause>

export const CancelState = explained('The state of the request to the gateway.', {
  requested: 'stored, not sent',
  accepted: 'the gateway agreed, but its record does not show it yet',
  unknown: 'sent without a readable answer',
  refused: 'by the gateway itself',
  done: 'the gateway’s record shows it',
  over: 'a person was called, and nothing more is sent',
})
export type CancelState = z.infer<typeof CancelState>

/**
 * A stored request to undo something at the gateway: a refund, or the closing of a virtual account. It is kept until it is done or before a person.
 * One intent for each cause and payment (S-08).
 */
export type CancelIntent = {
  readonly intentId: string
  readonly orderId: string
  readonly paymentId: string
  /** Minor units; 0 for closing a virtual account. */
  readonly amount: number
  /** The payment's expected balance when the intent is sent, which the gateway checks (M-06). */
  readonly expectedBalance: number
  readonly cause: CancelCause
  readonly reason: string
  readonly refundAccount: RefundAccount | null
  /** Parts of `amount`, in minor units; null if the order has none (M-28). */
  readonly taxFree: number | null
  readonly vat: number | null
}

/** One line of the order's history. */
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
    | 'order.erased'
  readonly paymentId: string | null
  readonly from: OrderStatus | null
  readonly to: OrderStatus | null
  readonly reason: string
  /** Who did it; absent or null for Landfall itself. */
  readonly actor?: string | null
  /** The triggers of the look-up. */
  readonly because?: string | null
}

/** How a person's decision changes an existing cancel: it is sent again, or stopped. */
export type CancelMove = {
  readonly intentId: string
  readonly from: CancelState
  readonly to: 'requested' | 'unknown' | 'over'
  /** Given again where one is needed, because it is not kept with an ended cancel (P-04). */
  readonly refundAccount: RefundAccount | null
}

export type Decision = {
  readonly order: Order | null
  /** Only the payments whose facts or standing changed. */
  readonly payments: readonly Payment[]
  readonly notices: readonly Notice[]
  readonly intents: readonly CancelIntent[]
  /** Intents that the gateway's record shows done, even if a person was called for them (M-25). */
  readonly executed: readonly string[]
  readonly timeline: readonly TimelineEntry[]
  /** Cancels that a person has sent again or stopped. */
  readonly moved?: readonly CancelMove[]
  /** The observation that finalised the order, in that one decision (S-01). */
  readonly proof: Observation | null
}
