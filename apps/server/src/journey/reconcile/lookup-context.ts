import type {
  Claim,
  DecideInput,
  Decision,
  Evidence,
  RequestedRefund,
  Observation,
  Order,
  Payment,
  Problem,
  Result,
  Return,
  StoryDoor,
} from '@landfall/payment-core'
import { keptOf, noEvidence } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { LookupRef } from '../../gateway/gateway.ts'
import type { OrderRecord } from '../../store/orders.ts'
import type { HeldPayment } from '../../store/payments.ts'

/** What caused a lookup: a claim, a timer or a person. */
export type LookupTrigger = {
  readonly claim: Claim | null
  /** When the trigger occurred, epoch milliseconds. */
  readonly atMs: number
  /** Store payments of unregistered orders for a person (M-17). Before that the claim waits for its order (W-06). */
  readonly adoptOrphans: boolean
  /** Nobody waits for the answer: other lookups go first when the gateway's budget is short (L-06). */
  readonly unhurried?: boolean
  /** The claim names no known order that can still change: its lookups have a small budget of their own (D-01). */
  readonly isStranger?: boolean
  /** The cause of a lookup without a claim; absent for a timer (`unhurried`) or a person. */
  readonly by?: 'visit' | 'refund'
}

/** A trigger without a claim, at the present time; `adoptOrphans` is false unless given. */
export const triggerNow = (
  { clock }: Pick<Deps, 'clock'>,
  rest: Partial<Omit<LookupTrigger, 'claim' | 'atMs'>> = {},
): LookupTrigger => ({ claim: null, atMs: clock.nowMs(), adoptOrphans: false, ...rest })

/** The order that the gateway's answer was recorded for; null when the order is not registered here. */
export type Reconciled = { readonly orderId: string | null }
/** The rows as read before the lookup began. A fact that shrinks against them is a contradiction, not an older answer. */
export type Held = { readonly payment: HeldPayment | null; readonly record: OrderRecord | null }

/** One lookup: its subject, the rows read before it, its triggers and its start, epoch milliseconds. */
export type LookupContext = {
  readonly ref: LookupRef
  readonly held: Held
  readonly triggers: readonly LookupTrigger[]
  readonly beganAtMs: number
}
/** `stale`: another writer changed the record first. */
export type LookupOutcome = Result<Reconciled, Problem> | 'stale'

/** Facts that a decision needs besides the observations: the amount fixed at the gateway, and the refunds requested there. */
export type AdditionalFacts = {
  readonly evidence: Evidence
  readonly requestedRefunds: readonly RequestedRefund[]
}

/** The distinct causes of a lookup. A return that came through another order's link counts as a visit to this order. */
export function doorsOf(triggers: readonly LookupTrigger[], orderId: string): StoryDoor[] {
  const doors = triggers.map(({ claim, by, unhurried }): StoryDoor => {
    if (claim !== null) return doorOf(claim, orderId)
    return by ?? (unhurried === true ? 'timer' : 'person')
  })
  return [...new Set(doors)]
}

export const doorOf = ({ source, orderId: claimed }: Claim, orderId: string): Claim['source'] =>
  source === 'return' && claimed !== orderId ? 'visit' : source

/** Adds the lookup's causes to each timeline entry of its decision. */
export const withDoors = <D extends Pick<Decision, 'timeline'>>(
  decision: D,
  context: LookupContext,
  orderId: string,
): D => {
  const because = doorsOf(context.triggers, orderId).join(' ')
  return { ...decision, timeline: decision.timeline.map((entry) => ({ ...entry, because })) }
}

export const lookOf = ({ ref, beganAtMs }: LookupContext): DecideInput['look'] => ({ by: ref.by, beganAtMs })

/** The input of a decision about an order after a lookup. */
export const decideInputOf = (
  deps: Deps,
  context: LookupContext,
  record: OrderRecord,
  seen: readonly Observation[],
  facts: AdditionalFacts = { evidence: noEvidence, requestedRefunds: [] },
): DecideInput & { order: Order } => ({
  ...baseDecideInput(deps),
  ...facts,
  order: record.order,
  payments: record.payments.map((held) => held.payment),
  seen,
  look: lookOf(context),
  returned: returnAmong(context.triggers, record.order.orderId),
})

/** The input of a decision without a lookup; the caller adds the order and its payments. */
export function baseDecideInput(deps: Deps): Omit<DecideInput, 'order' | 'payments'> {
  const nowMs = deps.clock.nowMs()
  return {
    seen: [],
    look: { by: 'payment', beganAtMs: nowMs },
    returned: null,
    evidence: noEvidence,
    requestedRefunds: [],
    policy: deps.config.policy,
    nowMs,
    nowIso: deps.clock.date(nowMs).toISOString(),
  }
}

/** Whether the order still waits for its payment. */
export const isAwaitingPayment = ({ status }: { readonly status: string }): boolean =>
  status === 'open' || status === 'awaiting_deposit'

/**
 * The newest return among the triggers, as the order stores it. A claim with the source `return` came through the link of the order it names,
 * and counts for no other order, whichever order the gateway names (R-12, R-22, S-25).
 */
export function returnAmong(triggers: readonly LookupTrigger[], orderId: string): Return | null {
  const returns = triggers
    .filter(({ claim }) => claim?.source === 'return' && claim.orderId === orderId)
    .toSorted((a, b) => b.atMs - a.atMs)
  const newest = returns[0]
  if (newest?.claim == null) return null
  const { says, paymentId, failReason, message } = newest.claim
  return { says, paymentId, failReason, message, atMs: newest.atMs, looks: 0 }
}

/**
 * True when the record already contains what the claim says, so that a lookup would change nothing: returns and webhooks of a finished payment
 * cost no gateway call (P10). A claim can only save its own lookup, never another claim's.
 */
export function isExplained({ order, payments }: OrderRecord, claim: Claim | null): boolean {
  if (claim === null) return false
  const all = payments.map((held) => held.payment)
  if (claim.cancellationId !== null) return all.some((payment) => isExplainedBy(payment, claim))
  const kept = keptOf(order, all)
  return kept !== null && (claim.paymentId ?? kept.paymentId) === kept.paymentId && isExplainedBy(kept, claim)
}

/** A browser sent the claim, and a customer waits for the screen. */
export const isBrowsers = ({ source }: Claim): boolean => source === 'return' || source === 'visit'

/** Whether this payment's record already contains what the claim says. */
export function isExplainedBy({ standing, cancels, deposited }: Payment, claim: Claim): boolean {
  if (claim.cancellationId !== null) return cancels.some((cancel) => cancel.id === claim.cancellationId)
  if (standing !== 'kept') return false
  // A second deposit into a fixed account sends the same webhook as the first. Only the gateway's list of deposits shows it (V-08).
  if (claim.source === 'webhook' && deposited > 0) return false
  return isBrowsers(claim) || claim.status === 'paid' || claim.status === 'ready'
}
