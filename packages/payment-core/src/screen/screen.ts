import { z } from 'zod'
import { FailReason } from '../payment/fail-reason.ts'
import { AccountLines, OrderLines, PaymentLines } from './screen-lines.ts'

/**
 * `full`: the holder of the order's own link. `outcome`: somebody whose payment the gateway ties to it; kind
 * and sentence only.
 */
export const Scope = z.enum(['full', 'outcome'])
export type Scope = z.infer<typeof Scope>

const AtMs = z.number().int()
const base = { scope: Scope, order: OrderLines.nullable() }

/**
 * What this viewer may be told, from the record alone (S-22). Null rows are withheld (scope `outcome`) or
 * unknown. Amounts in minor units, times in epoch milliseconds.
 */
export const Screen = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('checking'),
    /**
     * `confirming`: a try is under way. `not_started`: nothing has been heard of a payment. `deposit_overdue`: the account's time is up, and
     * whether a deposit came is being asked. `review`: a person is looking.
     */
    because: z.enum(['confirming', 'not_started', 'deposit_overdue', 'review']),
    sinceMs: AtMs.nullable(),
  }),
  z.object({
    ...base,
    kind: z.literal('paid'),
    payment: PaymentLines.nullable(),
    /** Money beside this payment that is on its way back. */
    goesBack: z.number(),
    /** Money beside this payment that the shop has been told of, because a person must act. */
    withShop: z.number(),
  }),
  z.object({ ...base, kind: z.literal('awaiting_deposit'), account: AccountLines.nullable() }),
  z.object({
    ...base,
    kind: z.literal('failed'),
    reason: FailReason,
    /** The gateway's own words, as small print: cut and cleaned, never interpreted. */
    message: z.string().nullable(),
    /** May the customer pay again? Never while money may be on its way, nor where the gateway would refuse the number (M-32). */
    tryAgain: z.boolean(),
    /** The number is spent: the customer has to order anew. */
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
    /**
     * `order`: the shop's payment was returned. Otherwise money that could not be accepted went back; the order's number is spent.
     */
    because: z.enum(['order', 'rejected', 'surplus', 'late']),
    /** Never: what was once paid is refused by the gateway for ever. */
    tryAgain: z.literal(false),
    orderAnew: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal('expired'),
    /** `closed`: the shop called the order off. */
    because: z.enum(['deadline', 'closed']),
    sinceMs: AtMs,
  }),
  z.object({
    ...base,
    kind: z.literal('returning'),
    because: z.enum(['rejected', 'surplus', 'late']),
    /** False once a person must act: the shop has been told, and nothing more is promised. */
    isOnItsWay: z.boolean(),
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    payment: PaymentLines.nullable(),
  }),
  z.object({ ...base, kind: z.literal('not_found') }),
])
export type Screen = z.infer<typeof Screen>
export type ScreenKind = Screen['kind']

/** An open page goes on following an expired order for so long: money may still come. */
const FOLLOWS_EXPIRED_MS = 15 * 60_000

/** Screens after which a page need not ask again by itself. */
export function isFinal(screen: Screen, nowMs: number): boolean {
  if (screen.kind === 'expired') return nowMs - screen.sinceMs >= FOLLOWS_EXPIRED_MS
  // Money that could not be accepted went back, and the order is still unpaid: another try of it may be under way (S-22).
  if (screen.kind === 'cancelled') return screen.because === 'order'
  return finalKinds.has(screen.kind)
}
const finalKinds = new Set<ScreenKind>(['paid', 'partially_cancelled', 'not_found'])

/**
 * What is shown when no order can be: *checking* while a first look-up is due, then neutral, alike for
 * unknown and foreign orders.
 */
export const screenOfNothing = (waiting: boolean, sinceMs: number): Screen =>
  waiting
    ? { kind: 'checking', scope: 'outcome', order: null, because: 'confirming', sinceMs }
    : { kind: 'not_found', scope: 'outcome', order: null }
