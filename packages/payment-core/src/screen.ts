import { z } from 'zod'
import { FailReason, failReasonOf, shownText } from './fail-reason.ts'
import { balanceOf, keptOf, type Order } from './order.ts'
import { currencyOf, heldMoney, remainderOf, type Payment } from './payment.ts'
import { AccountLines, accountOf, linesOf, OrderLines, PaymentLines } from './screen-lines.ts'
import { currentTry, hasSettled } from './settling.ts'

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
     * `confirming`: a try is under way. `not_started`: nothing has been heard of a payment. `review`: a
     * person is looking.
     */
    because: z.enum(['confirming', 'not_started', 'review']),
    sinceMs: AtMs.nullable(),
  }),
  z.object({ ...base, kind: z.literal('paid'), payment: PaymentLines.nullable(), goesBack: z.number() }),
  z.object({ ...base, kind: z.literal('awaiting_deposit'), account: AccountLines.nullable() }),
  z.object({
    ...base,
    kind: z.literal('failed'),
    reason: FailReason,
    /** The gateway's own words, as small print: cut and cleaned, never interpreted. */
    message: z.string().nullable(),
    /** May the customer pay again? Never while money may be on its way. */
    tryAgain: z.boolean(),
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
     * `order`: the shop's payment was returned. Otherwise money that could not be accepted went back and the
     * order can still be paid.
     */
    because: z.enum(['order', 'rejected', 'surplus', 'late']),
    tryAgain: z.boolean(),
  }),
  z.object({ ...base, kind: z.literal('expired') }),
  z.object({
    ...base,
    kind: z.literal('returning'),
    because: z.enum(['rejected', 'surplus', 'late']),
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    payment: PaymentLines.nullable(),
  }),
  z.object({ ...base, kind: z.literal('not_found') }),
])
export type Screen = z.infer<typeof Screen>
export type ScreenKind = Screen['kind']

/** Screens after which a page need not ask again by itself; an order that can still be paid is none. */
export const isFinal = (screen: Screen): boolean =>
  finalKinds.has(screen.kind) && !(screen.kind === 'cancelled' && screen.tryAgain)
const finalKinds = new Set<ScreenKind>(['paid', 'partially_cancelled', 'cancelled', 'expired', 'not_found'])

/** The recorded truth of one order for one viewer. */
export function screenOf(order: Order, payments: readonly Payment[], scope: Scope, nowMs: number): Screen {
  const full = wholeScreenOf(order, payments, nowMs)
  return scope === 'full' ? full : outcomeOnly(full)
}

/**
 * What is shown when no order can be: *checking* while a first look-up is due, then neutral, alike for
 * unknown and foreign orders.
 */
export const screenOfNothing = (waiting: boolean, sinceMs: number): Screen =>
  waiting
    ? { kind: 'checking', scope: 'outcome', order: null, because: 'confirming', sinceMs }
    : { kind: 'not_found', scope: 'outcome', order: null }

function wholeScreenOf(order: Order, payments: readonly Payment[], nowMs: number): Screen {
  const { orderId, name, amount, currency } = order
  const head = { scope: 'full' as const, order: { orderId, name, amount, currency } }
  const kept = keptOf(order, payments)
  switch (order.status) {
    case 'paid':
      return { ...head, kind: 'paid', payment: linesOf(kept), goesBack: goesBack(order, payments) }
    case 'partially_cancelled': {
      const cancelledAmount = kept?.cancelledAmount ?? null
      return {
        ...head,
        kind: 'partially_cancelled',
        payment: linesOf(kept),
        cancelledAmount,
        balance: balanceOf(order, payments),
      }
    }
    case 'cancelled': {
      const cancelledAmount = kept?.cancelledAmount ?? null
      return {
        ...head,
        kind: 'cancelled',
        payment: linesOf(kept),
        cancelledAmount,
        because: 'order',
        tryAgain: false,
      }
    }
    case 'awaiting_deposit':
      return { ...head, kind: 'awaiting_deposit', account: accountOf(order, payments) }
    case 'expired':
      return astrayScreen(order, payments, head) ?? { ...head, kind: 'expired' }
    case 'open':
      return astrayScreen(order, payments, head) ?? tryScreen(order, payments, head, nowMs)
  }
}

