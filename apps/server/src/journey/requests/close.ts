import {
  closeOrder,
  fail,
  ok,
  type CloseInput,
  type OrderView,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import { readOrder, recordDecision } from '../../store/orders.ts'
import { blockAmount } from '../reconcile/fix-amount.ts'
import type { Journey } from '../journey.ts'
import { contextOf } from '../reconcile/lookup-context.ts'
import { orderView } from './order-view.ts'

/** How often it starts again because the order changed under it. */
const STALE_REPEATS_MAX = 5

/**
 * Calls an unpaid order off. The gateway is asked first, and when it does not answer nothing is called off: the customer may have paid a moment
 * ago (M-31).
 */
export async function close(
  journey: Journey,
  { orderId, reason = 'the shop has called the order off' }: CloseInput,
  actor: string,
): Promise<Result<OrderView, Problem>> {
  const { deps, reconcile, signalWork } = journey
  const looked = await reconcile(
    { by: 'order', orderId },
    { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: false },
  )
  if (!looked.ok && looked.problem.kind !== 'unknown_payment') return looked
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const record = await readOrder(deps.store, orderId)
    if (record === null) return fail({ kind: 'unknown_order', orderId })
    const payments = record.payments.map((held) => held.payment)
    const closed = closeOrder({ ...contextOf(deps), order: record.order, payments, actor }, reason)
    if (!closed.ok) return closed
    if (closed.value === null) return ok(await orderView(journey, record))
    const nowMs = deps.clock.nowMs()
    const at = { nowMs, dueAtMs: nowMs + LOOK_AFTER_MS, lookedAtMs: record.lookedAtMs }
    if ((await recordDecision(deps.store, record, closed.value, at)) === 'stale') continue
    deps.log.info({ orderId, actor }, 'order called off')
    signalWork('notices', 'cancels')
    deps.changes.publish(orderId)
    await blockAmount(deps, closed.value.order)
  }
  return fail({ kind: 'contended', orderId })
}

/** A window that stood open at that moment may still be paid in: it is looked for once more by itself. */
const LOOK_AFTER_MS = 5 * 60_000
