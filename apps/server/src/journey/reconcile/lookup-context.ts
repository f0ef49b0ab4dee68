import type {
  Claim,
  DecideInput,
  Decision,
  Evidence,
  AskedBack,
  Observation,
  Order,
  Problem,
  Result,
  Return,
  StoryDoor,
} from '@landfall/payment-core'
import { noEvidence } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { LookupRef } from '../../gateway/gateway.ts'
import type { OrderRecord } from '../../store/orders.ts'
import type { HeldPayment } from '../../store/payments.ts'

/** Why somebody wants a look: a claim, a clock, a person. */
export type LookupTrigger = {
  readonly claim: Claim | null
  /** When the claim came, epoch milliseconds. */
  readonly atMs: number
  /** Payments of unknown orders are held from now on, for a person (M-17); before that the claim waits for its order (W-06). */
  readonly adoptOrphans: boolean
  /** Nobody waits for it: others come first when the gateway's budget is short (L-06). */
  readonly unhurried?: boolean
  /** The claim named nothing we know that can still change: its look-ups have a small budget of their own (D-01). */
  readonly isStranger?: boolean
  /** What it is made for where no claim caused it; a person's or a program's own wish otherwise. */
  readonly by?: 'visit' | 'refund'
}

/** The order the gateway's answer was recorded for; null when it is nobody's here. */
export type Reconciled = { readonly orderId: string | null }
/** What was held before a look-up began: a fact that shrinks against it is a contradiction, not an older answer. */
export type Held = { readonly payment: HeldPayment | null; readonly record: OrderRecord | null }

/** One look: what is asked, what was held before, who wants to know, and when the question was put. */
export type LookupContext = {
  readonly ref: LookupRef
  readonly held: Held
  readonly reasons: readonly LookupTrigger[]
  readonly beganAtMs: number
}
/** `stale`: somebody else recorded first. */
export type LookupOutcome = Result<Reconciled, Problem> | 'stale'

/** What the gateway's answer is decided with, beside what is held: what else it was asked, and what was asked of it. */
export type Beside = { readonly evidence: Evidence; readonly asked: readonly AskedBack[] }

/** What a look was made for, each once: a return that came through another order's link is a visit to this one. */
export function doorsBehind(reasons: readonly LookupTrigger[], orderId: string): StoryDoor[] {
  const doors = reasons.map(({ claim, by, unhurried }): StoryDoor => {
    if (claim !== null) return doorOf(claim, orderId)
    return by ?? (unhurried === true ? 'timer' : 'person')
  })
  return [...new Set(doors)]
}

export const doorOf = ({ source, orderId: claimed }: Claim, orderId: string): Claim['source'] =>
  source === 'return' && claimed !== orderId ? 'visit' : source

/** The same beside each line of what was decided on such a look. */
export const withDoors = <D extends Pick<Decision, 'timeline'>>(
  decision: D,
  look: LookupContext,
  orderId: string,
): D => {
  const because = doorsBehind(look.reasons, orderId).join(' ')
  return { ...decision, timeline: decision.timeline.map((entry) => ({ ...entry, because })) }
}

/** What the pure core decides about. */
export const inputOf = (
  deps: Deps,
  look: LookupContext,
  record: OrderRecord,
  seen: readonly Observation[],
  beside: Beside = { evidence: noEvidence, asked: [] },
): DecideInput & { order: Order } => ({
  ...contextOf(deps),
  ...beside,
  order: record.order,
  payments: record.payments.map((held) => held.payment),
  seen,
  look: { by: look.ref.by, beganAtMs: look.beganAtMs },
  returned: returnAmong(look.reasons, record.order.orderId),
})

/** The same where nothing was looked up. */
export function contextOf(deps: Deps): Omit<DecideInput, 'order' | 'payments'> {
  const nowMs = deps.clock.nowMs()
  return {
    seen: [],
    look: { by: 'payment', beganAtMs: nowMs },
    returned: null,
    evidence: noEvidence,
    asked: [],
    policy: deps.config.policy,
    nowMs,
    nowIso: deps.clock.date(nowMs).toISOString(),
  }
}

/**
 * The newest return among the reasons, as the order remembers it: a claim of the source `return` came through the own link of the order it is
 * claimed for, and speaks for no other, whichever the gateway names (R-12, R-22, S-25).
 */
export function returnAmong(reasons: readonly LookupTrigger[], orderId: string): Return | null {
  const returns = reasons
    .filter(({ claim }) => claim?.source === 'return' && claim.orderId === orderId)
    .toSorted((a, b) => b.atMs - a.atMs)
  const newest = returns[0]
  if (newest?.claim == null) return null
  const { says, paymentId, failReason, message } = newest.claim
  return { says, paymentId, failReason, message, atMs: newest.atMs, looks: 0 }
}
