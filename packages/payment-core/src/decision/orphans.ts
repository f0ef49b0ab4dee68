import { contradictionSince } from './apply-observation.ts'
import type { Decision, DecideInput, TimelineEntry } from './decision.ts'
import { DecisionBuilder } from './decision-builder.ts'
import { matchRefunds } from './match-refunds.ts'
import { onePerPayment, type Observation } from '../payment/observation.ts'
import type { Order } from '../order/order.ts'
import {
  amountOf,
  begunAtMs,
  contradictionOf,
  currencyOf,
  heldMoney,
  isBelow,
  join,
  joinInDoubt,
  noVerdict,
  remainderOf,
  type Payment,
} from '../payment/payment.ts'
import type { Review } from '../review/review.ts'

/** A placeholder for an unregistered order, so that a person can be told of its payment and can end its reviews. It is never stored. */
export function standInOrder(payment: Payment, reviews: readonly Review[]): Order {
  const begun = begunAtMs(payment) ?? 0
  const mine = reviews.filter((review) => review.paymentId === payment.paymentId)
  return {
    orderId: payment.orderId,
    gateway: payment.gateway,
    name: '',
    amount: amountOf(payment),
    currency: currencyOf(payment),
    taxFree: null,
    vat: null,
    registeredAtMs: begun,
    expiresAtMs: begun,
    adoptsFromMs: Number.MAX_SAFE_INTEGER,
    accountsUntilMs: begun,
    amountFixedAtMs: null,
    closedAtMs: null,
    reference: null,
    returnTo: null,
    status: 'open',
    keptPaymentId: null,
    emptyAfterDeadline: false,
    reviews: mine,
    // Each review is announced when it opens and when it ends.
    sequence: mine.reduce((told, { endedAtMs }) => told + (endedAtMs === null ? 1 : 2), 0),
    returns: [],
  }
}

/**
 * Holds payments of unregistered orders, without cancelling them (M-17). Contradictory ones are orphans too, with money or not, so that the order's
 * first look-up calls a person if it is registered.
 */
export function adoptOrphans(input: DecideInput): Decision {
  const held = new Map(input.payments.map((payment) => [payment.paymentId, payment]))
  const payments: Payment[] = []
  const timeline: TimelineEntry[] = []
  for (const seen of onePerPayment(input.seen)) {
    const known = held.get(seen.paymentId) ?? null
    const payment = joined(input, known, seen)
    held.set(seen.paymentId, payment)
    if (JSON.stringify(known) !== JSON.stringify(payment)) payments.push(payment)
    if (known === null || isBelow(known.status, payment.status)) timeline.push(seenEntry(payment))
  }
  return { order: null, payments, notices: [], intents: [], executed: [], timeline, proof: null }
}

function joined(input: DecideInput, known: Payment | null, seen: Observation): Payment {
  const what = contradictionOf(known, seen)
  const contradiction = what === null ? null : contradictionSince(known, what, input.nowMs)
  const facts = what === null ? join(known ?? seen, seen) : joinInDoubt(known, seen)
  const standing = heldMoney(facts) || contradiction !== null ? 'orphan' : null
  return { ...facts, ...noVerdict, standing, contradiction }
}

const seenEntry = ({ paymentId, status }: Payment): TimelineEntry => ({
  event: 'payment.seen',
  paymentId,
  from: null,
  to: null,
  reason: `no such order here: ${status}`,
})

/** Holds one such payment and calls a person once. `reviews` are those of its order id. */
export function adoptOrphan(
  input: DecideInput,
  known: Payment | null,
  reviews: readonly Review[],
): (Decision & { readonly order: Order }) | null {
  const facts = adoptOrphans({ ...input, payments: known === null ? [] : [known] })
  const payment = facts.payments[0] ?? known
  if (payment === null) return null
  const held = { ...input, payments: [payment] }
  const builder = new DecisionBuilder(held, standInOrder(payment, reviews))
  const left = remainderOf(payment)
  const isToldOf = builder.order.reviews.some(({ reason }) => reason === 'orphan')
  if (left > 0 && !isToldOf)
    builder.openReview('orphan', payment, left, 'paid for an order that nobody registered here')
  if (left === 0 && heldMoney(payment))
    builder.endReviews(payment, ['orphan', 'cancel_failed'], 'all of its money is back')
  matchRefunds(builder, payment)
  const told = builder.decision()
  return { ...told, payments: facts.payments, timeline: [...facts.timeline, ...told.timeline] }
}