type Head = { scope: 'full'; order: z.infer<typeof OrderLines> }

/**
 * What is promised to go back of money beside the kept payment; nothing while a person is to decide about it.
 */
const goesBack = (order: Order, payments: readonly Payment[]): number =>
  payments
    .filter(
      (payment) => causeOf(payment) !== null && !isInReview(order) && currencyOf(payment) === order.currency,
    )
    .reduce((sum, payment) => sum + remainderOf(payment), 0)

const isInReview = (order: Order): boolean => order.review !== null && order.review !== 'cancel_failed'

/**
 * Money that is there but is not what the order keeps, or may be: before a person, on its way back, or back.
 */
function astrayScreen(order: Order, payments: readonly Payment[], head: Head): Screen | null {
  const current = currentTry(order.lastReturn, payments)
  const unsure = payments.find(
    (payment) => payment.contradiction !== null || (heldMoney(payment) && causeOf(payment) === null),
  )
  const held = payments.find((payment) => remainderOf(payment) > 0)
  const asked = unsure ?? (isInReview(order) ? held : undefined)
  if (asked !== undefined)
    return { ...head, kind: 'checking', because: 'review', sinceMs: asked.details.paidAtMs }
  // Of money that is back only the customer's own try is told of: a later one may bring more (S-22).
  const told = held ?? current
  if (told === null) return null
  const because = causeOf(told)
  if (because === null) return null
  if (held !== undefined)
    return {
      ...head,
      kind: 'returning',
      because,
      amount: remainderOf(held),
      currency: currencyOf(held),
      payment: linesOf(held),
    }
  return {
    ...head,
    kind: 'cancelled',
    payment: linesOf(told),
    cancelledAmount: told.cancelledAmount,
    because,
    tryAgain: order.status === 'open',
  }
}

function causeOf({ standing }: Payment): 'rejected' | 'surplus' | 'late' | null {
  return standing === 'rejected' || standing === 'surplus' || standing === 'late' ? standing : null
}

/**
 * An open order without money: what became of the try this customer made. Silence is never shown as failure
 * (S-20).
 */
function tryScreen(order: Order, payments: readonly Payment[], head: Head, nowMs: number): Screen {
  const last = order.lastReturn
  const current = currentTry(last, payments)
  if (current?.status === 'failed') {
    const message = shownText(current.details.failReason) ?? last?.message ?? null
    const told = failReasonOf(null, current.details.failReason)
    const reason = told === 'unknown' && last?.failReason != null ? last.failReason : told
    return { ...head, kind: 'failed', reason, message, tryAgain: true }
  }
  if (last === null) {
    const because = current === null ? 'not_started' : 'confirming'
    return { ...head, kind: 'checking', because, sinceMs: current?.details.startedAtMs ?? null }
  }
  if (!hasSettled(last, nowMs))
    return { ...head, kind: 'checking', because: 'confirming', sinceMs: last.atMs }
  const reason = last.failReason === null || last.failReason === 'unknown' ? 'not_completed' : last.failReason
  return { ...head, kind: 'failed', reason, message: last.message, tryAgain: true }
}

/** Kind and sentence; no name, amount, account or the gateway's words. */
function outcomeOnly(screen: Screen): Screen {
  const bare = { scope: 'outcome' as const, order: null }
  switch (screen.kind) {
    case 'checking':
      return { ...screen, ...bare }
    case 'failed':
      return { ...screen, ...bare, message: null }
    case 'paid':
      return { ...screen, ...bare, payment: null, goesBack: 0 }
    case 'awaiting_deposit':
      return { ...screen, ...bare, account: null }
    case 'partially_cancelled':
      return { ...screen, ...bare, payment: null, cancelledAmount: null, balance: null }
    case 'cancelled':
      return { ...screen, ...bare, payment: null, cancelledAmount: null }
    case 'returning':
      return { ...screen, ...bare, amount: null, currency: null, payment: null }
    case 'expired':
    case 'not_found':
      return { ...screen, ...bare }
  }
}
