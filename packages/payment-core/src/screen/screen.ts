import { z } from 'zod'
import { currencyCode, explained, moment, sum, text } from '../api/described.ts'
import { FailReason } from '../payment/fail-reason.ts'
import { AccountLines, OrderLines, PaymentLines } from './screen-lines.ts'

export const Scope = explained('What this viewer may see.', {
  full: 'everything, for the holder of the order’s own link',
  outcome: 'kind and sentence only, for somebody whose payment the gateway ties to the order',
})
export type Scope = z.infer<typeof Scope>

const base = {
  scope: Scope,
  order: OrderLines.nullable().describe('The order; null in scope `outcome`, or without an order.'),
}
const kind = <K extends string>(name: K, meaning: string) => z.literal(name).describe(meaning)
const payment = PaymentLines.nullable().describe('The payment shown; null in scope `outcome`.')

const returned = {
  rejected: 'money of another amount, currency or channel',
  surplus: 'a second payment of the order',
  late: 'money that came after the order had expired',
} as const

/**
 * What this viewer is shown, from the record alone (S-22). Null fields are unknown, or withheld in scope `outcome`. Amounts in minor units, times
 * in epoch milliseconds.
 */
export const Screen = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: kind('checking', 'Not decided yet.'),
    because: explained('Why it is not decided.', {
      confirming: 'a payment is under way',
      not_started: 'nothing is known of a payment',
      deposit_overdue: 'the account’s time is up, and a deposit is being looked up',
      review: 'a person is looking',
    }),
    sinceMs: moment('Since when', 'Null if unknown.').nullable(),
  }),
  z.object({
    ...base,
    kind: kind('paid', 'The order has its payment.'),
    payment,
    goesBack: sum('Money besides this payment that is on its way back'),
    withShop: sum('Money besides this payment that needs a person at the shop'),
  }),
  z.object({
    ...base,
    kind: kind('awaiting_deposit', 'A virtual account waits for the deposit.'),
    account: AccountLines.nullable().describe('The account to pay into; null in scope `outcome`.'),
  }),
  z.object({
    ...base,
    kind: kind('failed', 'The payment failed.'),
    reason: FailReason,
    message: text('The gateway’s own text, shortened and cleaned; null without one.').nullable(),
    tryAgain: z
      .boolean()
      .describe(
        'Whether the customer may pay again. False while money may be on its way, and when the gateway would refuse the order id.',
      ),
    orderAnew: z.boolean().describe('True if the order id is used up, so that the customer must order anew.'),
  }),
  z.object({
    ...base,
    kind: kind('partially_cancelled', 'A part of the payment was refunded.'),
    payment,
    cancelledAmount: sum('What was refunded', 'Null in scope `outcome`.').nullable(),
    balance: sum('What is left', 'Null in scope `outcome`.').nullable(),
  }),
  z.object({
    ...base,
    kind: kind('cancelled', 'The money is back with the customer.'),
    payment,
    cancelledAmount: sum('What was refunded', 'Null in scope `outcome`.').nullable(),
    because: explained('Whose money went back.', {
      order: 'the kept payment’s',
      ...returned,
    }),
    tryAgain: z.literal(false).describe('Always false: the gateway refuses an order id that was paid.'),
    orderAnew: z.boolean().describe('True if the customer must order anew.'),
  }),
  z.object({
    ...base,
    kind: kind('expired', 'The order is over without money.'),
    because: explained('Why it is over.', {
      deadline: 'its time passed',
      closed: 'the shop closed it',
    }),
    sinceMs: moment('Since when'),
  }),
  z.object({
    ...base,
    kind: kind('returning', 'Money came that the order cannot keep, and it must go back.'),
    because: explained('Why the order cannot keep it.', returned),
    isOnItsWay: z
      .boolean()
      .describe('False once a person must act: the shop knows, and no refund is promised.'),
    amount: sum('What goes back', 'Null in scope `outcome`.').nullable(),
    currency: currencyCode()
      .nullable()
      .describe('The ISO 4217 code of its currency; null in scope `outcome`.'),
    payment,
  }),
  z.object({ ...base, kind: kind('not_found', 'There is no such payment, or not for this viewer.') }),
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
