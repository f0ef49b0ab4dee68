import { fail, ok, type Claim, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { limits } from '../../config/limits.ts'
import { rememberMessage } from '../../store/messages.ts'
import { insertReceipt, receiptIdOf, type Filing } from '../../store/receipts.ts'
import type { FollowClaim } from './follow-claim.ts'
import { ClaimCoalescing } from './coalesce-claims.ts'
import { isBrowsers } from '../reconcile/lookup-context.ts'

export type StoredClaim = {
  /** Resolves after the first lookup. The answer to the caller does not wait for it. */
  readonly firstTry: Promise<unknown>
}

/** Stores a claim, or fails with `busy`. `mentions`: an order that the claim names without speaking for it; it only sets the lookup's priority. */
export type AcceptClaim = (claim: Claim, about?: ClaimSource) => Promise<Result<StoredClaim, Problem>>

type ClaimSource = {
  /** The order that the claim is counted for; the one it names unless given. */
  readonly mentions?: string | null
  /** The signed message that brought the claim. It is remembered once the claim is stored, so that a repeat has no effect (W-11). */
  readonly messageId?: string | null
}

/**
 * Accepts the claims of returns and webhooks. Claims are unsigned, so their cost is bounded before any write or gateway call: a repeated claim waits
 * for the scheduled lookup, many different claims about one order become one (`coalesce-claims.ts`), and claims about unknown subjects are
 * stored at a bounded rate (D-01, D-02, L-06).
 */
export function claimAcceptor(
  deps: Deps,
  follow: FollowClaim,
  track: (task: Promise<unknown>) => void,
): AcceptClaim {
  const coalescing = new ClaimCoalescing(deps)
  const firstTries = new FirstTries(deps, follow, track)
  const writing = new Map<string, Promise<StoredClaim>>()
  const remember = async (messageId: string | null): Promise<void> => {
    if (messageId !== null) await rememberMessage(deps.store, messageId, deps.clock.nowMs())
  }
  return async (claim, { mentions = claim.orderId, messageId = null } = {}) => {
    const admitted = await coalescing.admit(claim, mentions)
    if (admitted === null) {
      deps.metrics.count('refused_claims', claim.source)
      return fail({ kind: 'busy' })
    }
    try {
      const id = receiptIdOf(admitted.claim)
      if (admitted.plan === 'stored') {
        deps.metrics.count('claims', claim.source)
        await remember(messageId)
        return ok(firstTries.inFlight(id))
      }
      // Concurrent copies of one claim share one write and one lookup, and all wait for the write.
      const pending = writing.get(id)
      if (pending !== undefined) {
        const stored = await pending
        await remember(messageId)
        return ok(stored)
      }
      const filing = { ...admitted.filing, messageId }
      const written = firstTries.begin(admitted.claim, filing, admitted.plan === 'now')
      writing.set(id, written)
      return ok(await written.finally(() => writing.delete(id)))
    } finally {
      admitted.release()
    }
  }
}

/** Lookups that begin when the claim arrives, a bounded number at once; the work loop does the others. */
class FirstTries {
  readonly #deps: Deps
  readonly #follow: FollowClaim
  readonly #track: (task: Promise<unknown>) => void
  readonly #inFlight = new Map<string, Promise<unknown>>()
  readonly #count = { known: 0, strangers: 0 }

  constructor(deps: Deps, follow: FollowClaim, track: (task: Promise<unknown>) => void) {
    this.#deps = deps
    this.#follow = follow
    this.#track = track
  }

  /** For a repeated claim whose first lookup is in flight. */
  inFlight(id: string): StoredClaim {
    return { firstTry: this.#inFlight.get(id) ?? Promise.resolve() }
  }

  /** Stores the claim. When it starts no lookup of its own, the result waits for the one in flight, if any. */
  async begin(claim: Claim, filing: Filing, isWanted: boolean): Promise<StoredClaim> {
    const kind = filing.isStranger ? 'strangers' : 'known'
    const id = receiptIdOf(claim)
    const now = isWanted && this.#hasRoom(claim, kind)
    if (now) this.#count[kind] += 1
    try {
      const accepted = await storeClaim(this.#deps, this.#follow, claim, filing, now)
      if (!now) return this.inFlight(id)
      this.#trackFirstTry(id, kind, accepted.firstTry)
      return accepted
    } catch (error) {
      if (now) this.#count[kind] -= 1
      throw error
    }
  }

  #trackFirstTry(id: string, kind: 'known' | 'strangers', firstTry: Promise<unknown>): void {
    this.#inFlight.set(id, firstTry)
    const ended = (): void => {
      this.#count[kind] -= 1
      if (this.#inFlight.get(id) === firstTry) this.#inFlight.delete(id)
    }
    this.#track(firstTry.finally(ended))
  }

  /** A customer waits for a return, so it always gets its first lookup, unless its subject is unknown. */
  #hasRoom(claim: Claim, kind: 'known' | 'strangers'): boolean {
    if (kind === 'strangers') return this.#count.strangers < limits.strangersFirstTriesMax
    return isBrowsers(claim) || this.#count.known < limits.firstTriesMax
  }
}

/**
 * Stores a claim and starts its lookup. The claim is on stable storage when this resolves (S-10). The work loop repeats a lookup that does not
 * settle the claim, in this process or after a restart. With `now` false the work loop does the first lookup when it is due.
 */
async function storeClaim(
  deps: Deps,
  follow: FollowClaim,
  claim: Claim,
  filing: Filing,
  now: boolean,
): Promise<StoredClaim> {
  const nowMs = deps.clock.nowMs()
  const leaseUntilMs = now ? nowMs + deps.config.workLeaseMs : 0
  const receipt = await insertReceipt(
    deps.store,
    claim,
    { lease: deps.random.id(), nowMs, leaseUntilMs },
    filing,
  )
  deps.metrics.count('claims', claim.source)
  return { firstTry: now ? follow(receipt) : Promise.resolve() }
}
