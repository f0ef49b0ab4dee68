import { z } from 'zod'
import { FailReason, failReasonOf, shownText } from './fail-reason.ts'
import { balanceOf, keptOf, type Order } from './order.ts'
import { isOfEarlierLife } from './evidence.ts'
import { currencyOf, heldMoney, remainderOf, type Payment } from './payment.ts'
import { isBeforePerson } from './review.ts'
import { AccountLines, accountOf, linesOf, OrderLines, PaymentLines } from './screen-lines.ts'
import { currentTry, isNumberSpent, newestReturn, returnOf, underWaySince } from './tries.ts'

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
  z.object({ ...base, kind: z.literal('expired'), sinceMs: AtMs }),
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
export const isFinal = (screen: Screen, nowMs: number): boolean =>
  screen.kind === 'expired' ? nowMs - screen.sinceMs >= FOLLOWS_EXPIRED_MS : finalKinds.has(screen.kind)
const finalKinds = new Set<ScreenKind>(['paid', 'partially_cancelled', 'cancelled', 'not_found'])

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
  const payment = linesOf(kept)
  const cancelledAmount = kept?.cancelledAmount ?? null
  switch (order.status) {
    case 'paid':
      return { ...head, kind: 'paid', payment, ...besides(order, payments) }
    case 'partially_cancelled':
      return {
        ...head,
        kind: 'partially_cancelled',
        payment,
        cancelledAmount,
        balance: balanceOf(order, payments),
      }
    case 'cancelled':
      return {
        ...head,
        kind: 'cancelled',
        payment,
        cancelledAmount,
        because: 'order',
        tryAgain: false,
        orderAnew: false,
      }
    case 'awaiting_deposit':
      return depositScreen(order, payments, head, nowMs)
    case 'expired':
      return astrayScreen(order, payments, head) ?? expiredScreen(order, head)
    case 'open':
      return astrayScreen(order, payments, head) ?? tryScreen(order, payments, head, nowMs)
  }
}

type Head = { scope: 'full'; order: z.infer<typeof OrderLines> }

const expiredScreen = (order: Order, head: Head): Screen => ({
  ...head,
  kind: 'expired',
  sinceMs: order.expiresAtMs,
})

/** Past its due time an account is no longer to be paid into (V-11). */
function depositScreen(order: Order, payments: readonly Payment[], head: Head, nowMs: number): Screen {
  const account = accountOf(order, payments)
  const dueAtMs = account?.dueAtMs ?? null
  return dueAtMs !== null && nowMs > dueAtMs
    ? { ...head, kind: 'checking', because: 'deposit_overdue', sinceMs: dueAtMs }
    : { ...head, kind: 'awaiting_deposit', account }
}

/** Money beside the kept payment: on its way back, or with a person. */
function besides(order: Order, payments: readonly Payment[]): { goesBack: number; withShop: number } {
  const others = payments.filter(
    (payment) => causeOf(payment) !== null && currencyOf(payment) === order.currency,
  )
  const sum = (wanted: boolean): number =>
    others
      .filter(({ paymentId }) => isBeforePerson(order.reviews, paymentId) === wanted)
      .reduce((total, payment) => total + remainderOf(payment), 0)
  return { goesBack: sum(false), withShop: sum(true) }
}

/**
 * Money that is there but is not what the order keeps, or may be: before a person, on its way back, or back. Money of the number's earlier life
 * is not this customer's to hear of.
 */
function astrayScreen(order: Order, all: readonly Payment[], head: Head): Screen | null {
  const payments = all.filter((payment) => !isOfEarlierLife(order, payment))
  const asked = payments.find((payment) => isPersons(order, payment))
  if (asked !== undefined)
    return { ...head, kind: 'checking', because: 'review', sinceMs: asked.details.paidAtMs }
  const held = payments.find((payment) => remainderOf(payment) > 0 && causeOf(payment) !== null)
  if (held !== undefined) return returningScreen(order, held, head)
  // Of money that is back only the customer's own try is told of: a later one may bring more (S-22).
  const told = currentTry(order, payments)
  const because = told === null ? null : (causeOf(told) ?? returnedUnplaced(order, told))
  if (told === null || because === null) return null
  const { cancelledAmount } = told
  const after = { because, tryAgain: false as const, orderAnew: true }
  return { ...head, kind: 'cancelled', payment: linesOf(told), cancelledAmount, ...after }
}

