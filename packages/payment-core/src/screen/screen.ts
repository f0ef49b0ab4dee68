import { z } from 'zod'
import { FailReason } from '../payment/fail-reason.ts'
import { AccountLines, OrderLines, PaymentLines } from './screen-lines.ts'

/** `full`: for the holder of the order's own link. `outcome`: for somebody whose payment the gateway ties to the order; kind and sentence only. */
export const Scope = z.enum(['full', 'outcome'])
export type Scope = z.infer<typeof Scope>

const AtMs = z.number().int()
const base = { scope: Scope, order: OrderLines.nullable() }

/**
 * What this viewer is shown, from the record alone (S-22). Null fields are unknown, or withheld in scope `outcome`. Amounts in minor units, times
 * in epoch milliseconds.
 */
export const Screen = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('checking'),
    /**
     * `confirming`: a payment is under way. `not_started`: nothing is known of a payment. `deposit_overdue`: the account's time is up, and a
     * deposit is being looked up. `review`: a person is looking.
     */
    because: z.enum(['confirming', 'not_started', 'deposit_overdue', 'review']),
    sinceMs: AtMs.nullable(),
  }),
  z.object({
    ...base,
    kind: z.literal('paid'),
    payment: PaymentLines.nullable(),
    /** Money besides this payment that is on its way back. */
    goesBack: z.number(),
    /** Money besides this payment that needs a person at the shop. */
    withShop: z.number(),
  }),
  z.object({ ...base, kind: z.literal('awaiting_deposit'), account: AccountLines.nullable() }),
  z.object({
    ...base,
    kind: z.literal('failed'),
    reason: FailReason,
    /** The gateway's own text, as small print: shortened and cleaned, never interpreted. */
    message: z.string().nullable(),
    /** Whether the customer may pay again. Not while money may be on its way, nor when the gateway would refuse the order id (M-32). */
    tryAgain: z.boolean(),
    /** The order id is used up: the customer must order anew. */
    orderAnew: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal('partially_cancelled'),
    payment: PaymentLines.nullable(),
    cancelledAmount: z.number().nullable(),
    balance: z.number().nullable(),
  }),
  z.object({
    ...base,
    kind: z.literal('cancelled'),
    payment: PaymentLines.nullable(),
    cancelledAmount: z.number().nullable(),
    /** `order`: the kept payment was returned. Otherwise money that could not be accepted was returned, and the order id is used up. */
    because: z.enum(['order', 'rejected', 'surplus', 'late']),
    /** Never, because the gateway refuses an order id that was paid. */
    tryAgain: z.literal(false),
    orderAnew: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal('expired'),
    /** `closed`: the shop closed the order. */
    because: z.enum(['deadline', 'closed']),
    sinceMs: AtMs,
  }),
  z.object({
    ...base,
    kind: z.literal('returning'),
    because: z.enum(['rejected', 'surplus', 'late']),
    /** False once a person must act: the shop knows, and no refund is promised. */
    isOnItsWay: z.boolean(),
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    payment: PaymentLines.nullable(),
  }),
  z.object({ ...base, kind: z.literal('not_found') }),
])
export type Screen = z.infer<typeof Screen>
export type ScreenKind = Screen['kind']

/** How long an open page keeps following an expired order, because money may still come. */
const FOLLOWS_EXPIRED_MS = 15 * 60_000

/** Screens that a page need not ask for again. */
export function isFinal(screen: Screen, nowMs: number): boolean {
  if (screen.kind === 'expired') return nowMs - screen.sinceMs >= FOLLOWS_EXPIRED_MS
  // Unaccepted money was returned and the order is unpaid: another payment may be under way (S-22).
  if (screen.kind === 'cancelled') return screen.because === 'order'
  return finalKinds.has(screen.kind)
}
const finalKinds = new Set<ScreenKind>(['paid', 'partially_cancelled', 'not_found'])

/** The screen without an order: *checking* while the first look-up is due, then a neutral one, the same for unknown and foreign orders. */
export const screenOfNothing = (waiting: boolean, sinceMs: number): Screen =>
  waiting
    ? { kind: 'checking', scope: 'outcome', order: null, because: 'confirming', sinceMs }
    : { kind: 'not_found', scope: 'outcome', order: null }
