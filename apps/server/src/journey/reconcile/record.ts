import { nextLookAt, ok, type Decision, type Order } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { recordDecision, type OrderRecord } from '../../store/orders.ts'
import { fixAmount } from './fix-amount.ts'
import { withDoors, type LookupContext, type LookupOutcome } from './lookup-context.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

/** The one guarded write of a decision. Afterwards it wakes the work loop for new notices and refunds, and updates open pages. */
export async function record(
  deps: Deps,
  signalWork: SignalWork,
  context: LookupContext,
  before: OrderRecord,
  decision: Decision & { order: Order },
): Promise<LookupOutcome> {
  const nowMs = deps.clock.nowMs()
  const { order } = decision
  const changed = new Map(decision.payments.map((payment) => [payment.paymentId, payment]))
  const payments = [
    ...new Map([
      ...before.payments.map((held) => [held.payment.paymentId, held.payment] as const),
      ...changed,
    ]).values(),
  ]
  const dueAtMs = nextLookAt(order, payments, nowMs, context.ref.by)
  const outcome = await recordDecision(deps.store, before, withDoors(decision, context, order.orderId), {
    nowMs,
    dueAtMs,
    lookedAtMs: context.beganAtMs,
  })
  if (outcome === 'stale') return 'stale'
  for (const { event, paymentId, from, to, reason } of decision.timeline) {
    deps.metrics.count('events', event)
    const why = event === 'payment.failed' ? null : reason // the PG's own text may contain personal data (P-04)
    deps.log.info({ orderId: order.orderId, paymentId, event, from, to, reason: why }, 'recorded')
  }
  if (decision.notices.length > 0) signalWork('notices')
  if (decision.intents.length > 0) signalWork('cancels')
  deps.changes.publish(order.orderId)
  if (order.amountFixedAtMs === null && order.status === 'open') await fixAmount(deps, order)
  return ok({ orderId: order.orderId })
}