/** Money in doubt that is back: not accepted, whoever's it was. Only to a customer whose own return names it. */
const returnedUnplaced = (order: Order, payment: Payment): 'rejected' | null =>
  payment.standing === 'undecided' && returnOf(order, payment.paymentId) !== null ? 'rejected' : null

/** Before a person, or not placed at all: what will become of it nobody can promise. */
function isPersons(order: Order, payment: Payment): boolean {
  if (payment.contradiction !== null) return payment.contradiction.isCertain
  if (heldMoney(payment) && causeOf(payment) === null && remainderOf(payment) > 0) return true
  const isDecided =
    payment.standing === 'rejected' || payment.standing === 'surplus' || payment.standing === 'late'
  const isRefused = order.reviews.some(
    (each) =>
      each.endedAtMs === null && each.paymentId === payment.paymentId && each.reason === 'cancel_failed',
  )
  return (
    isDecided && !isRefused && remainderOf(payment) > 0 && isBeforePerson(order.reviews, payment.paymentId)
  )
}

function returningScreen(order: Order, held: Payment, head: Head): Screen {
  return {
    ...head,
    kind: 'returning',
    because: causeOf(held) ?? 'rejected',
    isOnItsWay: !isBeforePerson(order.reviews, held.paymentId),
    amount: remainderOf(held),
    currency: currencyOf(held),
    payment: linesOf(held),
  }
}

function causeOf({ standing }: Payment): 'rejected' | 'surplus' | 'late' | null {
  return standing === 'rejected' || standing === 'surplus' || standing === 'late' ? standing : null
}

/**
 * An open order without money: what became of the tries this customer made. Silence is never shown as failure
 * (S-20), nor failure of one try while another may still be paid (S-22).
 */
function tryScreen(order: Order, all: readonly Payment[], head: Head, nowMs: number): Screen {
  const payments = all.filter((payment) => !isOfEarlierLife(order, payment))
  const last = newestReturn(order)
  const current = currentTry(order, payments)
  const confirming = (sinceMs: number | null): Screen => ({
    ...head,
    kind: 'checking',
    because: last === null && current === null ? 'not_started' : 'confirming',
    sinceMs,
  })
  const sinceMs = underWaySince(order, payments, nowMs)
  if (sinceMs !== null) return confirming(sinceMs)
  // It came and went before its order was registered: the next look places it.
  if (current?.standing === 'orphan') return confirming(current.details.startedAtMs)
  const isSpent = isNumberSpent(all)
  if (current?.status === 'failed') {
    const said = returnOf(order, current.paymentId)
    const message = shownText(current.details.failReason) ?? said?.message ?? null
    const told = failReasonOf(null, current.details.failReason)
    const reason = told === 'unknown' && said?.failReason != null ? said.failReason : told
    return { ...head, kind: 'failed', reason, message, ...wayOn(isSpent || reason === 'already_paid') }
  }
  if (last === null) return confirming(current?.details.startedAtMs ?? null)
  const reason = last.failReason === null || last.failReason === 'unknown' ? 'not_completed' : last.failReason
  return {
    ...head,
    kind: 'failed',
    reason,
    message: last.message,
    ...wayOn(isSpent || reason === 'already_paid'),
  }
}

const wayOn = (isSpent: boolean): { tryAgain: boolean; orderAnew: boolean } => ({
  tryAgain: !isSpent,
  orderAnew: isSpent,
})

/** Kind and sentence; no name, amount, account or the gateway's words. */
function outcomeOnly(screen: Screen): Screen {
  const bare = { scope: 'outcome' as const, order: null }
  switch (screen.kind) {
    case 'checking':
      return { ...screen, ...bare }
    case 'failed':
      return { ...screen, ...bare, message: null }
    case 'paid':
      return { ...screen, ...bare, payment: null, goesBack: 0, withShop: 0 }
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
