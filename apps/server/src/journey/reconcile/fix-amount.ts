import {
  endReviewFor,
  ok,
  openReviewFor,
  sameMoney,
  type DecideInput,
  type Decision,
  type GatewayProblem,
  type Order,
  type Result,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { FixAmountOutcome } from '../../gateway/gateway.ts'
import { markAmountFixed } from '../../store/change-order.ts'
import { contextOf } from './lookup-context.ts'
import { readSubject } from '../requests/subject.ts'

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
    await callForConflict(deps, order)
    return { amountFixed: false, conflict: true }
  }
  const sinceMs = fixed.value.kind === 'held' ? registeredAtMs : fixedSince(deps, fixed.value.atMs, askedAtMs)
  await markAmountFixed(deps.store, orderId, sinceMs)
  if (!isFirst)
    await decideAbout(deps, orderId, (input) =>
      endReviewFor(input, 'amount_conflict', null, 'the gateway holds this order’s own amount now'),
    )
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
): Promise<Result<FixAmountOutcome, GatewayProblem>> {
  const money = { amount, currency }
  if (isFirst) return gateway.fixAmount(orderId, money)
  const held = await gateway.fixedAmount(orderId)
  if (!held.ok) return held
  if (held.value.kind !== 'held') return gateway.fixAmount(orderId, money)
  return ok({ kind: sameMoney(held.value.money, money) ? 'held' : 'conflict' })
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

/** Another shop, or another deployment of this one, uses the number: a person has to know before its money comes (M-22, O-14). */
const callForConflict = (deps: Deps, { orderId, amount }: Pick<Order, 'orderId' | 'amount'>): Promise<void> =>
  decideAbout(deps, orderId, (input) =>
    openReviewFor(input, {
      reason: 'amount_conflict',
      payment: null,
      atStake: amount,
      note: 'the gateway holds another amount fixed for this order number: another shop or deployment uses it',
    }),
  )

async function decideAbout(
  deps: Deps,
  orderId: string,
  decide: (input: DecideInput & { readonly order: Order }) => (Decision & { readonly order: Order }) | null,
): Promise<void> {
  const subject = await readSubject(deps, orderId, null)
  if (subject === null) return
  const decision = decide({ ...contextOf(deps), order: subject.order, payments: subject.payments })
  // Recorded by somebody else meanwhile: the next look tries again.
  if (decision !== null) await subject.record(decision)
}
