import type { Claim } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { limits } from '../../config/limits.ts'
import { Rate } from './rate.ts'
import {
  countClaims,
  readEarlierReceipt,
  readKnownClaim,
  type EarlierReceipt,
  type KnownClaim,
} from '../../store/known-claims.ts'
import { receiptIdOf, type Filing } from '../../store/receipts.ts'
import { isBrowsers, isExplainedBy } from '../reconcile/reconcile.ts'

/** Orders whose waiting look is remembered. */
const COVERED_MAX = 10_000

/** What is to be done with a claim: look now, look a little later with others, or nothing: it is recorded, or a look that covers it waits. */
export type Plan = 'now' | 'later' | 'stored'

/** A claim's place among those that are here: itself, or the one that stands for a crowd of them. */
export type CoveredLookup = {
  readonly claim: Claim
  readonly filing: Filing
  readonly plan: Plan
  /** The door is done with it. */
  readonly leave: () => void
}

/**
 * Many different claims about one order, most likely junk with ever new payment ids. Past a few within a while they are taken as one: «look
 * at this order», a single row and a look every two seconds, which examines all the order's payments, so that a genuine one among them is
 * found by the same look (D-01, G-17). Nothing is lost and the order's own timer is not touched.
 */
export class ClaimCoalescing {
  readonly #deps: Deps
  /** Claims about an order that this process is writing now, and how often each came: what the table does not show yet. */
  readonly #entering = new Map<string, Map<string, number>>()
  readonly #covered = new Map<string, number>()
  readonly #strangers = {
    webhook: new Rate(limits.unknownClaims),
    return: new Rate(limits.unknownClaims),
  }

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Null for a claim that names nothing we know when too many of those come. */
  async place(claim: Claim, mentions: string | null): Promise<CoveredLookup | null> {
    const { store, clock } = this.#deps
    const nowMs = clock.nowMs()
    const id = receiptIdOf(claim)
    const known = await readKnownClaim(store, {
      paymentId: claim.paymentId,
      orderId: mentions,
      receiptId: id,
    })
    const orderId = known.order?.orderId ?? null
    if (orderId === null) return this.#stranger(claim, known, nowMs)
    // A payment that has come to its end says nothing new: what the claim could bring about is on the disk already (P10, W-08).
    if (known.held !== null && isExplainedBy(known.held.payment, claim))
      return entry(claim, known, 'stored', nowMs)
    if (claim.source === 'webhook' && this.#isCovered(orderId, nowMs))
      return entry(claim, known, 'stored', nowMs)
    if (known.earlier !== null)
      return entry(claim, known, planFor(known.earlier, nowMs, limits.sameClaimEveryMs), nowMs)
    const sinceMs = nowMs - limits.crowdMs
    const came = await countClaims(store, orderId, sinceMs, limits.claimsPerOrderMax)
    const entering = this.#entering.get(orderId)
    if (entering?.has(id) === true || came + (entering?.size ?? 0) < limits.claimsPerOrderMax)
      return { ...entry(claim, known, 'now', nowMs), leave: this.#enter(orderId, id) }
    // A return that only mentions the order is not claimed for it, and joins no crowd: it is nobody's.
    if (claim.orderId === null && known.held === null) return this.#stranger(claim, known, nowMs)
    const one = oneFor(claim, orderId)
    const before = await readEarlierReceipt(store, receiptIdOf(one))
    const plan = planFor(before, nowMs, limits.crowdEveryMs)
    if (plan === 'stored' && one.source === 'webhook' && before !== null) this.#cover(orderId, before.dueAtMs)
    return entry(one, known, plan, nowMs, limits.crowdEveryMs)
  }

  /** Null when there are too many of them. */
  #stranger(claim: Claim, { earlier }: KnownClaim, nowMs: number): CoveredLookup | null {
    if (!this.#strangers[isBrowsers(claim) ? 'return' : 'webhook'].take(nowMs)) return null
    const plan = planFor(earlier, nowMs, limits.sameClaimEveryMs)
    return entry(claim, { order: null, held: null }, plan, nowMs)
  }

  /** A look at this order is stored and will not begin before then: until that moment nothing needs to be read to know that it is. */
  #cover(orderId: string, dueAtMs: number): void {
    this.#covered.delete(orderId)
    this.#covered.set(orderId, dueAtMs)
    const [oldest] = this.#covered.keys()
    if (this.#covered.size > COVERED_MAX && oldest !== undefined) this.#covered.delete(oldest)
  }

  #isCovered(orderId: string, nowMs: number): boolean {
    const leftMs = (this.#covered.get(orderId) ?? 0) - nowMs
    // More than the longest wait is of a clock that has jumped back (K-03).
    return leftMs > 0 && leftMs <= limits.crowdEveryMs
  }

  /** The same claim ten times at once is one. */
  #enter(orderId: string, id: string): () => void {
    const entering = this.#entering.get(orderId) ?? new Map<string, number>()
    this.#entering.set(orderId, entering)
    entering.set(id, (entering.get(id) ?? 0) + 1)
    return () => {
      const others = (entering.get(id) ?? 1) - 1
      if (others > 0) return void entering.set(id, others)
      entering.delete(id)
      if (entering.size === 0) this.#entering.delete(orderId)
    }
  }
}

function entry(
  claim: Claim,
  { order, held }: Pick<KnownClaim, 'order' | 'held'>,
  plan: Plan,
  nowMs: number,
  everyMs: number = limits.sameClaimEveryMs,
): CoveredLookup {
  const isStranger = order === null || !(held !== null || canChange(order.status))
  const filing = {
    orderId: order?.orderId ?? claim.orderId ?? '',
    isStranger,
    dueAtMs: plan === 'later' ? nowMs + everyMs : nowMs,
  }
  return { claim, filing, plan, leave: () => undefined }
}

/** Orders whose status a payment nobody has seen yet can still change; a second one for a paid order goes back, and that can wait. */
const canChange = (status: string): boolean =>
  status === 'open' || status === 'awaiting_deposit' || status === 'expired'

/** `stored`: a look that has not begun will come soon enough. `later`: the last one began a moment ago. */
export function planFor(earlier: EarlierReceipt | null, nowMs: number, everyMs: number): Plan {
  if (earlier === null) return 'now'
  const isFree = earlier.state === 'waiting' && earlier.leaseUntilMs <= nowMs
  if (isFree && earlier.dueAtMs <= nowMs + everyMs) return 'stored'
  const sinceMs = nowMs - earlier.receivedAtMs
  // A claim of the future is of a clock that has jumped back since (K-03).
  return sinceMs >= 0 && sinceMs < everyMs ? 'later' : 'now'
}

/** The claim a crowd shares. A customer's own return keeps what it says: that paces the look-ups and chooses a sentence. */
function oneFor(claim: Claim, orderId: string): Claim {
  const nothing = { orderId, paymentId: null, status: null, cancellationId: null }
  if (claim.source === 'return' && claim.orderId !== null) return { ...claim, ...nothing }
  return { ...nothing, source: 'webhook', says: 'nothing', failReason: null, message: null }
}
