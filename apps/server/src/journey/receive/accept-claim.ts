import { fail, ok, type Claim, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { limits } from '../../config/limits.ts'
import { receiptIdOf, type Filing } from '../../store/receipts.ts'
import { storeClaim, type StoredClaim } from './follow-claim.ts'
import { ClaimCoalescing } from './coalesce-claims.ts'
import { isBrowsers, type Reconcile } from '../reconcile/reconcile.ts'

/** Takes a claim in, or says why not. `mentions`: an order it speaks of without being claimed for it, which only tells how urgent its look is. */
export type AcceptClaim = (claim: Claim, mentions?: string | null) => Promise<Result<StoredClaim, Problem>>

/**
 * What both doors lead to. Claims are unsigned, so what they may cost is bounded before anything is written or asked: the same claim again
 * waits for the look that is coming, many different ones about one order are taken as one (`coalescing.ts`), and those that name nothing we know
 * are written at a bounded rate (D-01, D-02, L-06).
 */
export function openClaimDoor(
  deps: Deps,
  reconcile: Reconcile,
  track: (task: Promise<unknown>) => void,
): AcceptClaim {
  const coalescing = new ClaimCoalescing(deps)
  const firstTries = new FirstTries(deps, reconcile, track)
  const writing = new Map<string, Promise<StoredClaim>>()
  return async (claim, mentions = claim.orderId) => {
    const entry = await coalescing.place(claim, mentions)
    if (entry === null) {
      deps.metrics.count('refused_claims', claim.source)
      return fail({ kind: 'busy' })
    }
    try {
      const id = receiptIdOf(entry.claim)
      if (entry.plan === 'stored') {
        deps.metrics.count('claims', claim.source)
        return ok(firstTries.underWay(id))
      }
      // The same claim on its way to the disk at this moment: one write, one look, and both doors answer after it.
      const same = writing.get(id)
      if (same !== undefined) return ok(await same)
      const written = firstTries.begin(entry.claim, entry.filing, entry.plan === 'now')
      writing.set(id, written)
      return ok(await written.finally(() => writing.delete(id)))
    } finally {
      entry.leave()
    }
  }
}

/** Looks begun straight from the door, a bounded number at once; the work loop takes the others. */
class FirstTries {
  readonly #deps: Deps
  readonly #reconcile: Reconcile
  readonly #track: (task: Promise<unknown>) => void
  readonly #underWay = new Map<string, Promise<unknown>>()
  readonly #count = { known: 0, strangers: 0 }

  constructor(deps: Deps, reconcile: Reconcile, track: (task: Promise<unknown>) => void) {
    this.#deps = deps
    this.#reconcile = reconcile
    this.#track = track
  }

  /** For who says again what is being looked into. */
  underWay(id: string): StoredClaim {
    return { firstTry: this.#underWay.get(id) ?? Promise.resolve() }
  }

  /** Stores the claim. Without a first try of its own it comes with the one under way, if there is one. */
  async begin(claim: Claim, filing: Filing, wanted: boolean): Promise<StoredClaim> {
    const kind = filing.isStranger ? 'strangers' : 'known'
    const id = receiptIdOf(claim)
    const now = wanted && this.#hasRoom(claim, kind)
    if (now) this.#count[kind] += 1
    try {
      const accepted = await storeClaim(this.#deps, this.#reconcile, claim, filing, now)
      if (!now) return this.underWay(id)
      this.#followClaim(id, kind, accepted.firstTry)
      return accepted
    } catch (error) {
      if (now) this.#count[kind] -= 1
      throw error
    }
  }

  #followClaim(id: string, kind: 'known' | 'strangers', firstTry: Promise<unknown>): void {
    this.#underWay.set(id, firstTry)
    const ended = (): void => {
      this.#count[kind] -= 1
      if (this.#underWay.get(id) === firstTry) this.#underWay.delete(id)
    }
    this.#track(firstTry.finally(ended))
  }

  /** A customer waits for a return: it always has its first try, unless it is about nothing we know. */
  #hasRoom(claim: Claim, kind: 'known' | 'strangers'): boolean {
    if (kind === 'strangers') return this.#count.strangers < limits.strangersFirstTriesMax
    return isBrowsers(claim) || this.#count.known < limits.firstTriesMax
  }
}
