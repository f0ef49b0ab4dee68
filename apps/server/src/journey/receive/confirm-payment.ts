import type { ReadReturn } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { readOrder } from '../../store/orders.ts'
import { isAwaitingPayment, triggerNow } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'

/** Confirms what a return through an order's own link asks to confirm. Resolves when the outcome is recorded, or nothing was to confirm. */
export type ConfirmPayment = (orderId: string, said: ReadReturn) => Promise<void>

/** Returns that come while an order's confirmation is under way wait for it: a reload sends nothing. */
export function paymentConfirmer(deps: Deps, reconcile: Reconcile): ConfirmPayment {
  const underWay = new Map<string, Promise<void>>()
  return (orderId, said) => {
    if (said.paymentToken === null) return Promise.resolve()
    const current = underWay.get(orderId)
    if (current !== undefined) return current
    const confirming = confirmPayment(deps, reconcile, orderId, said)
      .catch((error: unknown) => deps.log.error({ err: error, orderId }, 'a payment could not be confirmed'))
      .finally(() => underWay.delete(orderId))
    underWay.set(orderId, confirming)
    return confirming
  }
}

/**
 * Confirms a payment that the customer has approved in a channel with manual confirm: nothing is charged before (docs/gateway/portone-v2.md §11).  The gateway compares amount and currency with the order's, and charges one try of an order.
 *
 * It looks the order up first, so that a repeat after an unanswered confirmation is sent only while nothing was charged, and afterwards, because only
 * the gateway's record shows the outcome. Without an answer to the first look-up it sends nothing, which charges nothing.
 */
async function confirmPayment(
  deps: Deps,
  reconcile: Reconcile,
  orderId: string,
  { claim, paymentToken }: ReadReturn,
): Promise<void> {
  const { store, gateways, config, log } = deps
  if (paymentToken === null || config.observeOnly) return
  // The token of another order's window: the gateway would refuse it.
  if ((claim.orderId ?? orderId) !== orderId) return
  const ref = { by: 'order', orderId } as const
  const before = await reconcile(ref, triggerNow(deps, { by: 'visit' }))
  const order = before.ok ? (await readOrder(store, orderId))?.order : undefined
  if (order === undefined || !isAwaitingPayment(order) || order.closedAtMs !== null) return
  const { confirm } = gateways.of(order.gateway)
  if (confirm === null) return
  const { amount, currency } = order
  const { paymentId } = claim
  const outcome = await confirm({ orderId, paymentId, paymentToken, money: { amount, currency } })
  if (outcome.kind === 'accepted') log.info({ orderId, paymentId }, 'payment confirmed')
  else {
    const problem = 'problem' in outcome ? outcome.problem : undefined
    log.warn({ orderId, paymentId, kind: outcome.kind, problem }, 'payment not confirmed')
  }
  await reconcile(ref, triggerNow(deps, { by: 'visit' }))
}
