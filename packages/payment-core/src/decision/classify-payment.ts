import type { Policy } from './decision.ts'
import { refundIntent } from '../refund/refund-intent.ts'
import type { DecisionBuilder } from './decision-builder.ts'
import { doubtAbout, predates, type Doubt } from './evidence.ts'
import type { Observation } from '../payment/observation.ts'
import { accountDeadline, isExact, type Order } from '../order/order.ts'
import { amountOf, begunAtMs, currencyOf, remainderOf, type Payment } from '../payment/payment.ts'
import type { RejectReason, Standing } from '../payment/standing.ts'
import { announceReturned, announceCancels } from './announce-cancels.ts'

/** A payment's standing; for an undecided payment also the reason. */
type Classification =
  | { readonly standing: 'kept'; readonly late: boolean }
  | { readonly standing: 'rejected'; readonly rejectReason: RejectReason }
  | { readonly standing: 'surplus' | 'late' }
  | { readonly standing: 'undecided'; readonly because: Doubt }

/**
 * Classifies a payment by these questions, in order: does the evidence say that it is ours, does it match the order, is it the first, is it in
 * time. Money that is not kept may be refunded, and without a time there is no evidence for that (S-23).
 */
function classificationOf(
  builder: Pick<DecisionBuilder, 'order' | 'input'>,
  payment: Payment,
): Classification {
  const { order, input } = builder
  const doubt = doubtAbout(order, payment, input.evidence)
  if (doubt !== null) return { standing: 'undecided', because: doubt }
  const found = classificationOfOurs(order, payment, input.policy, input.nowMs)
  const isUndated = begunAtMs(payment) === null && found.standing !== 'kept'
  return isUndated ? { standing: 'undecided', because: 'undated' } : found
}

function classificationOfOurs(order: Order, payment: Payment, policy: Policy, nowMs: number): Classification {
  const rejectReason = mismatch(order, payment, policy)
  if (rejectReason !== null) return { standing: 'rejected', rejectReason }
  if (order.keptPaymentId !== null) return { standing: 'surplus' }
  if (order.status !== 'expired') return { standing: 'kept', late: false }
  const isAccepted =
    order.closedAtMs === null && policy.onLate === 'accept' && isSoonEnough(order, payment, policy, nowMs)
  return isAccepted ? { standing: 'kept', late: true } : { standing: 'late' }
}

/** Begun before the deadline and paid soon enough after it. An old order does not keep a new payment (V-09). */
function isSoonEnough(order: Order, payment: Payment, policy: Policy, nowMs: number): boolean {
  const begun = begunAtMs(payment)
  const deadlineMs = Math.max(order.expiresAtMs, accountDeadline(order, payment) ?? 0)
  const paidAtMs = payment.details.paidAtMs ?? nowMs
  return begun !== null && begun <= order.expiresAtMs && paidAtMs <= deadlineMs + policy.acceptLateMs
}

/** Why a payment does not match its order; null when it does. The order's total is compared, not the amount charged (M-19). */
function mismatch(order: Order, payment: Payment, policy: Policy): RejectReason | null {
  if (payment.testChannel && !policy.allowTestChannel) return 'channel'
  if (currencyOf(payment) !== order.currency) return 'currency'
  return amountOf(payment) === order.amount ? null : 'amount'
}

/** Gives a payment its standing, once, with the consequences: notices, a review, a refund. */
export function classifyPayment(builder: DecisionBuilder, payment: Payment, seen: Observation): void {
  const found = classificationOf(builder, payment)
  const placed: Payment = {
    ...payment,
    standing: found.standing,
    rejectReason: found.standing === 'rejected' ? found.rejectReason : null,
    late: found.standing === 'late' || (found.standing === 'kept' && found.late),
  }
  builder.put(placed)
  builder.endReviews(placed, ['orphan'], 'its order is registered')
  if (found.standing === 'kept') return keep(builder, placed, seen)
  const isGone = remainderOf(placed) === 0
  // Money that came and went before any look-up is announced by its end. Money that was never the order's is not announced (M-26),
  // unless the order waited for it.
  if (found.standing === 'undecided') {
    const note = doubtText(builder.order, placed, found.because)
    // All of it discounted: nothing was charged, and nothing has come back (M-29).
    if (!isGone || amountOf(placed) === 0)
      builder.openReview(found.because, placed, remainderOf(placed), note)
    else if (builder.statusNow() !== builder.order.status) announceReturned(builder, placed)
  } else if (isGone) announceReturned(builder, placed)
  else refuse(builder, placed, found.standing)
}

/** Makes a payment the order's, announces it, and closes the order's other virtual accounts. */
export function keep(builder: DecisionBuilder, kept: Payment, seen: Observation, why = foundPaid): void {
  builder.order = { ...builder.order, keptPaymentId: kept.paymentId }
  builder.proof = seen
  if (remainderOf(kept) > 0)
    builder.announce({ type: 'payment.paid', payment: asPaid(kept), to: 'paid', mark: 0, why })
  announceCancels(builder, kept, null)
  for (const other of builder.payments()) closeAccount(builder, other)
}

const foundPaid = 'the gateway says paid: this order, this amount, this currency, a live channel'

const asPaid = (payment: Payment): Payment => ({ ...payment, status: 'paid', cancelledAmount: 0 })

/**
 * Closes a virtual account of an order that has its payment, so that nobody pays into it (V-05). If the deposit was faster, the gateway says so,
 * and the money is surplus (V-06).
 */
export function closeAccount(
  builder: DecisionBuilder,
  payment: Payment,
  reason = 'the order has its payment',
): void {
  if (payment.status !== 'awaiting_deposit' || payment.contradiction !== null) return
  // Do not close an account of another use of the order id, by another shop or in another year (S-23).
  if (!isExact(builder.order, payment) || predates(builder.order, payment)) return
  builder.intend({
    intentId: `close-${payment.paymentId}`,
    orderId: builder.order.orderId,
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

/** Announces money that the order does not keep, and refunds it or calls a person. */
function refuse(builder: DecisionBuilder, placed: Payment, standing: RefusedPayment): void {
  const why = reasonText(builder.order, placed)
  const type = standing === 'surplus' ? 'payment.surplus' : 'payment.rejected'
  builder.announce({ type, payment: placed, to: builder.statusNow(), mark: 0, why })
  // One intent for each payment (S-08).
  const terms = {
    intentId: `auto-${placed.paymentId}`,
    cause: standing,
    reason: why,
    refundAccount: null,
  }
  if (goesBack(builder, standing)) builder.intend(refundIntent(builder.order, placed, terms))
  else builder.openReview(standing, placed, remainderOf(placed), why)
}

/** Late money beyond the policy's limit goes to a person. */
function goesBack({ order, input: { policy } }: DecisionBuilder, standing: RefusedPayment): boolean {
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
      return payment.details.discount === 0
        ? `${paid} came of the order's ${order.amount}, with a discount of unknown size`
        : `${paid} and the discount of ${payment.details.discount ?? 0} are the order's ${order.amount}`
    case 'undated':
      return `the gateway does not say when ${paid} was begun or paid`
  }
}
