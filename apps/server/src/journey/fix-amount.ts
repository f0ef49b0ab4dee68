import type { Order } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { markAmountFixed } from '../store/orders.ts'

export type Fixing = { readonly amountFixed: boolean; readonly conflict: boolean }

/**
 * Fixes the order's amount at the gateway while nothing has been paid: what `orders.register` could not do is tried at every look. `conflict`:
 * somebody else uses the number, with another amount (M-22).
 */
export async function fixAmount(
  deps: Deps,
  order: Pick<Order, 'orderId' | 'amount' | 'currency'>,
): Promise<Fixing> {
  const { orderId, amount, currency } = order
  if (deps.config.observeOnly) return { amountFixed: false, conflict: false }
  const fixed = await deps.gateway.fixAmount(orderId, { amount, currency })
  if (!fixed.ok) deps.log.warn({ orderId, problem: fixed.problem }, 'amount not fixed at the gateway')
  else if (fixed.value === 'fixed') await markAmountFixed(deps.store, orderId, deps.clock.nowMs())
  else
    deps.log.warn(
      { orderId },
      'the gateway holds another amount for this order number: somebody else uses it',
    )
  return {
    amountFixed: fixed.ok && fixed.value === 'fixed',
    conflict: fixed.ok && fixed.value === 'conflict',
  }
}

/** A sum that nobody pays: with it the gateway refuses the window of an order that was called off, where it can. */
const BLOCKING_AMOUNT = 9_999_999_999

/** Best effort: money that comes all the same is not kept. */
export async function blockAmount(
  deps: Deps,
  { orderId, currency }: Pick<Order, 'orderId' | 'currency'>,
): Promise<void> {
  if (deps.config.observeOnly) return
  const blocked = await deps.gateway.fixAmount(orderId, { amount: BLOCKING_AMOUNT, currency }, 'replace')
  if (!blocked.ok) deps.log.warn({ orderId, problem: blocked.problem }, 'order not blocked at the gateway')
}
