import {
  closeOrder,
  ok,
  fail,
  type CloseInput,
  type OrderView,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import { readOrder, recordDecision } from '../../store/orders.ts'
import { blockAmount } from '../reconcile/fix-amount.ts'
import type { Journey } from '../journey.ts'
import { baseDecideInput, triggerNow } from '../reconcile/lookup-context.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'
import { orderView } from './order-view.ts'

/** A payment window that was open at the close may still be paid, so the order is looked up once more after this. */
const LOOK_AFTER_MS = 5 * 60_000

/**
 * Closes an unpaid order. It asks the gateway first and fails when the gateway does not answer, because the customer may have paid a moment ago
 * (M-31). Fails with `unknown_order`, with the lookup's problems, and when the order's state forbids it.
 */
export async function close(
  journey: Journey,
  { orderId, reason = 'the shop has called the order off' }: CloseInput,
  actor: string,
): Promise<Result<OrderView, Problem>> {
  const { deps, reconcile, signalWork } = journey
  const lookup = await reconcile({ by: 'order', orderId }, triggerNow(deps))
  if (!lookup.ok && lookup.problem.kind !== 'unknown_payment') return lookup
  return retryOnStale(orderId, async () => {
    const record = await readOrder(deps.store, orderId)
    if (record === null) return fail({ kind: 'unknown_order', orderId })
    const payments = record.payments.map((held) => held.payment)
    const closed = closeOrder({ ...baseDecideInput(deps), order: record.order, payments, actor }, reason)
    if (!closed.ok) return closed
    if (closed.value === null) return ok(await orderView(journey, record))
    const nowMs = deps.clock.nowMs()
    const at = { nowMs, dueAtMs: nowMs + LOOK_AFTER_MS, lookedAtMs: record.lookedAtMs }
    if ((await recordDecision(deps.store, record, closed.value, at)) === 'stale') return 'stale'
    deps.log.info({ orderId, actor }, 'order called off')
    signalWork('notices', 'cancels')
    deps.changes.publish(orderId)
    await blockAmount(deps, closed.value.order)
    return 'stale' // the record has changed by this write: the answer is read anew
  })
}
