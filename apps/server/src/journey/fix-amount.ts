import type { Order } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { markAmountFixed } from '../store/orders.ts'

/** Fixes the order's amount at the gateway while nothing has been paid: what `orders.register` could not do is tried at every look. */
export async function fixAmount(
  deps: Deps,
  order: Pick<Order, 'orderId' | 'amount' | 'currency'>,
): Promise<boolean> {
  const { orderId, amount, currency } = order
  const fixed = await deps.gateway.fixAmount(orderId, { amount, currency })
  if (fixed.ok) await markAmountFixed(deps.store, orderId)
  else deps.log.warn({ orderId, problem: fixed.problem }, 'amount not fixed at the gateway')
  return fixed.ok
}
