import {
  decideCancel,
  fail,
  isBooked,
  needsPerson,
  ok,
  OrderId,
  type CancelAnswer,
  type CancelInput,
  type CancelIntent,
  type Decision,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { cancelsOfOrder, isEnded, readCancel, type Requester, type HeldCancel } from '../../store/cancels.ts'
import { ALL_THAT_IS_LEFT } from '../follow-up/execute-refund.ts'
import type { Journey } from '../journey.ts'
import { triggerNow } from '../reconcile/lookup-context.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'
import { emptyDecision, readSubject, type Subject } from './subject.ts'

/**
 * Requests a refund for the shop. The order's guarded write stores the request under its idempotency key before any gateway call, so concurrent
 * requests are decided one after the other (M-08), and a repeated request is one refund (M-09). It answers with the refund's state after the
 * first attempt, or after `verifyDeadlineMs`. Fails with `idempotency_conflict` when the key belongs to another request, with `decideCancel`'s problems,
 * and with those of the lookup that confirms a refusal.
 */
export async function requestRefund(
  journey: Journey,
  input: CancelInput,
  actor: string | null = null,
): Promise<Result<CancelAnswer, Problem>> {
  const { store } = journey.deps
  const intentId = intentIdOf(input)
  const asking = { request: digestOf(input), actor }
  let hasLooked = false
  return retryOnStale(input.orderId, async () => {
    const known = await readCancel(store, intentId)
    if (known !== null && known.request !== asking.request)
      return fail({ kind: 'idempotency_conflict', orderId: input.orderId })
    if (known !== null) return ok(answerOf((await waitForAttempt(journey, known)) ?? known))
    const stored = await storeIntent(journey, input, intentId, asking)
    if (stored === 'stale' || stored.ok) return 'stale'
    // Our record may lag behind the gateway, so the refusal must hold against a fresh lookup.
    if (hasLooked || !dependsOnRecord(stored.problem)) return stored
    const lookup = await lookUp(journey, input)
    if (!lookup.ok) return lookup
    hasLooked = true
    return 'stale'
  })
}

/** A problem that a newer record of the payment can remove. */
const dependsOnRecord = ({ kind }: Problem): boolean =>
  kind === 'nothing_to_cancel' ||
  kind === 'cancel_too_large' ||
  kind === 'under_review' ||
  kind === 'unknown_order'

async function lookUp(
  { reconcile, deps }: Journey,
  { orderId, paymentId }: CancelInput,
): Promise<Result<unknown, Problem>> {
  const trigger = triggerNow(deps, { adoptOrphans: true, by: 'refund' })
  return paymentId === undefined
    ? reconcile({ by: 'order', orderId }, trigger)
    : reconcile({ by: 'payment', paymentId, orderId }, trigger)
}

/** The idempotency key, which is not stored, is the salt: an account number could be guessed from a plain digest (P-04). */
function digestOf({
  paymentId,
  amount,
  taxFree,
  vat,
  reason,
  refundAccount,
  idempotencyKey,
}: CancelInput): string {
  const hasParts = taxFree !== undefined || vat !== undefined
  const parts = [
    ...(hasParts ? [taxFree ?? null, vat ?? null] : []),
    ...(paymentId === undefined ? [] : [`of ${paymentId}`]),
  ]
  const request = JSON.stringify([idempotencyKey, amount ?? null, reason, refundAccount ?? null, ...parts])
  const digest = createHash('sha256').update(request).digest('base64url')
  return amount === undefined ? `${ALL_THAT_IS_LEFT}${digest}` : digest
}

/** Unique to order and key, and short enough for the gateway's reason field, where it identifies our cancel. */
const intentIdOf = ({ orderId, idempotencyKey }: CancelInput): string =>
  `shop-${OrderId.safeParse(orderId).success ? orderId : 'orphan'}-${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 16)}`

async function storeIntent(
  { deps, signalWork }: Journey,
  input: CancelInput,
  intentId: string,
  asking: Requester,
): Promise<Result<null, Problem> | 'stale'> {
  const subject = await readSubject(deps, input.orderId, input.paymentId ?? null)
  if (subject === null) return fail({ kind: 'unknown_order', orderId: input.orderId })
  const intent = decideIntent(subject, await cancelsOfOrder(deps.store, input.orderId), input, intentId)
  if (!intent.ok) return intent
  const decision = {
    ...emptyDecision(subject.order),
    intents: [intent.value],
    timeline: [{ ...requestedEntry(intent.value), actor: asking.actor }],
  }
  if ((await subject.record(decision, asking)) === 'stale') return 'stale'
  signalWork('cancels')
  return ok(null)
}

/** Decides the request against the amount that other refunds of the payment leave, pending and executed ones (M-08). */
function decideIntent(
  { order, payments }: Subject,
  cancels: readonly HeldCancel[],
  input: CancelInput,
  intentId: string,
): Result<CancelIntent, Problem> {
  const paymentId = input.paymentId ?? order.keptPaymentId
  // A refund in the gateway's record is executed even before its row is marked as done.
  const isExecuted = (each: HeldCancel): boolean =>
    each.state === 'done' || payments.some((payment) => isBooked(each, payment))
  const others = cancels.filter((each) => each.paymentId === paymentId && each.cause !== 'account')
  const { amount, reason, refundAccount, taxFree, vat } = input
  return decideCancel(
    order,
    payments,
    others.filter((each) => !isExecuted(each) && !isEnded(each) && !isWithPerson(each)),
    others.filter(isExecuted),
    {
      intentId,
      paymentId: input.paymentId ?? null,
      amount: amount ?? null,
      reason,
      refundAccount: refundAccount ?? null,
      taxFree,
      vat,
    },
  )
}

/** An automatic refund that the gateway refused must not block another way to refund the money. */
const isWithPerson = (each: HeldCancel): boolean => each.cause !== 'shop' && each.state === 'refused'

const requestedEntry = ({ paymentId, amount, reason }: CancelIntent): Decision['timeline'][number] => ({
  event: 'cancel.asked',
  paymentId,
  from: null,
  to: null,
  reason: `${amount}: ${reason}`,
})

/** Waits for the work loop's first attempt, at most `verifyDeadlineMs`, and reads the refund. */
async function waitForAttempt(journey: Journey, intent: HeldCancel): Promise<HeldCancel | null> {
  const { clock, changes, config, store } = journey.deps
  const endsAtMs = clock.monotonicMs() + config.verifyDeadlineMs
  for (;;) {
    const changed = new AbortController()
    // Subscribe before the read: a change between the two must not be missed.
    const unsubscribe = changes.subscribe(intent.orderId, () => changed.abort('changed'))
    try {
      const held = await readCancel(store, intent.intentId)
      const leftMs = endsAtMs - clock.monotonicMs()
      if (held === null || isEnded(held) || held.attempts > 0 || leftMs <= 0) return held
      await clock.sleep(Math.min(SLICE_MS, leftMs), changed.signal)
    } finally {
      unsubscribe()
    }
  }
}

/** The longest time between two reads: another server's change may send no event. */
const SLICE_MS = 250

const answerOf = (held: HeldCancel): CancelAnswer => ({
  cancelId: held.intentId,
  orderId: held.orderId,
  amount: held.amount,
  state: held.state === 'done' ? 'done' : needsPerson(held) ? 'failed' : 'waiting',
})
