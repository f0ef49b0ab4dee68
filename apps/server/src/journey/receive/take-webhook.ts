import {
  endReviewFor,
  fail,
  ok,
  openReviewFor,
  remainderOf,
  type Claim,
  type Problem,
  type Result,
  type WebhookV2,
} from '@landfall/payment-core'
import { isMessageKnown, rememberMessage } from '../../store/messages.ts'
import { readPayment } from '../../store/payments.ts'
import type { Journey } from '../journey.ts'
import { baseDecideInput } from '../reconcile/lookup-context.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'
import { readSubject } from '../requests/subject.ts'

/** What a signed webhook has become. `ignored`: it asks for nothing here, and is answered with 200 all the same (W-12). */
export type ReceivedWebhook = { readonly as: 'stored' | 'ignored'; readonly claim: Claim | null }

/** Takes in a verified webhook, once for each message id (W-11). Fails with `busy` when it cannot be stored yet. */
export async function takeWebhook(
  journey: Journey,
  messageId: string,
  event: WebhookV2,
): Promise<Result<ReceivedWebhook, Problem>> {
  const { store, clock } = journey.deps
  if (await isMessageKnown(store, messageId))
    return ok({ as: 'stored', claim: event.kind === 'nothing' ? null : event.claim })
  const done = await act(journey, event)
  if (done.ok) await rememberMessage(store, messageId, clock.nowMs())
  return done
}

async function act(journey: Journey, event: WebhookV2): Promise<Result<ReceivedWebhook, Problem>> {
  if (event.kind === 'nothing') return ok({ as: 'ignored', claim: null })
  const accepted = await journey.acceptClaim(event.claim)
  if (!accepted.ok) return accepted
  if (event.kind === 'dispute') {
    const recorded = await recordDispute(journey, event)
    if (!recorded.ok) return recorded
  }
  return ok({ as: 'stored', claim: event.claim })
}

/**
 * Opens or ends the review of a disputed payment (M-18). A dispute of a payment that nothing here is known of yet fails with `busy`: the gateway
 * repeats it over hours, and by then a look-up has found the payment.
 */
async function recordDispute(
  { deps, signalWork }: Journey,
  { claim, isOpen, atMs }: Extract<WebhookV2, { kind: 'dispute' }>,
): Promise<Result<null, Problem>> {
  const { store, clock } = deps
  const { paymentId } = claim
  const since = clock.date(atMs ?? clock.nowMs()).toISOString()
  return retryOnStale(claim.orderId ?? paymentId ?? '', async () => {
    const held = paymentId === null ? null : await readPayment(store, paymentId)
    const orderId = held?.payment.orderId ?? claim.orderId
    const subject = orderId === null ? null : await readSubject(deps, orderId, paymentId)
    if (subject === null || orderId === null) return fail({ kind: 'busy' })
    const { order, payments } = subject
    const payment = payments.find((each) => each.paymentId === paymentId) ?? null
    const input = { ...baseDecideInput(deps), order, payments }
    const atStake = payment === null ? order.amount : remainderOf(payment)
    const opening = { reason: 'disputed', paymentId, payment, atStake } as const
    const decision = isOpen
      ? openReviewFor(input, { ...opening, note: `the gateway tells of a dispute since ${since}` })
      : endReviewFor(
          input,
          'disputed',
          paymentId,
          `the gateway tells that the dispute was resolved at ${since}`,
        )
    if (decision === null) return ok(null)
    if ((await subject.record(decision)) === 'stale') return 'stale'
    deps.log.warn({ orderId, paymentId, reason: isOpen ? 'dispute opened' : 'dispute resolved' }, 'dispute')
    signalWork('notices')
    deps.changes.publish(orderId)
    return ok(null)
  })
}
