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
import { isAwaitingPayment, isBrowsers, isExplainedBy } from '../reconcile/lookup-context.ts'

/** Orders whose scheduled lookup is remembered. */
const COVERED_MAX = 10_000

/** `now`: look up at once. `later`: look up shortly, together with other claims. `stored`: the record or a scheduled lookup already covers the claim. */
export type Plan = 'now' | 'later' | 'stored'

/** An accepted claim: the claim itself, or the one that replaces many claims about its order. */
export type AdmittedClaim = {
  readonly claim: Claim
  readonly filing: Filing
  readonly plan: Plan
  /** Called when the claim has been answered. */
  readonly release: () => void
}

/**
 * Bounds the claims about one order. Many different claims are usually junk with invented payment ids. Beyond `claimsPerOrderMax` in a while, one
 * claim «look up this order» replaces them: a single row and a lookup every two seconds. That lookup reads all payments of the order, so it
 * also finds a genuine one (D-01, G-17). No payment is lost, and the order's own schedule does not change.
 */
export class ClaimCoalescing {
  readonly #deps: Deps
  /** Per order, the claims that this process is writing now and the number of copies of each: the table does not contain them yet. */
  readonly #pending = new Map<string, Map<string, number>>()
  readonly #covered = new Map<string, number>()
  readonly #unknownRates = {
    webhook: new Rate(limits.unknownClaims),
    return: new Rate(limits.unknownClaims),
  }

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Null when the claim's subject is unknown and too many such claims arrive. */
  async admit(claim: Claim, mentions: string | null): Promise<AdmittedClaim | null> {
    const { store, clock } = this.#deps
    const nowMs = clock.nowMs()
    const id = receiptIdOf(claim)
    const known = await readKnownClaim(store, {
      paymentId: claim.paymentId,
      orderId: mentions,
      receiptId: id,
    })
    if (claim.dispute !== undefined) return forDispute(claim, known, nowMs)
    const orderId = known.order?.orderId ?? null
    if (orderId === null) return this.#admitUnknown(claim, known, nowMs)
    // The record already contains what the claim says (P10, W-08).
    if (known.held !== null && isExplainedBy(known.held.payment, claim))
      return entry(claim, known, 'stored', nowMs)
    if (claim.source === 'webhook' && this.#isCovered(orderId, nowMs))
      return entry(claim, known, 'stored', nowMs)
    if (known.earlier !== null)
      return entry(claim, known, planFor(known.earlier, nowMs, limits.sameClaimEveryMs), nowMs)
    const sinceMs = nowMs - limits.crowdMs
    const stored = await countClaims(store, orderId, sinceMs, limits.claimsPerOrderMax)
    const pending = this.#pending.get(orderId)
    if (pending?.has(id) === true || stored + (pending?.size ?? 0) < limits.claimsPerOrderMax)
      return { ...entry(claim, known, 'now', nowMs), release: this.#addPending(orderId, id) }
    // A return that only mentions the order does not speak for it, and counts as a claim about an unknown subject.
    if (claim.orderId === null && known.held === null) return this.#admitUnknown(claim, known, nowMs)
    const one = coalesced(claim, orderId)
    const before = await readEarlierReceipt(store, receiptIdOf(one))
    const plan = planFor(before, nowMs, limits.crowdEveryMs)
    if (plan === 'stored' && one.source === 'webhook' && before !== null) this.#cover(orderId, before.dueAtMs)
    return entry(one, known, plan, nowMs, limits.crowdEveryMs)
  }

  /** Null when too many of them arrive. */
  #admitUnknown(claim: Claim, { earlier }: KnownClaim, nowMs: number): AdmittedClaim | null {
    if (!this.#unknownRates[isBrowsers(claim) ? 'return' : 'webhook'].take(nowMs)) return null
    const plan = planFor(earlier, nowMs, limits.sameClaimEveryMs)
    return entry(claim, { order: null, held: null }, plan, nowMs)
  }

  /** Remembers that a stored lookup of this order begins at `dueAtMs`: until then further webhooks need no query. */
  #cover(orderId: string, dueAtMs: number): void {
    this.#covered.delete(orderId)
    this.#covered.set(orderId, dueAtMs)
    const [oldest] = this.#covered.keys()
    if (this.#covered.size > COVERED_MAX && oldest !== undefined) this.#covered.delete(oldest)
  }

  #isCovered(orderId: string, nowMs: number): boolean {
    const leftMs = (this.#covered.get(orderId) ?? 0) - nowMs
    // A longer wait than the maximum means that the clock has jumped back (K-03).
    return leftMs > 0 && leftMs <= limits.crowdEveryMs
  }

  /** Counts concurrent copies of one claim as one claim. */
  #addPending(orderId: string, id: string): () => void {
    const pending = this.#pending.get(orderId) ?? new Map<string, number>()
    this.#pending.set(orderId, pending)
    pending.set(id, (pending.get(id) ?? 0) + 1)
    return () => {
      const others = (pending.get(id) ?? 1) - 1
      if (others > 0) return void pending.set(id, others)
      pending.delete(id)
      if (pending.size === 0) this.#pending.delete(orderId)
    }
  }
}

/** The gateway has signed it and tells of it once, so it never counts as a stranger's, and never becomes another claim (M-18). */
function forDispute(claim: Claim, known: KnownClaim, nowMs: number): AdmittedClaim {
  const admitted = entry(claim, known, planFor(known.earlier, nowMs, limits.sameClaimEveryMs), nowMs)
  return { ...admitted, filing: { ...admitted.filing, isStranger: false } }
}

function entry(
  claim: Claim,
  { order, held }: Pick<KnownClaim, 'order' | 'held'>,
  plan: Plan,
  nowMs: number,
  everyMs: number = limits.sameClaimEveryMs,
): AdmittedClaim {
  const isStranger = order === null || !(held !== null || canChange(order))
  const filing = {
    orderId: order?.orderId ?? claim.orderId ?? '',
    isStranger,
    dueAtMs: plan === 'later' ? nowMs + everyMs : nowMs,
  }
  return { claim, filing, plan, release: () => undefined }
}

/** Whether an unrecorded payment can still change the order. A second payment of a paid order is returned, which can wait. */
const canChange = (order: { readonly status: string }): boolean =>
  isAwaitingPayment(order) || order.status === 'expired'

/** `stored`: a scheduled lookup begins within `everyMs`. `later`: the last lookup began less than `everyMs` ago. */
export function planFor(earlier: EarlierReceipt | null, nowMs: number, everyMs: number): Plan {
  if (earlier === null) return 'now'
  const isScheduled = earlier.state === 'waiting' && earlier.leaseUntilMs <= nowMs
  if (isScheduled && earlier.dueAtMs <= nowMs + everyMs) return 'stored'
  const sinceMs = nowMs - earlier.receivedAtMs
  // A claim from the future means that the clock has jumped back (K-03).
  return sinceMs >= 0 && sinceMs < everyMs ? 'later' : 'now'
}

/**
 * The one claim that replaces many. A return through this order's own link keeps its statement, which sets the pace of lookups and the text on the
 * screen. One that came through another order's link and names a payment of this one is a stranger's here (R-12, S-25).
 */
function coalesced(claim: Claim, orderId: string): Claim {
  const orderOnly = { orderId, paymentId: null, status: null, cancellationId: null }
  if (claim.source === 'return' && claim.orderId === orderId) return { ...claim, ...orderOnly }
  const { gateway } = claim
  return { ...orderOnly, source: 'webhook', gateway, says: 'nothing', failReason: null, message: null }
}
