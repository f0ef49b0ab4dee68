import type { CancelIntent, Policy } from './decision.ts'
import type { Draft } from './draft.ts'
import type { Observation } from './observation.ts'
import type { Order, ReviewReason } from './order.ts'
import { amountOf, currencyOf, remainderOf, type Payment, type RejectReason } from './payment.ts'

/**
 * Gives money its standing, once. Checked in this order: is it what the order asks, is it the first, is it in
 * time.
 */
export function stand(draft: Draft, payment: Payment, seen: Observation): Payment {
  const { order } = draft
  const { policy } = draft.input
  const wrong = mismatch(order, payment, policy)
  if (wrong !== null)
    return refuse(draft, { ...payment, standing: 'rejected', rejectReason: wrong }, policy.onRejected)
  if (order.keptPaymentId !== null)
    return refuse(draft, { ...payment, standing: 'surplus' }, policy.onSurplus)
  if (order.status === 'expired' && policy.onLate !== 'accept')
    return refuse(draft, { ...payment, standing: 'late' }, policy.onLate)
  const kept: Payment = { ...payment, standing: 'kept' }
  draft.put(kept)
  draft.order = { ...order, keptPaymentId: payment.paymentId }
  draft.proof = seen
  const why = 'the gateway says paid: this order, this amount, this currency, a live channel'
  draft.announce('payment.paid', asOf(kept, 0), 'paid', 0, why)
  for (const other of draft.payments()) closeAccount(draft, other)
  return kept
}

/**
 * An account of an order that has its payment is closed, so that nobody pays into it (V-05). Whether the deposit was faster the
 * gateway says: then it is surplus (V-06).
 */
export function closeAccount(draft: Draft, payment: Payment): void {
  if (payment.status !== 'awaiting_deposit' || payment.contradiction !== null) return
  draft.intents.push({
    intentId: `close-${payment.paymentId}`,
    orderId: draft.order.orderId,
    paymentId: payment.paymentId,
    amount: 0,
    expectedBalance: 0,
    cause: 'account',
    reason: 'the order has its payment',
    refundAccount: null,
  })
}

/**
 * Why a payment's money is not what the order asks for; null when it is. The order's total is compared, not
 * the charge (M-19).
 */
export function mismatch(order: Order, payment: Payment, policy: Policy): RejectReason | null {
  if (payment.testChannel && !policy.allowTestChannel) return 'channel'
  if (currencyOf(payment) !== order.currency) return 'currency'
  return amountOf(payment) === order.amount ? null : 'amount'
}

type Refused = Payment & { readonly standing: 'rejected' | 'surplus' | 'late' }

/** Money the order does not keep: announced, and sent back or shown to a person. */
function refuse(draft: Draft, stood: Refused, action: 'cancel' | 'review'): Payment {
  draft.put(stood)
  const cause = stood.standing
  const why = reasonText(draft.order, stood)
  draft.announce(
    cause === 'surplus' ? 'payment.surplus' : 'payment.rejected',
    asOf(stood, 0),
    draft.statusNow(),
    0,
    why,
  )
  if (action === 'review') review(draft, cause, stood, why)
  else if (remainderOf(stood) > 0) draft.intents.push(intentFor(draft.order, stood, why))
  return stood
}

const intentFor = (order: Order, payment: Refused, reason: string): CancelIntent => ({
  intentId: `auto-${payment.paymentId}`,
  orderId: order.orderId,
  paymentId: payment.paymentId,
  amount: remainderOf(payment),
  expectedBalance: remainderOf(payment),
  cause: payment.standing,
  reason,
  refundAccount: null,
})

function reasonText(order: Order, payment: Payment): string {
  if (payment.rejectReason === 'channel') return 'paid in a test channel, which is not money'
  if (payment.rejectReason === 'currency')
    return `paid in ${currencyOf(payment)}, the order is in ${order.currency}`
  if (payment.rejectReason === 'amount') return `paid ${amountOf(payment)}, the order is ${order.amount}`
  return payment.standing === 'surplus' ? 'the order already has its payment' : 'the order had expired'
}

/**
 * Calls a person: a flag beside the status and a notice. The status moves only if an account no longer
 * counts.
 */
export function review(draft: Draft, reason: ReviewReason, payment: Payment, why: string): void {
  draft.order = { ...draft.order, review: reason }
  const to = draft.order.status === 'awaiting_deposit' ? draft.statusNow() : draft.order.status
  draft.announce('order.review', payment, to, reason, why)
}

/**
 * Announces each return of a payment's money since `held`, up to all of it; `held` is null when none was
 * announced for this order. The kept payment is measured by the order's amount, which it was verified to
 * have, so that no later claim of a larger one can lead out of `cancelled` (S-06).
 */
export function announceReturns(draft: Draft, payment: Payment, held: Payment | null): void {
  const isKept = payment.standing === 'kept'
  const amount = isKept ? draft.order.amount : amountOf(payment)
  let before = held?.cancelledAmount ?? 0
  for (const total of totalsSince(payment, held)) {
    if (before >= amount) return
    const whole = total >= amount
    const moved = isKept ? (whole ? 'cancelled' : 'partially_cancelled') : draft.order.status
    const type = whole ? 'payment.cancelled' : 'payment.partially_cancelled'
    draft.announce(type, asOf(payment, total), moved, total, `the gateway has returned ${total} of ${amount}`)
    before = total
  }
}

/**
 * Running totals of the cancels beyond those held: one announcement each, whenever it was that we heard of
 * them (S-12). Cancels already held come first, so that a total which never was is not announced when two
 * fall into one second.
 */
function totalsSince(payment: Payment, held: Payment | null): number[] {
  const known = new Set(held?.cancels.map((cancel) => cancel.id))
  const inOrder = payment.cancels.toSorted((a, b) => Number(known.has(b.id)) - Number(known.has(a.id)))
  const totals = new Set<number>()
  let total = 0
  for (const cancel of inOrder) totals.add((total += cancel.amount))
  const before = held?.cancelledAmount ?? 0
  const told = [...totals].filter((each) => each > before && each < payment.cancelledAmount)
  return payment.cancelledAmount > before ? [...told, payment.cancelledAmount] : []
}

/** The payment as it stood when `total` had been returned. */
const asOf = (payment: Payment, total: number): Payment => ({
  ...payment,
  status: total === 0 ? 'paid' : 'cancelled',
  cancelledAmount: total,
})
