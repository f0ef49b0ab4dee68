import type { Money } from '../money/money.ts'
import { isExact, type Order } from '../order/order.ts'
import { amountOf, begunAtMs, currencyOf, heldMoney, type Facts } from '../payment/payment.ts'

/** What the gateway says of an order number, asked when it matters and not remembered (M-22). */
export type FixedAmount =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly money: Money }
  /** It was not asked, or gave no answer. */
  | { readonly kind: 'unknown' }

/** What tells whose money it is, beside the payment's own record. */
export type Evidence = {
  /** The amount that the gateway holds fixed for the order's number. */
  readonly fixed: FixedAmount
}
export const noEvidence: Evidence = { fixed: { kind: 'unknown' } }

/** How far the gateway's clock and ours may differ. It also covers times that the gateway rounds. */
export const CLOCK_ALLOWANCE_MS = 60_000
/** The same where a second or two decide: an amount that was fixed just before a window opened, or just after. */
const FIXING_ALLOWANCE_MS = 2_000

/** Begun before the order was registered, further back than clocks differ. */
export function predates(order: Order, facts: Facts): boolean {
  const begun = begunAtMs(facts)
  return begun !== null && begun < order.registeredAtMs - CLOCK_ALLOWANCE_MS
}

/** Of another use of this order's number, before the order was registered: none of this customer's (M-20, M-21). */
export const isOfEarlierLife = (order: Order, facts: Facts): boolean =>
  predates(order, facts) && !isAdopted(order, facts)

/** The one exception: its claim waited for the order, or the order was registered anew after a restore (W-06, C-09). */
const isAdopted = (order: Order, facts: Facts): boolean =>
  isExact(order, facts) && (begunAtMs(facts) ?? 0) >= order.adoptsFromMs

/** Why a person has to say whose money it is. */
export type Doubt = 'predates_order' | 'amount_conflict' | 'discounted' | 'undated'

/**
 * Why the evidence does not say that this money was paid for this order in this deployment; null when it does. Money in doubt is neither kept
 * nor sent back by itself (S-23).
 */
export function doubtAbout(order: Order, facts: Facts, evidence: Evidence): Doubt | null {
  if (isOfEarlierLife(order, facts)) return 'predates_order'
  if (isExact(order, facts)) return null
  const full = amountOf(facts) + (facts.details.discount ?? 0)
  if (full === order.amount && currencyOf(facts) === order.currency) return 'discounted'
  if (begunAtMs(facts) === null) return 'undated'
  return cameThroughOurWindow(order, facts, evidence) ? null : 'amount_conflict'
}

/**
 * Another sum can come through our window only if none was fixed when the try began. Where the gateway holds none, the window was forged; where
 * it holds ours, and can only have done so since later, that proves nothing; anything else is somebody else's use of the number.
 */
function cameThroughOurWindow(order: Order, facts: Facts, { fixed }: Evidence): boolean {
  if (fixed.kind !== 'held') return fixed.kind === 'none'
  const isOurs = fixed.money.amount === order.amount && fixed.money.currency === order.currency
  const begun = begunAtMs(facts) ?? 0
  return isOurs && (order.amountFixedAtMs ?? 0) > begun + FIXING_ALLOWANCE_MS
}

/** Must the gateway be asked which amount it holds for the number before this can be decided about? */
export const needsFixedAmount = (order: Order, seen: readonly Facts[]): boolean =>
  seen.some(
    (facts) =>
      facts.orderId === order.orderId &&
      heldMoney(facts) &&
      !isExact(order, facts) &&
      !predates(order, facts),
  )
