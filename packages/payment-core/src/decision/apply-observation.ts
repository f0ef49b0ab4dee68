import type { Draft } from './decision-builder.ts'
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
import { announceReturns } from './announce-cancels.ts'
import { closeAccount, stand } from './classify-payment.ts'

/** What contradicts itself is looked at again for at least so long: a replica of the gateway's may be behind (G-09, G-18). */
export const CONTRADICTION_MS = 30_000

export const accountIssued = 'a virtual account is issued for exactly this amount'

/** Joins one observation into what is held and draws what follows from it. */
export function absorb(draft: Draft, seen: Observation): void {
  // Of two records of one payment in one look, the one that contradicts what is held counts, whatever the other says.
  if (draft.inDoubt.has(seen.paymentId)) return
  const held = draft.held(seen.paymentId)
  const what = contradictionOf(held, seen)
  if (what !== null) return contradicted(draft, held, seen, what)
  const payment: Payment = {
    ...join(held ?? seen, seen),
    // Two rows of one look that differed: this one says which it is.
    amounts: seen.amounts,
    currencies: seen.currencies,
    ...(held === null ? noVerdict : verdictOf(held)),
    contradiction: null,
  }
  draft.put(payment)
  if (held?.contradiction != null) agreed(draft, payment)
  draft.endReviews(payment, ['bad_money'], 'the gateway’s record can be read')
  if (held === null || held.status !== payment.status)
    draft.note('payment.seen', payment.paymentId, payment.status)
  if (!heldMoney(payment)) return passing(draft, payment, held)
  if (payment.standing === null || payment.standing === 'orphan') return stand(draft, payment, seen)
  announceReturns(draft, payment, held)
}

/** A later look agrees with what is held: what contradicted it was a record that lagged behind. */
function agreed(draft: Draft, payment: Payment): void {
  draft.note('payment.agreed', payment.paymentId, 'a later look agrees with what is held')
  draft.endReviews(payment, ['contradiction'], 'a later look agrees with what is held')
}

/**
 * Evidence against itself: what is certain of it is joined, it is looked at again, and nothing automatic happens meanwhile. What still
 * contradicts itself then is a person's (G-09, M-12). What was decided before stays decided, and money that has gone back from the kept
 * payment has gone back, so the status follows that.
 */
function contradicted(draft: Draft, held: Payment | null, seen: Observation, what: string): void {
  const wasOrphan = held?.standing === 'orphan'
  const contradiction = contradictionSince(held, what, draft.input.nowMs)
  const payment: Payment = {
    ...joinInDoubt(held, seen),
    ...(held === null ? noVerdict : verdictOf(held)),
    ...(wasOrphan ? { standing: null } : {}),
    contradiction,
  }
  draft.put(payment)
  draft.inDoubt.add(payment.paymentId)
  if (held?.contradiction == null) draft.note('payment.contradicted', payment.paymentId, what)
  if (contradiction.isCertain)
    draft.openReview('contradiction', payment, Math.max(remainderOf(payment), remainderOf(seen)), what)
  if (payment.standing !== null) announceReturns(draft, payment, held)
}

/** Since when, by whichever clock: one that has jumped back begins anew (K-03). */
export function contradictionSince(held: Payment | null, what: string, nowMs: number): Contradiction {
  const before = held?.contradiction ?? null
  if (before === null) return { what, sinceMs: nowMs, isCertain: false }
  const sinceMs = Math.min(before.sinceMs, nowMs)
  return { what: before.what, sinceMs, isCertain: before.isCertain || nowMs - sinceMs >= CONTRADICTION_MS }
}

/**
 * States without money: announced only if seen while they were true, and only while the order still waits.
 */
function passing(draft: Draft, payment: Payment, held: Payment | null): void {
  if (isOfEarlierLife(draft.order, payment)) return
  const isNews = held === null || held.status !== payment.status
  // One whose first record contradicted itself is told of when a later one agrees.
  const isAgreed = held?.contradiction != null && draft.order.status === 'open'
  if (!isNews && !isAgreed) return
  if (draft.order.keptPaymentId !== null) return closeAccount(draft, payment)
  const to = draft.statusNow()
  if (to !== 'open' && to !== 'awaiting_deposit') return
  if (awaitsDeposit(draft.order, payment))
    draft.announce({ type: 'payment.awaiting_deposit', payment, to, mark: 0, why: accountIssued })
  if (payment.status === 'failed' && isNews) {
    const why = payment.details.failReason ?? 'failed at the gateway'
    draft.announce({ type: 'payment.failed', payment, to, mark: 0, why })
  }
}
