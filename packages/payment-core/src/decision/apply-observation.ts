import type { DecisionBuilder } from './decision-builder.ts'
import { isOfEarlierLife } from './evidence.ts'
import type { Observation } from '../payment/observation.ts'
import { awaitsDeposit } from '../order/order.ts'
import {
  contradictionOf,
  heldMoney,
  join,
  joinInDoubt,
  noVerdict,
  remainderOf,
  verdictOf,
  type Contradiction,
  type Payment,
} from '../payment/payment.ts'
import { announceCancels } from './announce-cancels.ts'
import { closeAccount, classifyPayment } from './classify-payment.ts'

/** How long a contradiction is looked up again before it is certain: the gateway's replica may lag behind (G-09, G-18). */
const CONTRADICTION_MS = 30_000

export const accountIssued = 'a virtual account is issued for exactly this amount'

/** Joins an observation into the held facts and draws the consequences. */
export function applyObservation(builder: DecisionBuilder, seen: Observation): void {
  // Of two records of one payment in a look-up, the contradicting one counts.
  if (builder.inDoubt.has(seen.paymentId)) return
  const held = builder.held(seen.paymentId)
  const what = contradictionOf(held, seen)
  if (what !== null) return recordContradiction(builder, held, seen, what)
  const payment: Payment = {
    ...join(held ?? seen, seen),
    // This record decides between two differing rows of one look-up.
    amounts: seen.amounts,
    currencies: seen.currencies,
    ...(held === null ? noVerdict : verdictOf(held)),
    contradiction: null,
  }
  builder.put(payment)
  if (held?.contradiction != null) endContradiction(builder, payment)
  builder.endReviews(payment, ['bad_money'], 'the gateway’s record can be read')
  if (held === null || held.status !== payment.status)
    builder.note('payment.seen', payment.paymentId, payment.status)
  if (!heldMoney(payment)) return announcePassingState(builder, payment, held)
  if (payment.standing === null || payment.standing === 'orphan')
    return classifyPayment(builder, payment, seen)
  announceCancels(builder, payment, held)
}

/** A later look-up agrees with the held facts, so the contradicting record was a lagging one. */
function endContradiction(builder: DecisionBuilder, payment: Payment): void {
  builder.note('payment.agreed', payment.paymentId, 'a later look agrees with what is held')
  builder.endReviews(payment, ['contradiction'], 'a later look agrees with what is held')
}

/**
 * Handles an observation that contradicts the held facts. Its certain part is joined, nothing is done automatically, and the payment is looked up
 * again. A lasting contradiction goes to a person (G-09, M-12). Earlier decisions stay, but money returned from the kept payment counts.
 */
function recordContradiction(
  builder: DecisionBuilder,
  held: Payment | null,
  seen: Observation,
  what: string,
): void {
  const wasOrphan = held?.standing === 'orphan'
  const contradiction = contradictionSince(held, what, builder.input.nowMs)
  const payment: Payment = {
    ...joinInDoubt(held, seen),
    ...(held === null ? noVerdict : verdictOf(held)),
    ...(wasOrphan ? { standing: null } : {}),
    contradiction,
  }
  builder.put(payment)
  builder.inDoubt.add(payment.paymentId)
  if (held?.contradiction == null) builder.note('payment.contradicted', payment.paymentId, what)
  if (contradiction.isCertain)
    builder.openReview('contradiction', payment, Math.max(remainderOf(payment), remainderOf(seen)), what)
  if (payment.standing !== null) announceCancels(builder, payment, held)
}

/** The start of a contradiction. A clock that has jumped back starts it anew (K-03). */
export function contradictionSince(held: Payment | null, what: string, nowMs: number): Contradiction {
  const before = held?.contradiction ?? null
  if (before === null) return { what, sinceMs: nowMs, isCertain: false }
  const sinceMs = Math.min(before.sinceMs, nowMs)
  return { what: before.what, sinceMs, isCertain: before.isCertain || nowMs - sinceMs >= CONTRADICTION_MS }
}

/** Announces a state without money, only while it is current and the order still waits. */
function announcePassingState(builder: DecisionBuilder, payment: Payment, held: Payment | null): void {
  if (isOfEarlierLife(builder.order, payment)) return
  const isNews = held === null || held.status !== payment.status
  // A payment whose first record was contradictory is announced when a later one agrees.
  const isAgreed = held?.contradiction != null && builder.order.status === 'open'
  if (!isNews && !isAgreed) return
  if (builder.order.keptPaymentId !== null) return closeAccount(builder, payment)
  const to = builder.statusNow()
  if (to !== 'open' && to !== 'awaiting_deposit') return
  if (awaitsDeposit(builder.order, payment))
    builder.announce({ type: 'payment.awaiting_deposit', payment, to, mark: 0, why: accountIssued })
  if (payment.status === 'failed' && isNews) {
    const why = payment.details.failReason ?? 'failed at the gateway'
    builder.announce({ type: 'payment.failed', payment, to, mark: 0, why })
  }
}
