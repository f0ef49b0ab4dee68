import { fail, keptOf, ok, type Claim, type Payment, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { LookupRef, Priority } from '../../gateway/gateway.ts'
import { readAbout, readOrder, type OrderRecord } from '../../store/orders.ts'
import { recordOutcome } from './record-outcome.ts'
import { SingleFlight } from './single-flight.ts'
import type { Held, LookupTrigger, Reconciled } from './lookup-context.ts'
import { reschedule } from './reschedule.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

export type Reconcile = (ref: LookupRef, reason: LookupTrigger) => Promise<Result<Reconciled, Problem>>

/** How often a look starts again because somebody else recorded first; then the timer goes on with it. */
const STALE_REPEATS_MAX = 5

export type Corridor = {
  readonly reconcile: Reconcile
  /** A look at this order that is under way. */
  readonly underWay: (orderId: string) => Promise<unknown> | null
  /** A look at a payment that is under way because of a claim which names this order: its return, most likely. */
  readonly spokenOf: (orderId: string) => Promise<unknown> | null
  /** When this process last had the gateway's answer about a payment; null when that is long ago. */
  readonly answeredAtMs: (paymentId: string) => number | null
}

/**
 * The corridor: look up → decide → record. Every door ends here (product.md §2.3). Look-ups of one payment, or of one order, are shared
 * while in flight. No transaction is open while the network is in use.
 */
export function corridor(deps: Deps, signalWork: SignalWork): Corridor {
  const lookups = new SingleFlight<LookupTrigger, Result<Reconciled, Problem>>()
  const speaking = new Map<string, Promise<unknown>>()
  const answered = new Map<string, number>()
  const landed = (ref: LookupRef, orderId: string | null, look: Promise<unknown>): void => {
    if (orderId !== null && speaking.get(orderId) === look) speaking.delete(orderId)
    if (ref.by === 'order') return
    answered.delete(ref.paymentId)
    answered.set(ref.paymentId, deps.clock.nowMs())
    const [oldest] = answered.keys()
    if (answered.size > ANSWERS_MAX && oldest !== undefined) answered.delete(oldest)
  }
  return {
    reconcile: (ref, reason) => {
      const look = lookups.join(keyOf(ref), reason, (takeInputs) =>
        run(deps, signalWork, ref, reason, takeInputs),
      )
      const orderId = ref.by === 'payment' ? (reason.claim?.orderId ?? null) : null
      if (orderId !== null) speaking.set(orderId, look)
      const end = (): void => landed(ref, orderId, look)
      look.then(end, end)
      return look
    },
    underWay: (orderId) => lookups.underWay(keyOf({ by: 'order', orderId })),
    spokenOf: (orderId) => speaking.get(orderId) ?? null,
    answeredAtMs: (paymentId) => answered.get(paymentId) ?? null,
  }
}
/** Answers whose time is remembered: they spare look-ups of payments nobody here knows (D-02). */
const ANSWERS_MAX = 10_000

const keyOf = (ref: LookupRef): string =>
  ref.by === 'payment' ? `payment ${ref.paymentId}` : `order ${ref.orderId}`

async function run(
  deps: Deps,
  signalWork: SignalWork,
  ref: LookupRef,
  first: LookupTrigger,
  takeInputs: () => readonly LookupTrigger[],
): Promise<Result<Reconciled, Problem>> {
  let reasons: readonly LookupTrigger[] | null = null
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const held = await readHeld(deps, ref, first)
    reasons ??= takeInputs()
    const known = held.record
    if (ref.by === 'order' && known === null) return fail({ kind: 'unknown_order', orderId: ref.orderId })
    if (known !== null && reasons.every((reason) => isExplained(known, reason.claim)))
      return ok({ orderId: known.order.orderId })
    const beganAtMs = deps.clock.nowMs()
    const answer = await deps.gateway.lookup(ref, priorityOf(reasons, known))
    const outcome = answer.ok
      ? await recordOutcome(deps, signalWork, { ref, held, reasons, beganAtMs }, answer.value)
      : await reschedule(deps, signalWork, { ref, held, reasons, beganAtMs }, answer.problem)
    if (outcome !== 'stale') return outcome
  }
  return fail({ kind: 'contended', orderId: ref.by === 'order' ? ref.orderId : ref.paymentId })
}

/**
 * A look is paid for by the best reason for it. Orders we know come before what we do not, and who waits before who does not: junk must not
 * starve a customer (L-06, D-01).
 */
function priorityOf(reasons: readonly LookupTrigger[], known: OrderRecord | null): Priority {
  const priorities = reasons.map(({ claim, unhurried, isStranger }): Priority => {
    if (unhurried === true || (claim?.source === 'list' && known === null)) return 'timer'
    return isStranger === true || (claim === null && known === null) ? 'stranger' : 'claim'
  })
  if (priorities.includes('claim')) return 'claim'
  return priorities.includes('timer') ? 'timer' : 'stranger'
}

const readHeld = async ({ store }: Deps, ref: LookupRef, { claim }: LookupTrigger): Promise<Held> =>
  ref.by === 'payment'
    ? readAbout(store, ref.paymentId, claim?.orderId ?? '')
    : { payment: null, record: await readOrder(store, ref.orderId) }

/**
 * True when what is recorded already says what the claim says, so that a look-up could only repeat it: returns and webhooks of a finished
 * payment cost none (P10). A claim can only spare its own look-up, never another's.
 */
export function isExplained({ order, payments }: OrderRecord, claim: Claim | null): boolean {
  if (claim === null) return false
  const all = payments.map((held) => held.payment)
  if (claim.cancellationId !== null) return all.some((payment) => isExplainedBy(payment, claim))
  const kept = keptOf(order, all)
  return kept !== null && (claim.paymentId ?? kept.paymentId) === kept.paymentId && isExplainedBy(kept, claim)
}

/** Somebody stands before a screen and waits. */
export const isBrowsers = ({ source }: Claim): boolean => source === 'return' || source === 'visit'

/** The same, of the one payment that is claimed about. */
export function isExplainedBy({ standing, cancels, deposited }: Payment, claim: Claim): boolean {
  if (claim.cancellationId !== null) return cancels.some((cancel) => cancel.id === claim.cancellationId)
  if (standing !== 'kept') return false
  // Money into a fixed account once more is announced like the first time, and only its list of deposits tells (V-08).
  if (claim.source === 'webhook' && deposited > 0) return false
  return isBrowsers(claim) || claim.status === 'paid' || claim.status === 'ready'
}
