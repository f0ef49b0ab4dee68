import { ok, sameMoney, type GatewayProblem, type Order, type Result } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import type { Fixed } from '../gateway/gateway.ts'
import { markAmountFixed } from '../store/orders.ts'

export type Fixing = { readonly amountFixed: boolean; readonly conflict: boolean }

/**
 * Fixes the order's amount at the gateway while nothing has been paid: what `orders.register` could not do is tried at every look. `conflict`:
 * somebody else uses the number, with another amount (M-22).
 *
 * Since when it is fixed tells a forged window from another shop's (`evidence.ts`), so that the earliest time it may have been is noted, by the
 * gateway's own clock, as the time is by which a window was opened. An earlier call whose answer was lost may have done it, which is asked before
 * it is tried again.
 */
export async function fixAmount(
  deps: Deps,
  order: Pick<Order, 'orderId' | 'amount' | 'currency' | 'registeredAtMs'>,
  isFirst = false,
): Promise<Fixing> {
  const { orderId, registeredAtMs } = order
  if (deps.config.observeOnly) return notFixed
  const askedAtMs = deps.clock.nowMs()
  const fixed = await askToFix(deps, order, isFirst)
  if (!fixed.ok) {
    deps.log.warn({ orderId, problem: fixed.problem }, 'amount not fixed at the gateway')
    return notFixed
  }
  if (fixed.value.kind === 'conflict') {
    deps.log.warn(
      { orderId },
      'the gateway holds another amount for this order number: somebody else uses it',
    )
    return { amountFixed: false, conflict: true }
  }
  const sinceMs = fixed.value.kind === 'held' ? registeredAtMs : fixedSince(deps, fixed.value.atMs, askedAtMs)
  await markAmountFixed(deps.store, orderId, sinceMs)
  return { amountFixed: true, conflict: false }
}

/** Not before it was asked for, by whichever clock. */
const fixedSince = ({ clock }: Deps, answeredAtMs: number | null, askedAtMs: number): number =>
  answeredAtMs === null ? askedAtMs : answeredAtMs - Math.max(0, clock.nowMs() - askedAtMs)

const notFixed: Fixing = { amountFixed: false, conflict: false }

async function askToFix(
  { gateway }: Deps,
  { orderId, amount, currency }: Pick<Order, 'orderId' | 'amount' | 'currency'>,
  isFirst: boolean,
): Promise<Result<Fixed, GatewayProblem>> {
  const money = { amount, currency }
  if (isFirst) return gateway.fixAmount(orderId, money)
  const held = await gateway.fixedAmount(orderId)
  if (!held.ok) return held
  if (held.value.kind !== 'held') return gateway.fixAmount(orderId, money)
  return ok({ kind: sameMoney(held.value.money, money) ? 'held' : 'conflict' })
}
