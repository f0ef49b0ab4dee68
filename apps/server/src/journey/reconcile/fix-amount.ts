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
import { baseDecideInput } from './lookup-context.ts'
import { readSubject } from '../requests/subject.ts'

export type Fixing = { readonly amountFixed: boolean; readonly conflict: boolean }

/**
 * Fixes the order's amount at the gateway before the payment. When `orders.register` could not do it, each lookup tries again. `conflict`: another
 * shop or deployment uses the order number with another amount (M-22).
 *
 * The time of fixing separates a forged payment window from another shop's (`evidence.ts`), so the earliest possible time is stored, by the
 * gateway's clock. An earlier call whose answer was lost may have fixed the amount, so a repeated call first asks the gateway for it.
 */
export async function fixAmount(
  deps: Deps,
  order: Pick<Order, 'orderId' | 'gateway' | 'amount' | 'currency' | 'registeredAtMs'>,
  isFirst = false,
): Promise<Fixing> {
  const { orderId, registeredAtMs } = order
  if (deps.config.observeOnly) return notFixed
  const askedAtMs = deps.clock.nowMs()
  const fixed = await requestFixedAmount(deps, order, isFirst)
  if (!fixed.ok) {
    deps.log.warn({ orderId, problem: fixed.problem }, 'amount not fixed at the gateway')
    return notFixed
  }
  if (fixed.value.kind === 'conflict') {
    deps.log.warn(
      { orderId },
      'the gateway holds another amount for this order number: another shop or deployment uses it',
    )
    await openConflictReview(deps, order)
    return { amountFixed: false, conflict: true }
  }
  const sinceMs = fixed.value.kind === 'held' ? registeredAtMs : fixedSince(deps, fixed.value.atMs, askedAtMs)
  await markAmountFixed(deps.store, orderId, sinceMs)
  if (!isFirst)
    await decideAndRecord(deps, orderId, (input) =>
      endReviewFor(input, 'amount_conflict', null, 'the gateway holds this order’s own amount now'),
    )
  return { amountFixed: true, conflict: false }
}

/** The earliest time, by the gateway's clock, at which the call may have fixed the amount; by ours when the answer names no time. */
const fixedSince = ({ clock }: Deps, answeredAtMs: number | null, askedAtMs: number): number =>
  answeredAtMs === null ? askedAtMs : answeredAtMs - Math.max(0, clock.nowMs() - askedAtMs)

const notFixed: Fixing = { amountFixed: false, conflict: false }

async function requestFixedAmount(
  { gateways }: Deps,
  { orderId, gateway: name, amount, currency }: Pick<Order, 'orderId' | 'gateway' | 'amount' | 'currency'>,
  isFirst: boolean,
): Promise<Result<FixAmountOutcome, GatewayProblem>> {
  const gateway = gateways.of(name)
  const money = { amount, currency }
  if (isFirst) return gateway.fixAmount(orderId, money)
  const held = await gateway.fixedAmount(orderId)
  if (!held.ok) return held
  if (held.value.kind !== 'held') return gateway.fixAmount(orderId, money)
  return ok({ kind: sameMoney(held.value.money, money) ? 'held' : 'conflict' })
}

/** An amount that nobody pays. The gateway refuses a payment window for a closed order whose amount differs from it. */
const BLOCKING_AMOUNT = 9_999_999_999

/**
 * Blocks further payments of a closed order at the gateway. Best effort: a later payment is returned. Another shop's amount for the same order number
 * stays: replacing it would block their customers (M-22).
 */
export async function blockAmount(
  deps: Deps,
  { orderId, gateway: name, amount, currency }: Pick<Order, 'orderId' | 'gateway' | 'amount' | 'currency'>,
): Promise<void> {
  if (deps.config.observeOnly) return
  const gateway = deps.gateways.of(name)
  const held = await gateway.fixedAmount(orderId)
  const isTheirs = held.ok && held.value.kind === 'held' && !sameMoney(held.value.money, { amount, currency })
  if (isTheirs) return
  const blocked = held.ok
    ? await gateway.fixAmount(orderId, { amount: BLOCKING_AMOUNT, currency }, 'replace')
    : held
  if (!blocked.ok) deps.log.warn({ orderId, problem: blocked.problem }, 'order not blocked at the gateway')
}

/** Another shop, or another deployment of this one, uses the order number: a person must know before its payments arrive (M-22, O-14). */
const openConflictReview = (
  deps: Deps,
  { orderId, amount }: Pick<Order, 'orderId' | 'amount'>,
): Promise<void> =>
  decideAndRecord(deps, orderId, (input) =>
    openReviewFor(input, {
      reason: 'amount_conflict',
      payment: null,
      atStake: amount,
      note: 'the gateway holds another amount fixed for this order number: another shop or deployment uses it',
    }),
  )

async function decideAndRecord(
  deps: Deps,
  orderId: string,
  decide: (input: DecideInput & { readonly order: Order }) => (Decision & { readonly order: Order }) | null,
): Promise<void> {
  const subject = await readSubject(deps, orderId, null)
  if (subject === null) return
  const decision = decide({ ...baseDecideInput(deps), order: subject.order, payments: subject.payments })
  // When another writer was first, the next lookup tries again.
  if (decision !== null) await subject.record(decision)
}
