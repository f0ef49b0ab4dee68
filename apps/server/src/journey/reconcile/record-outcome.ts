import {
  adoptOrphan,
  decide,
  fail,
  needsFixedAmount,
  noEvidence,
  ok,
  OrderId,
  type GatewayProblem,
  type Observation,
  type RequestedRefund,
  type Result,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { requestedRefund, cancelsOfOrder } from '../../store/cancels.ts'
import { readOrder, type OrderRecord } from '../../store/orders.ts'
import { recordOrphans } from '../../store/orphans.ts'
import type { HeldPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import {
  baseDecideInput,
  decideInputOf,
  lookOf,
  withDoors,
  type AdditionalFacts,
  type LookupContext,
  type LookupOutcome,
} from './lookup-context.ts'
import { reschedule } from './reschedule.ts'
import { record } from './record.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

/** Lookups of an order that fail for want of the fixed amount before a person decides without it. */
const EVIDENCE_TRIES_MAX = 4

/** Decides on the gateway's answer and records the decision. The order is the one the gateway names, whatever the claim said (R-12, W-16). */
export async function recordOutcome(
  deps: Deps,
  signalWork: SignalWork,
  context: LookupContext,
  seen: readonly Observation[],
): Promise<LookupOutcome> {
  const { ref, held } = context
  const orderId = ref.by === 'order' ? ref.orderId : (held.payment?.payment.orderId ?? seen[0]?.orderId ?? '')
  const before = held.record?.order.orderId === orderId ? held.record : await readRegistered(deps, orderId)
  if (before === null) return recordOrphan(deps, signalWork, context, seen, orderId)
  const knownVersion = (paymentId: string): number | null =>
    held.payment?.payment.paymentId === paymentId ? held.payment.version : null
  const isNews = ({ payment, version }: HeldPayment): boolean =>
    seen.some((each) => each.paymentId === payment.paymentId) && version !== knownVersion(payment.paymentId)
  // Another writer recorded this payment during the lookup, so this answer may be the older one. Look up again.
  if (before !== held.record && before.payments.some(isNews)) return 'stale'
  const facts = await readAdditionalFacts(deps, before, seen)
  if (!facts.ok) return reschedule(deps, signalWork, context, facts.problem)
  const decision = decide(decideInputOf(deps, context, before, seen, facts.value))
  const { order } = decision
  if (order === null) return fail({ kind: 'unknown_order', orderId })
  return record(deps, signalWork, context, before, { ...decision, order })
}

/** Reads the fixed amount and the requested refunds, each only when the decision can depend on it. */
async function readAdditionalFacts(
  deps: Deps,
  { order, payments, attempts }: OrderRecord,
  seen: readonly Observation[],
): Promise<Result<AdditionalFacts, GatewayProblem>> {
  const unclassified = seen.filter((each) => {
    const held = payments.find(({ payment }) => payment.paymentId === each.paymentId)?.payment
    return held === undefined || held.standing === null || held.standing === 'orphan'
  })
  const requestedRefunds = await readRequestedRefunds(deps, order.orderId, seen)
  if (!needsFixedAmount(order, unclassified)) return ok({ evidence: noEvidence, requestedRefunds })
  const fixed = await deps.gateways.of(order.gateway).fixedAmount(order.orderId)
  if (fixed.ok) return ok({ evidence: { fixed: fixed.value }, requestedRefunds })
  // An unanswered question must not hide the money. Without the evidence a person decides.
  return attempts < EVIDENCE_TRIES_MAX ? fixed : ok({ evidence: noEvidence, requestedRefunds })
}

/** Read only when the gateway's record shows that money went back. */
async function readRequestedRefunds(
  deps: Deps,
  orderId: string,
  seen: readonly Observation[],
): Promise<RequestedRefund[]> {
  const isBack = seen.some(({ cancels, cancelledAmount }) => cancels.length > 0 || cancelledAmount > 0)
  return isBack ? (await cancelsOfOrder(deps.store, orderId)).map(requestedRefund) : []
}

/** The gateway's order ids are untrusted: an id that this product could not have issued names no order of ours. */
const readRegistered = async (deps: Deps, orderId: string): Promise<OrderRecord | null> =>
  OrderId.safeParse(orderId).success ? readOrder(deps.store, orderId) : null

/** Records a payment of an unregistered order. At first its claim waits for the order; later the payment is stored for a person (W-06, M-17). */
async function recordOrphan(
  deps: Deps,
  signalWork: SignalWork,
  context: LookupContext,
  seen: readonly Observation[],
  orderId: string,
): Promise<LookupOutcome> {
  const { held, triggers } = context
  if (held.payment === null && !triggers.some(({ adoptOrphans }) => adoptOrphans))
    return fail({ kind: 'unknown_order', orderId })
  const nowMs = deps.clock.nowMs()
  const reviews = await reviewsOfOrder(deps.store, orderId)
  const requestedRefunds = await readRequestedRefunds(deps, orderId, seen)
  const known = { order: null, payments: [], seen, look: lookOf(context), requestedRefunds }
  const input = { ...baseDecideInput(deps), ...known }
  const decision = adoptOrphan(input, held.payment?.payment ?? null, reviews)
  if (decision === null) return ok({ orderId: null })
  const explained = withDoors(decision, context, orderId)
  const outcome = await recordOrphans(deps.store, held.payment, explained, nowMs, reviews)
  if (outcome === 'stale') return 'stale'
  if (decision.notices.length > 0) signalWork('notices')
  for (const { paymentId } of decision.payments)
    deps.log.warn({ orderId, paymentId }, 'payment of an unknown order is held for a person')
  return ok({ orderId: null })
}
