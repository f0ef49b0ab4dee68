import type { z } from 'zod'
import { isOfEarlierLife } from '../decision/evidence.ts'
import { failReasonOf, shownText } from '../payment/fail-reason.ts'
import { balanceOf, keptOf, type Order } from '../order/order.ts'
import { amountOf, currencyOf, remainderOf, type Payment } from '../payment/payment.ts'
import { isBeforePerson, isDismissed, settledByPerson } from '../review/review.ts'
import { accountOf, linesOf, type OrderLines } from './screen-lines.ts'
import type { Scope, Screen } from './screen.ts'
import {
  currentPayment,
  isNumberSpent,
  newestReturn,
  returnOf,
  underWaySince,
} from '../order/current-payment.ts'

/** The screen of an order for one viewer, from the record alone. */
export function screenOf(order: Order, payments: readonly Payment[], scope: Scope, nowMs: number): Screen {
  const full = fullScreenOf(order, payments, nowMs)
  return scope === 'full' ? full : outcomeOnly(full)
}

function fullScreenOf(order: Order, payments: readonly Payment[], nowMs: number): Screen {
  const { orderId, name, amount, currency } = order
  const head = { scope: 'full' as const, order: { orderId, name, amount, currency } }
  const kept = keptOf(order, payments)
  const payment = linesOf(kept)
  const cancelledAmount = kept?.cancelledAmount ?? null
  switch (order.status) {
    case 'paid':
      return { ...head, kind: 'paid', payment, ...strayMoney(order, payments) }
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
      return strayMoneyScreen(order, payments, head) ?? expiredScreen(order, head)
    case 'open':
      return strayMoneyScreen(order, payments, head) ?? unpaidScreen(order, payments, head, nowMs)
  }
}

type Head = { scope: 'full'; order: z.infer<typeof OrderLines> }

const expiredScreen = (order: Order, head: Head): Screen => ({
  ...head,
  kind: 'expired',
  because: order.closedAtMs === null ? 'deadline' : 'closed',
  sinceMs: order.closedAtMs ?? order.expiresAtMs,
})

/** After its due time the account must not be paid into (V-11). */
function depositScreen(order: Order, payments: readonly Payment[], head: Head, nowMs: number): Screen {
  const account = accountOf(order, payments)
  const dueAtMs = account?.dueAtMs ?? null
  return dueAtMs !== null && nowMs > dueAtMs
    ? { ...head, kind: 'checking', because: 'deposit_overdue', sinceMs: dueAtMs }
    : { ...head, kind: 'awaiting_deposit', account }
}

/** Money besides the kept payment: on its way back, or with a person. */
function strayMoney(order: Order, payments: readonly Payment[]): { goesBack: number; withShop: number } {
  const others = payments.filter(
    (payment) => causeOf(payment) !== null && currencyOf(payment) === order.currency,
  )
  const sum = (wanted: boolean): number =>
    others
      .filter(({ paymentId }) => isWithShop(order, paymentId) === wanted)
      .reduce((total, payment) => total + remainderOf(payment), 0)
  return { goesBack: sum(false), withShop: sum(true) }
}

/**
 * Money that the order does not keep: before a person, on its way back, or returned. Payments of the order id's earlier life are not shown to this
 * customer.
 */
function strayMoneyScreen(order: Order, all: readonly Payment[], head: Head): Screen | null {
  const payments = all.filter((payment) => !isOfEarlierLife(order, payment))
  const asked = payments.find((payment) => needsPerson(order, payment))
  if (asked !== undefined)
    return { ...head, kind: 'checking', because: 'review', sinceMs: asked.details.paidAtMs }
  for (const held of payments) {
    const cause = causeOf(held)
    if (cause !== null && remainderOf(held) > 0) return returningScreen(order, held, cause, head)
  }
  // Returned money is shown only for the customer's own payment: another may still succeed (S-22).
  const told = currentPayment(order, payments)
  if (told === null) return null
  const because = causeOf(told) ?? returnedUnplaced(order, told)
  if (because === null) return null
  const { cancelledAmount } = told
  const after = { because, tryAgain: false as const, orderAnew: true }
  return { ...head, kind: 'cancelled', payment: linesOf(told), cancelledAmount, ...after }
}

