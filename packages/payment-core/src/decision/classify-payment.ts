import type { Policy } from './decision.ts'
import { intentFor } from '../refund/refund-intent.ts'
import type { Draft } from './decision-builder.ts'
import { doubtAbout, predates, type Doubt } from './evidence.ts'
import type { Observation } from '../payment/observation.ts'
import { accountDeadline, isExact, type Order } from '../order/order.ts'
import {
  amountOf,
  begunAtMs,
  currencyOf,
  remainderOf,
  type Payment,
  type RejectReason,
  type Standing,
} from '../payment/payment.ts'
import { announceReturned, announceReturns } from './announce-cancels.ts'

/** Where money stands, and for money that a person must place, why. */
export type Place =
  | { readonly standing: 'kept'; readonly late: boolean }
  | { readonly standing: 'rejected'; readonly rejectReason: RejectReason }
  | { readonly standing: 'surplus' | 'late' }
  | { readonly standing: 'undecided'; readonly because: Doubt }

/**
 * Where this money belongs. Asked in this order: is it ours by the evidence, is it what the order asks, is it the first, is it in time. What
 * is not kept may have to go back, and without a time of its own there is no evidence for that (S-23).
 */
export function placeOf(draft: Pick<Draft, 'order' | 'input'>, payment: Payment): Place {
  const { order, input } = draft
  const doubt = doubtAbout(order, payment, input.evidence)
  if (doubt !== null) return { standing: 'undecided', because: doubt }
  const place = placeOfOurs(order, payment, input.policy, input.nowMs)
  const isUndated = begunAtMs(payment) === null && place.standing !== 'kept'
  return isUndated ? { standing: 'undecided', because: 'undated' } : place
}

function placeOfOurs(order: Order, payment: Payment, policy: Policy, nowMs: number): Place {
  const rejectReason = mismatch(order, payment, policy)
  if (rejectReason !== null) return { standing: 'rejected', rejectReason }
  if (order.keptPaymentId !== null) return { standing: 'surplus' }
  if (order.status !== 'expired') return { standing: 'kept', late: false }
  const isAccepted =
    order.closedAtMs === null && policy.onLate === 'accept' && isSoonEnough(order, payment, policy, nowMs)
  return isAccepted ? { standing: 'kept', late: true } : { standing: 'late' }
}

/** Begun before the deadline, and paid not too long after it: no try of today is taken for an order of last year (V-09). */
function isSoonEnough(order: Order, payment: Payment, policy: Policy, nowMs: number): boolean {
  const begun = begunAtMs(payment)
  const deadlineMs = Math.max(order.expiresAtMs, accountDeadline(order, payment) ?? 0)
  const paidAtMs = payment.details.paidAtMs ?? nowMs
  return begun !== null && begun <= order.expiresAtMs && paidAtMs <= deadlineMs + policy.acceptLateMs
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

/** Gives money its standing, once, and draws what follows: notices, a person, money that goes back. */
export function stand(draft: Draft, payment: Payment, seen: Observation): void {
  const place = placeOf(draft, payment)
  const stood: Payment = {
    ...payment,
    standing: place.standing,
    rejectReason: place.standing === 'rejected' ? place.rejectReason : null,
    late: place.standing === 'late' || (place.standing === 'kept' && place.late),
  }
  draft.put(stood)
  draft.endReviews(stood, ['orphan'], 'its order is registered')
  if (place.standing === 'kept') return keep(draft, stood, seen)
  const isGone = remainderOf(stood) === 0
  // What came and went before anybody looked is told as its end; of money that was never ours, nothing (M-26).
  if (place.standing === 'undecided') {
    if (!isGone)
      draft.openReview(place.because, stood, remainderOf(stood), doubtText(draft.order, stood, place.because))
  } else if (isGone) announceReturned(draft, stood)
  else refuse(draft, stood, place.standing)
}

/** Makes this payment the order's, announces it, and closes the accounts nobody should pay into any more. */
export function keep(draft: Draft, kept: Payment, seen: Observation, why = foundPaid): void {
  draft.order = { ...draft.order, keptPaymentId: kept.paymentId }
  draft.proof = seen
  if (remainderOf(kept) > 0)
    draft.announce({ type: 'payment.paid', payment: asPaid(kept), to: 'paid', mark: 0, why })
  announceReturns(draft, kept, null)
  for (const other of draft.payments()) closeAccount(draft, other)
}

const foundPaid = 'the gateway says paid: this order, this amount, this currency, a live channel'

const asPaid = (payment: Payment): Payment => ({ ...payment, status: 'paid', cancelledAmount: 0 })

/**
 * An account of an order that has its payment is closed, so that nobody pays into it (V-05). Whether the deposit was faster the
 * gateway says: then it is surplus (V-06).
 */
export function closeAccount(draft: Draft, payment: Payment, reason = 'the order has its payment'): void {
  if (payment.status !== 'awaiting_deposit' || payment.contradiction !== null) return
  // Another use of the number, by another shop or in another year, is nobody's to close (S-23).
  if (!isExact(draft.order, payment) || predates(draft.order, payment)) return
  draft.intend({
    intentId: `close-${payment.paymentId}`,
    orderId: draft.order.orderId,
    paymentId: payment.paymentId,
    amount: 0,
    expectedBalance: 0,
    cause: 'account',
    reason,
    refundAccount: null,
    taxFree: null,
    vat: null,
  })
}

type RefusedPayment = Extract<Standing, 'rejected' | 'surplus' | 'late'>

/** Money the order does not keep: announced, and sent back or shown to a person. */
function refuse(draft: Draft, stood: Payment, standing: RefusedPayment): void {
  const why = reasonText(draft.order, stood)
  const type = standing === 'surplus' ? 'payment.surplus' : 'payment.rejected'
  draft.announce({ type, payment: stood, to: draft.statusNow(), mark: 0, why })
  if (goesBack(draft, standing)) draft.intend(intentFor(draft.order, stood, standing, why))
  else draft.openReview(standing, stood, remainderOf(stood), why)
}

/** Late money that the policy would accept, and that came too late for that, is a person's. */
function goesBack({ order, input: { policy } }: Draft, standing: RefusedPayment): boolean {
  if (standing === 'rejected') return policy.onRejected === 'cancel'
  if (standing === 'surplus') return policy.onSurplus === 'cancel'
  return (order.closedAtMs === null ? policy.onLate : policy.onClosed) === 'cancel'
}

function reasonText(order: Order, payment: Payment): string {
  if (payment.rejectReason === 'channel') return 'paid in a test channel, which is not money'
  if (payment.rejectReason === 'currency')
    return `paid in ${currencyOf(payment)}, the order is in ${order.currency}`
  if (payment.rejectReason === 'amount') return `paid ${amountOf(payment)}, the order is ${order.amount}`
  if (payment.standing === 'surplus') return 'the order already has its payment'
  return order.closedAtMs === null ? 'the order had expired' : 'the shop had called the order off'
}

function doubtText(order: Order, payment: Payment, because: Doubt): string {
  const paid = `${amountOf(payment)} ${currencyOf(payment)}`
  switch (because) {
    case 'predates_order':
      return `${paid} was begun before the order was registered: another use of this number`
    case 'amount_conflict':
      return `${paid} came although the gateway holds an amount fixed for this number: not through this order's window`
    case 'discounted':
      return `${paid} and the discount of ${payment.details.discount ?? 0} are the order's ${order.amount}`
    case 'undated':
      return `the gateway does not say when ${paid} was begun or paid`
  }
}
