import {
  fail,
  firstGateway,
  gatewayByPaymentId,
  ok,
  type GatewayName,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { Gateway, LookupRef, Priority } from '../../gateway/gateway.ts'
import { readAbout, readOrder, type OrderRecord } from '../../store/orders.ts'
import { recordOutcome } from './record-outcome.ts'
import { SingleFlight } from './single-flight.ts'
import { isExplained, type Held, type LookupTrigger, type Reconciled } from './lookup-context.ts'
import { reschedule } from './reschedule.ts'
import { retryOnStale } from './retry-on-stale.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

export type Reconcile = (ref: LookupRef, trigger: LookupTrigger) => Promise<Result<Reconciled, Problem>>

/** Remembered answers. They save repeated lookups of payments that are not stored here (D-02). */
const ANSWERS_MAX = 10_000

/** When a look-up of a payment ended, epoch milliseconds, and whether the gateway has said what there is. */
type PaymentAnswer = { readonly atMs: number; readonly isCertain: boolean }

export type Reconciler = ReturnType<typeof openReconciler>

/**
 * Looks up, decides and records; every return, webhook and timer ends here. Callers share the lookup of one payment, or of one order, while it
 * is in flight. No transaction is open during a gateway call.
 */
export function openReconciler(deps: Deps, signalWork: SignalWork) {
  const lookups = new SingleFlight<LookupTrigger, Result<Reconciled, Problem>>()
  const claimLookups = new Map<string, Promise<unknown>>()
  const answers = new Map<string, PaymentAnswer>()
  const end = (
    ref: LookupRef,
    orderId: string | null,
    lookup: Promise<unknown>,
    isCertain: boolean,
  ): void => {
    if (orderId !== null && claimLookups.get(orderId) === lookup) claimLookups.delete(orderId)
    if (ref.by === 'order') return
    answers.delete(ref.paymentId)
    answers.set(ref.paymentId, { atMs: deps.clock.nowMs(), isCertain })
    const [oldest] = answers.keys()
    if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest)
  }
  return {
    reconcile: (ref: LookupRef, trigger: LookupTrigger) => {
      const lookup = lookups.join(keyOf(ref), trigger, (closeFlight) =>
        run(deps, signalWork, ref, trigger, closeFlight),
      )
      const orderId = ref.by === 'payment' ? (trigger.claim?.orderId ?? null) : null
      if (orderId !== null) claimLookups.set(orderId, lookup)
      lookup.then(
        (outcome) => end(ref, orderId, lookup, outcome.ok || outcome.problem.kind === 'unknown_payment'),
        () => end(ref, orderId, lookup, false),
      )
      return lookup
    },
    /** The lookup of this order that is in flight. */
    lookupInFlight: (orderId: string) => lookups.inFlight(keyOf({ by: 'order', orderId })),
    /** A lookup of a payment that is in flight for a claim which names this order, usually its return. */
    claimLookupInFlight: (orderId: string) => claimLookups.get(orderId) ?? null,
    /** How this process's last look-up of a payment ended; null when it made none or no longer remembers it. */
    answerAbout: (paymentId: string) => answers.get(paymentId) ?? null,
  }
}

const keyOf = (ref: LookupRef): string =>
  ref.by === 'payment' ? `payment ${ref.paymentId}` : `order ${ref.orderId}`

async function run(
  deps: Deps,
  signalWork: SignalWork,
  ref: LookupRef,
  first: LookupTrigger,
  closeFlight: () => readonly LookupTrigger[],
): Promise<Result<Reconciled, Problem>> {
  let triggers: readonly LookupTrigger[] | null = null
  return retryOnStale(ref.by === 'order' ? ref.orderId : ref.paymentId, async () => {
    const held = await readHeld(deps, ref, first)
    triggers ??= closeFlight()
    const known = held.record
    if (ref.by === 'order' && known === null) return fail({ kind: 'unknown_order', orderId: ref.orderId })
    if (known !== null && triggers.every(({ claim }) => isExplained(known, claim)))
      return ok({ orderId: known.order.orderId })
    const beganAtMs = deps.clock.nowMs()
    const subject = withHeldOrder(ref, held)
    const answer = await lookUp(
      deps,
      subject,
      askedGateways(deps, ref, held, triggers),
      priorityOf(triggers, known),
    )
    return answer.ok
      ? recordOutcome(deps, signalWork, { ref, held, triggers, beganAtMs }, answer.value)
      : reschedule(deps, signalWork, { ref, held, triggers, beganAtMs }, answer.problem)
  })
}

/** The order that the gateway named for a payment before, whatever a claim says. */
const withHeldOrder = (ref: LookupRef, { payment }: Held): LookupRef =>
  ref.by === 'payment' && payment !== null ? { ...ref, orderId: payment.payment.orderId } : ref

/**
 * The gateways that can know the subject, the likeliest first. An order is looked up by its own protocol. A payment is usually of its order's protocol;
 * one that is not, because the shop's page opened the other window, must be found too.
 */
function askedGateways(
  { gateways }: Deps,
  ref: LookupRef,
  { payment, record }: Held,
  triggers: readonly LookupTrigger[],
): readonly GatewayName[] {
  const ofOrder = record?.order.gateway ?? null
  if (ref.by === 'order') return [ofOrder ?? gateways.names[0] ?? firstGateway]
  // What is stored was seen by its protocol, and an answer of another would be none.
  const stored = [payment?.payment.gateway ?? null, ofOrder].filter((name) => name !== null)
  // Anybody may name a protocol that the shop does not have.
  const claimed = triggers
    .map(({ claim }) => (claim === null ? null : gateways.answering(claim.gateway)))
    .filter((name) => name !== null)
  const told = [...stored.map((name) => gateways.answering(name) ?? name), ...claimed]
  const guess = gateways.answering(gatewayByPaymentId(ref.paymentId)) ?? gateways.names[0] ?? firstGateway
  return told.length === 0 ? [guess] : [...new Set(told)]
}

async function lookUp(
  { gateways }: Pick<Deps, 'gateways'>,
  ref: LookupRef,
  [name = firstGateway, ...others]: readonly GatewayName[],
  priority: Priority,
): ReturnType<Gateway['lookup']> {
  const answer = await gateways.of(name).lookup(ref, priority)
  if (answer.ok || answer.problem.kind !== 'unknown_payment' || others.length === 0) return answer
  return lookUp({ gateways }, ref, others, priority)
}

/**
 * The highest priority among a lookup's triggers. Known orders come before unknown ones, and triggers that somebody waits for before the others:
 * junk claims must not delay a customer (L-06, D-01).
 */
function priorityOf(triggers: readonly LookupTrigger[], known: OrderRecord | null): Priority {
  const priorities = triggers.map(({ claim, unhurried, isStranger, by }): Priority => {
    if (isStranger === true || (by === 'visit' && known === null)) return 'stranger'
    // The gateway's list or an earlier answer names the payment, and nobody has registered its order. The shop itself may ask about it too.
    return unhurried === true || (claim !== null && known === null) ? 'timer' : 'claim'
  })
  if (priorities.includes('claim')) return 'claim'
  return priorities.includes('timer') ? 'timer' : 'stranger'
}

const readHeld = async ({ store }: Deps, ref: LookupRef, { claim }: LookupTrigger): Promise<Held> =>
  ref.by === 'payment'
    ? readAbout(store, ref.paymentId, claim?.orderId ?? '')
    : { payment: null, record: await readOrder(store, ref.orderId) }
