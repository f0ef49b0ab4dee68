import {
  fail,
  gatewayByPaymentId,
  ok,
  resolveReview,
  type Observation,
  type Problem,
  type ResolveAnswer,
  type ResolveInput,
  type Result,
  type Review,
} from '@landfall/payment-core'
import { cancelsOfOrder } from '../../store/cancels.ts'
import { readOrder } from '../../store/orders.ts'
import { readPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import type { Journey } from '../journey.ts'
import { baseDecideInput, triggerNow } from '../reconcile/lookup-context.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'
import { orderView } from './order-view.ts'
import { readSubject } from './subject.ts'

/**
 * Ends a review with a person's decision. It looks the payment up first: the review may have ended by itself, and the decision needs the gateway's
 * present record. A repeated call gives the same answer; another action on an ended review fails with `review_ended`.
 */
export async function resolve(
  journey: Journey,
  input: ResolveInput,
  actor: string,
): Promise<Result<ResolveAnswer, Problem>> {
  const { orderId, reviewId } = input
  const before = await reviewOf(journey, input)
  if (before === null) return fail({ kind: 'unknown_review', orderId, reviewId })
  const seen = before.endedAtMs === null ? await lookUp(journey, orderId, before) : null
  return retryOnStale(orderId, async () => {
    const review = await reviewOf(journey, input)
    if (review?.endedAtMs != null) return answerOf(journey, input, review)
    const ended = await endReview(journey, input, actor, review, seen)
    return ended !== 'stale' && !ended.ok ? ended : 'stale'
  })
}

const reviewOf = async ({ deps }: Journey, { orderId, reviewId }: ResolveInput): Promise<Review | null> =>
  (await reviewsOfOrder(deps.store, orderId)).find((each) => each.reviewId === reviewId) ?? null

/** Reconciles the payment and reads the gateway's record; null when it cannot be read, because a person may decide without it. */
async function lookUp(
  { deps, reconcile }: Journey,
  orderId: string,
  { paymentId }: Review,
): Promise<Observation | null> {
  if (paymentId === null) return null
  await reconcile({ by: 'payment', paymentId, orderId }, triggerNow(deps, { adoptOrphans: true }))
  const held = await readPayment(deps.store, paymentId)
  const name = held?.payment.gateway ?? gatewayByPaymentId(paymentId)
  const answer = await deps.gateways.of(name).lookup({ by: 'payment', paymentId, orderId }, 'claim')
  return answer.ok ? (answer.value[0] ?? null) : null
}

async function endReview(
  { deps, signalWork }: Journey,
  { orderId, reviewId, action, note, refundAccount }: ResolveInput,
  actor: string,
  review: Review | null,
  seen: Observation | null,
): Promise<Result<null, Problem> | 'stale'> {
  const subject = await readSubject(deps, orderId, review?.paymentId ?? null)
  if (subject === null) return fail({ kind: 'unknown_order', orderId })
  const { order, payments } = subject
  const decision = resolveReview(
    { ...baseDecideInput(deps), order, payments, actor },
    await cancelsOfOrder(deps.store, orderId),
    seen,
    { reviewId, action, note, refundAccount: refundAccount ?? null },
  )
  if (!decision.ok) return decision
  if ((await subject.record(decision.value, { request: '', actor })) === 'stale') return 'stale'
  deps.log.info({ orderId, reviewId, action, actor }, 'review ended by a person')
  signalWork('notices', 'cancels')
  deps.changes.publish(orderId)
  return ok(null)
}

/** Answers from the ended review; fails with `review_ended` when it ended with another action. */
async function answerOf(
  journey: Journey,
  { orderId, reviewId, action }: ResolveInput,
  { end, endedAtMs, endedBy, endNote }: Review,
): Promise<Result<ResolveAnswer, Problem>> {
  if (end !== action && end !== 'facts' && end !== null)
    return fail({ kind: 'review_ended', orderId, reviewId })
  const record = await readOrder(journey.deps.store, orderId)
  return ok({
    orderId,
    reviewId,
    end: end ?? 'facts',
    endedAt: endedAtMs ?? 0,
    endedBy,
    note: endNote ?? '',
    order: record === null ? null : await orderView(journey, record),
  })
}
