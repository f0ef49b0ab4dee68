import { sameMoney, type Money } from '../money/money.ts'
import { isExact, type Order } from '../order/order.ts'
import { amountOf, begunAtMs, currencyOf, heldMoney, type Facts } from '../payment/payment.ts'

/** The amount that the gateway holds for an order id. It is asked for when needed and not remembered (M-22). */
export type FixedAmount =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly money: Money }
  /** Not asked, or not answered. */
  | { readonly kind: 'unknown' }

/** Evidence about whose money it is, besides the payment's own record. */
export type Evidence = {
  /** The amount that the gateway holds fixed for the order's number. */
  readonly fixed: FixedAmount
}
export const noEvidence: Evidence = { fixed: { kind: 'unknown' } }

/** How far the gateway's clock and ours may differ. It also covers times that the gateway rounds. */
const CLOCK_ALLOWANCE_MS = 60_000
/** The allowance where seconds matter: an amount fixed just before or after a window opened. */
const FIXING_ALLOWANCE_MS = 2_000

/** Whether the payment began before the order was registered, by more than clocks differ. */
export function predates(order: Order, facts: Facts): boolean {
  const begun = begunAtMs(facts)
  return begun !== null && begun < order.registeredAtMs - CLOCK_ALLOWANCE_MS
}

/** Whether the payment belongs to an earlier use of the order id (M-20, M-21). */
export const isOfEarlierLife = (order: Order, facts: Facts): boolean =>
  predates(order, facts) && !isAdopted(order, facts)

/** The exception: the claim waited for the order, or the order was registered again after a restore (W-06, C-09). */
const isAdopted = (order: Order, facts: Facts): boolean =>
  isExact(order, facts) && (begunAtMs(facts) ?? 0) >= order.adoptsFromMs

/** Why a person must say whose money it is. */
export type Doubt = 'predates_order' | 'amount_conflict' | 'discounted' | 'undated'

/** Why the evidence does not tie this money to this order; null when it does. Doubtful money is neither kept nor refunded automatically (S-23). */
export function doubtAbout(order: Order, facts: Facts, evidence: Evidence): Doubt | null {
  if (isOfEarlierLife(order, facts)) return 'predates_order'
  if (isExact(order, facts)) return null
  if (isDiscounted(order, facts)) return 'discounted'
  if (begunAtMs(facts) === null) return 'undated'
  return cameThroughOurWindow(order, facts, evidence) ? null : 'amount_conflict'
}

/** Whether a discount explains why less than the order's amount was charged. One of unknown size may (M-29). */
function isDiscounted(order: Order, facts: Facts): boolean {
  const { discount } = facts.details
  const missing = order.amount - amountOf(facts)
  if (discount === null || missing <= 0 || currencyOf(facts) !== order.currency) return false
  return discount === 0 || discount === missing
}

/**
 * Another amount can come through our window only if none was fixed when the payment began. If the gateway holds none, the window was forged. If it
 * holds ours, but only since later, that proves nothing. Otherwise somebody else uses the order id.
 */
function cameThroughOurWindow(order: Order, facts: Facts, { fixed }: Evidence): boolean {
  if (fixed.kind !== 'held') return fixed.kind === 'none'
  const isOurs = sameMoney(fixed.money, order)
  const begun = begunAtMs(facts) ?? 0
  return isOurs && (order.amountFixedAtMs ?? 0) > begun + FIXING_ALLOWANCE_MS
}

/** Whether the decision needs the amount that the gateway holds for the order id. */
export const needsFixedAmount = (order: Order, seen: readonly Facts[]): boolean =>
  seen.some(
    (facts) =>
      facts.orderId === order.orderId &&
      heldMoney(facts) &&
      !isExact(order, facts) &&
      !predates(order, facts),
  )
