import { endReviewFor, ok, openReviewFor, remainderOf, type Claim, type Review } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { readPayment } from '../../store/payments.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'
import { baseDecideInput } from '../reconcile/lookup-context.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'
import { readSubject } from '../requests/subject.ts'

/**
 * Opens or ends the review of a disputed payment (M-18). The gateway's record does not mention disputes, so the signed webhook is believed. The sum at
 * stake comes from the record. False while the payment or its order is unknown.
 */
export async function recordDispute(
  deps: Deps,
  signalWork: SignalWork,
  { paymentId, orderId: named }: Claim,
  { isOpen, atMs }: NonNullable<Claim['dispute']>,
): Promise<boolean> {
  const { store, clock } = deps
  const at = atMs ?? clock.nowMs()
  const recorded = await retryOnStale(named ?? paymentId ?? '', async () => {
    const held = paymentId === null ? null : await readPayment(store, paymentId)
    const orderId = held?.payment.orderId ?? named
    const subject = orderId === null ? null : await readSubject(deps, orderId, paymentId)
    if (subject === null || orderId === null) return ok(false)
    const { order, payments } = subject
    if (isOpen && order.reviews.some((review) => isReviewed(review, paymentId, at))) return ok(true)
    const payment = payments.find((each) => each.paymentId === paymentId) ?? null
    const input = { ...baseDecideInput(deps), order, payments }
    const atStake = payment === null ? order.amount : remainderOf(payment)
    const since = clock.date(at).toISOString()
    const decision = isOpen
      ? openReviewFor(input, {
          reason: 'disputed',
          paymentId,
          payment,
          atStake,
          note: `the gateway tells of a dispute since ${since}`,
        })
      : endReviewFor(
          input,
          'disputed',
          paymentId,
          `the gateway tells that the dispute was resolved at ${since}`,
        )
    if (decision === null) return ok(true)
    if ((await subject.record(decision)) === 'stale') return 'stale'
    deps.log.warn({ orderId, paymentId, reason: isOpen ? 'dispute opened' : 'dispute resolved' }, 'dispute')
    signalWork('notices')
    deps.changes.publish(orderId)
    return ok(true)
  })
  return recorded.ok && recorded.value
}

/** The gateway resends a webhook by hand, and a person may have ended its review meanwhile. */
const isReviewed = (
  { reason, paymentId, endedAtMs }: Review,
  disputed: string | null,
  atMs: number,
): boolean => reason === 'disputed' && paymentId === disputed && endedAtMs !== null && atMs <= endedAtMs
