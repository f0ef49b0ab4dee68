import {
  fail,
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
import { reviewsOfOrder } from '../../store/reviews.ts'
import type { Journey } from '../journey.ts'
import { contextOf } from '../reconcile/lookup-context.ts'
import { orderView } from './order-view.ts'
import { readSubject } from './subject.ts'

/** How often it starts again because the order changed under it. */
const STALE_REPEATS_MAX = 5

/**
 * A person ends a review. The gateway is asked first: what has ended by itself meanwhile needs nobody any more, and what is decided is decided on
 * its present record.
 */
export async function resolve(
  journey: Journey,
  input: ResolveInput,
  actor: string,
): Promise<Result<ResolveAnswer, Problem>> {
  const { orderId, reviewId } = input
  const before = await reviewOf(journey, input)
  if (before === null) return fail({ kind: 'unknown_review', orderId, reviewId })
  const seen = before.endedAtMs === null ? await seenNow(journey, before) : null
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const review = await reviewOf(journey, input)
    if (review?.endedAtMs != null) return answerOf(journey, input, review)
    const ended = await endReview(journey, input, actor, review, seen)
    if (ended !== 'stale' && !ended.ok) return ended
  }
  return fail({ kind: 'contended', orderId })
}

const reviewOf = async ({ deps }: Journey, { orderId, reviewId }: ResolveInput): Promise<Review | null> =>
  (await reviewsOfOrder(deps.store, orderId)).find((each) => each.reviewId === reviewId) ?? null

/** The payment as the gateway's record reads now, recorded like any look; null where it cannot be read: a person may know more. */
async function seenNow({ deps, reconcile }: Journey, { paymentId }: Review): Promise<Observation | null> {
  if (paymentId === null) return null
  const reason = { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: true }
  await reconcile({ by: 'payment', paymentId }, reason)
  const answer = await deps.gateway.lookup({ by: 'payment', paymentId }, 'claim')
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
    { ...contextOf(deps), order, payments, actor },
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

/** The same again is answered alike; another end of what has ended is told so. */
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