/** Doubtful money that was returned counts as not accepted, for a customer whose own return names it. */
const returnedUnplaced = (order: Order, payment: Payment): 'rejected' | null =>
  payment.standing === 'undecided' && amountOf(payment) > 0 && returnOf(order, payment.paymentId) !== null
    ? 'rejected'
    : null

/** A person handles it or has dismissed it, so nothing goes back automatically. */
const isWithShop = ({ reviews }: Order, paymentId: string): boolean =>
  isBeforePerson(reviews, paymentId) || isDismissed(reviews, paymentId)

/** Nobody can say yet what will become of this money. */
function needsPerson(order: Order, payment: Payment): boolean {
  if (payment.contradiction !== null && !settledByPerson(order.reviews, payment))
    return payment.contradiction.isCertain
  const isUncharged = payment.standing === 'undecided' && amountOf(payment) === 0
  if (remainderOf(payment) === 0 && !isUncharged) return false
  if (causeOf(payment) === null) return true
  const isRefused = order.reviews.some(
    (each) =>
      each.endedAtMs === null && each.paymentId === payment.paymentId && each.reason === 'cancel_failed',
  )
  return !isRefused && isBeforePerson(order.reviews, payment.paymentId)
}

function returningScreen(order: Order, held: Payment, because: Cause, head: Head): Screen {
  return {
    ...head,
    kind: 'returning',
    because,
    isOnItsWay: !isWithShop(order, held.paymentId),
    amount: remainderOf(held),
    currency: currencyOf(held),
    payment: linesOf(held),
  }
}

type Cause = 'rejected' | 'surplus' | 'late'
function causeOf({ standing }: Payment): Cause | null {
  return standing === 'rejected' || standing === 'surplus' || standing === 'late' ? standing : null
}

/**
 * An open order without money: what became of the customer's tries. Silence never shows as failure (S-20), nor does one failure while another
 * payment may succeed (S-22).
 */
function unpaidScreen(order: Order, all: readonly Payment[], head: Head, nowMs: number): Screen {
  const payments = all.filter((payment) => !isOfEarlierLife(order, payment))
  const last = newestReturn(order)
  const current = currentPayment(order, payments)
  const confirming = (sinceMs: number | null): Screen => ({
    ...head,
    kind: 'checking',
    because: last === null && current === null ? 'not_started' : 'confirming',
    sinceMs,
  })
  const sinceMs = underWaySince(order, payments, nowMs)
  if (sinceMs !== null) return confirming(sinceMs)
  // The money came and went before the order was registered. The next look-up classifies it.
  if (current?.standing === 'orphan') return confirming(current.details.startedAtMs)
  const isSpent = isNumberSpent(all)
  if (current?.status === 'failed') {
    const said = returnOf(order, current.paymentId)
    const message = shownText(current.details.failReason) ?? said?.message ?? null
    const told = failReasonOf(null, current.details.failReason)
    const reason = told === 'unknown' && said?.failReason != null ? said.failReason : told
    return { ...head, kind: 'failed', reason, message, ...nextActions(isSpent || reason === 'already_paid') }
  }
  if (last === null) return confirming(current?.details.startedAtMs ?? null)
  const reason = last.failReason === null || last.failReason === 'unknown' ? 'not_completed' : last.failReason
  return {
    ...head,
    kind: 'failed',
    reason,
    message: last.message,
    ...nextActions(isSpent || reason === 'already_paid'),
  }
}

const nextActions = (isSpent: boolean): { tryAgain: boolean; orderAnew: boolean } => ({
  tryAgain: !isSpent,
  orderAnew: isSpent,
})

/** Kind and sentence only, without name, amount, account or the gateway's text. */
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
