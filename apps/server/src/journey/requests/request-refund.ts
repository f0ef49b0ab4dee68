import {
  decideCancel,
  fail,
  isPersons,
  ok,
  OrderId,
  returnedUnder,
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
import { readSubject, type Subject } from './subject.ts'

/** How often a request starts again because the order changed under it. */
const STALE_REPEATS_MAX = 5

/**
 * The shop asks money back. The request is stored under its idempotency key before anything is sent, in the order's guarded write, so that
 * two at once are weighed one after the other (M-08) and the same one twice is one cancel (M-09). It is answered after the first try, or
 * after as long as a caller would wait, with what has become of it until then.
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
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const known = await readCancel(store, intentId)
    if (known !== null && known.request !== asking.request)
      return fail({ kind: 'idempotency_conflict', orderId: input.orderId })
    if (known !== null) return ok(answerOf((await tried(journey, known)) ?? known))
    const asked = await intend(journey, input, intentId, asking)
    if (asked === 'stale' || asked.ok) continue
    // That there is no money is said by the gateway alone: what is recorded may be a webhook behind.
    if (hasLooked || !isOfMoney(asked.problem)) return asked
    const looked = await lookFirst(journey, input)
    if (!looked.ok) return looked
    hasLooked = true
  }
  return fail({ kind: 'contended', orderId: input.orderId })
}

const isOfMoney = ({ kind }: Problem): boolean =>
  kind === 'nothing_to_cancel' ||
  kind === 'cancel_too_large' ||
  kind === 'under_review' ||
  kind === 'unknown_order'

async function lookFirst(
  { reconcile, deps }: Journey,
  { orderId, paymentId }: CancelInput,
): Promise<Result<unknown, Problem>> {
  const reason = { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: true, by: 'refund' } as const
  return paymentId === undefined
    ? reconcile({ by: 'order', orderId }, reason)
    : reconcile({ by: 'payment', paymentId }, reason)
}

/** Salted by the key, which is not kept: an account number could be guessed from a plain digest (P-04). */
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
  const asked = JSON.stringify([idempotencyKey, amount ?? null, reason, refundAccount ?? null, ...parts])
  const digest = createHash('sha256').update(asked).digest('base64url')
  return amount === undefined ? `${ALL_THAT_IS_LEFT}${digest}` : digest
}

/** Unique to order and key, and short enough to travel in the gateway's reason, where it marks our cancel among others. */
const intentIdOf = ({ orderId, idempotencyKey }: CancelInput): string =>
  `shop-${OrderId.safeParse(orderId).success ? orderId : 'orphan'}-${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 16)}`

async function intend(
  { deps, signalWork }: Journey,
  input: CancelInput,
  intentId: string,
  asking: Requester,
): Promise<Result<null, Problem> | 'stale'> {
  const subject = await readSubject(deps, input.orderId, input.paymentId ?? null)
  if (subject === null) return fail({ kind: 'unknown_order', orderId: input.orderId })
  const intent = weigh(subject, await cancelsOfOrder(deps.store, input.orderId), input, intentId)
  if (!intent.ok) return intent
  const decision = {
    order: subject.order,
    payments: [],
    notices: [],
    intents: [intent.value],
    executed: [],
    timeline: [{ ...askedEntry(intent.value), actor: asking.actor }],
    proof: null,
  }
  if ((await subject.record(decision, asking)) === 'stale') return 'stale'
  signalWork('cancels')
  return ok(null)
}

/** Against what is left beside other requests about the same payment, under way and executed (M-08). */
function weigh(
  { order, payments }: Subject,
  cancels: readonly HeldCancel[],
  input: CancelInput,
  intentId: string,
): Result<CancelIntent, Problem> {
  const paymentId = input.paymentId ?? order.keptPaymentId
  // One that the gateway has executed is part of what has gone back, also before it is marked as done.
  const isExecuted = (each: HeldCancel): boolean =>
    each.state === 'done' || payments.some((payment) => returnedUnder(each.intentId, payment).length > 0)
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

/** An automatic refund that the gateway refuses keeps nobody from giving the money back in another way. */
const isWithPerson = (each: HeldCancel): boolean => each.cause !== 'shop' && each.state === 'refused'

const askedEntry = ({ paymentId, amount, reason }: CancelIntent): Decision['timeline'][number] => ({
  event: 'cancel.asked',
  paymentId,
  from: null,
  to: null,
  reason: `${amount}: ${reason}`,
})

/** The intent once the work loop has tried it, or as it stands when a caller would wait no longer. */
async function tried(journey: Journey, intent: HeldCancel): Promise<HeldCancel | null> {
  const { clock, changes, config, store } = journey.deps
  const endsAtMs = clock.nowMs() + config.verifyDeadlineMs
  for (;;) {
    const changed = new AbortController()
    // Before it is read: a change in between must not be missed.
    const unsubscribe = changes.subscribe(intent.orderId, () => changed.abort('changed'))
    try {
      const held = await readCancel(store, intent.intentId)
      const leftMs = endsAtMs - clock.nowMs()
      if (held === null || isEnded(held) || held.attempts > 0 || leftMs <= 0) return held
      await clock.sleep(Math.min(SLICE_MS, leftMs), changed.signal)
    } finally {
      unsubscribe()
    }
  }
}

/** Another server's work is heard of at least this often. */
const SLICE_MS = 250

const answerOf = (held: HeldCancel): CancelAnswer => ({
  cancelId: held.intentId,
  orderId: held.orderId,
  amount: held.amount,
  state: held.state === 'done' ? 'done' : isPersons(held) ? 'failed' : 'waiting',
})
