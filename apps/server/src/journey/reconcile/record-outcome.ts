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
  type Result,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { askedBack, cancelsOfOrder } from '../../store/cancels.ts'
import { readOrder, type OrderRecord } from '../../store/orders.ts'
import { recordOrphans } from '../../store/orphans.ts'
import type { HeldPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import {
  contextOf,
  inputOf,
  withDoors,
  type Beside,
  type LookupContext,
  type LookupOutcome,
} from './lookup-context.ts'
import { reschedule } from './reschedule.ts'
import { record } from './record.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

/** The gateway has answered. The order is the one *it* names, whatever the claim said (R-12, W-16). */
export async function recordOutcome(
  deps: Deps,
  signalWork: SignalWork,
  look: LookupContext,
  seen: readonly Observation[],
): Promise<LookupOutcome> {
  const { ref, held } = look
  const named = ref.by === 'order' ? ref.orderId : (held.payment?.payment.orderId ?? seen[0]?.orderId ?? '')
  const before = held.record?.order.orderId === named ? held.record : await readNamed(deps, named)
  if (before === null) return recordOrphan(deps, signalWork, look, seen, named)
  const knownVersion = (paymentId: string): number | null =>
    held.payment?.payment.paymentId === paymentId ? held.payment.version : null
  const isNews = ({ payment, version }: HeldPayment): boolean =>
    seen.some((each) => each.paymentId === payment.paymentId) && version !== knownVersion(payment.paymentId)
  // Recorded by somebody else since we read, an order registered meanwhile included: our answer may be the older one. Look again.
  if (before !== held.record && before.payments.some(isNews)) return 'stale'
  const beside = await besideOf(deps, before, seen)
  if (!beside.ok) return reschedule(deps, signalWork, look, beside.problem)
  const decision = decide(inputOf(deps, look, before, seen, beside.value))
  const { order } = decision
  if (order === null) return fail({ kind: 'unknown_order', orderId: named })
  return record(deps, signalWork, look, before, { ...decision, order })
}

/** Whose money it is may hang on what the gateway holds fixed for the number, and what went back on what was asked: read where it does. */
async function besideOf(
  deps: Deps,
  { order, payments, attempts }: OrderRecord,
  seen: readonly Observation[],
): Promise<Result<Beside, GatewayProblem>> {
  const isNews = seen.filter((each) => {
    const held = payments.find(({ payment }) => payment.paymentId === each.paymentId)?.payment
    return held === undefined || held.standing === null || held.standing === 'orphan'
  })
  const isBack = seen.some(({ cancels, cancelledAmount }) => cancels.length > 0 || cancelledAmount > 0)
  const asked = isBack ? (await cancelsOfOrder(deps.store, order.orderId)).map(askedBack) : []
  if (!needsFixedAmount(order, isNews)) return ok({ evidence: noEvidence, asked })
  const fixed = await deps.gateway.fixedAmount(order.orderId)
  if (fixed.ok) return ok({ evidence: { fixed: fixed.value }, asked })
  // A question that is never answered must not hide the money: then a person decides.
  return attempts < EVIDENCE_TRIES_MAX ? fixed : ok({ evidence: noEvidence, asked })
}
const EVIDENCE_TRIES_MAX = 4

/** The gateway's order ids are a stranger's: one we could not have issued is no order of ours. */
const readNamed = async (deps: Deps, named: string): Promise<OrderRecord | null> =>
  OrderId.safeParse(named).success ? readOrder(deps.store, named) : null

/** A payment of an order nobody registered here. Its claim waits for the order; after that the payment is held for a person (W-06, M-17). */
async function recordOrphan(
  deps: Deps,
  signalWork: SignalWork,
  look: LookupContext,
  seen: readonly Observation[],
  named: string,
): Promise<LookupOutcome> {
  const { held, reasons } = look
  if (held.payment === null && !reasons.some((reason) => reason.adoptOrphans))
    return fail({ kind: 'unknown_order', orderId: named })
  const nowMs = deps.clock.nowMs()
  const reviews = await reviewsOfOrder(deps.store, named)
  const input = {
    ...contextOf(deps),
    order: null,
    payments: [],
    seen,
    look: { by: look.ref.by, beganAtMs: look.beganAtMs },
  }
  const decision = adoptOrphan(input, held.payment?.payment ?? null, reviews)
  if (decision === null) return ok({ orderId: null })
  const told = withDoors(decision, look, named)
  const outcome = await recordOrphans(deps.store, held.payment, told, nowMs, reviews)
  if (outcome === 'stale') return 'stale'
  if (decision.notices.length > 0) signalWork('notices')
  for (const { paymentId } of decision.payments)
    deps.log.warn({ orderId: named, paymentId }, 'payment of an unknown order is held for a person')
  return ok({ orderId: null })
}
