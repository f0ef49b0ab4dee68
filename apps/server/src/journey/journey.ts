import type { Claim } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { openBudget } from '../store/budget.ts'
import { openRounds } from '../store/rounds.ts'
import { viewTokens, type ViewTokens } from '../view-token.ts'
import { accept, type Accepted } from './accept.ts'
import { withinBudget } from './budget.ts'
import { corridor, type Reconcile } from './reconcile.ts'
import { listed } from './round.ts'
import { startWork } from './work.ts'

/** A new database reads the gateway's lists from an hour ago on. */
const FIRST_ROUND_MS = 3_600_000

/** What doors and procedures call: the corridor, and who may see what came of it. */
export type Journey = {
  readonly deps: Deps
  readonly tokens: ViewTokens
  /** Takes a claim in; see `accept.ts`. */
  readonly accept: (claim: Claim) => Promise<Accepted>
  readonly reconcile: Reconcile
  /** A look at this order that is under way, for those who would otherwise start one. */
  readonly underWay: (orderId: string) => Promise<unknown> | null
  /** Looks for due work now. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

/** Opens the corridor and starts its work loop. */
export async function startJourney(outside: Deps): Promise<Journey> {
  const deps: Deps = { ...outside, gateway: withinBudget(outside) }
  await openBudget(deps.store)
  const nowMs = deps.clock.nowMs()
  await openRounds(deps.store, listed, nowMs - FIRST_ROUND_MS, nowMs + deps.config.sweep.listEveryMs)
  // The corridor wakes the loop and the loop walks the corridor: the first wake-up can only come once both stand.
  const { reconcile, underWay } = corridor(deps, () => work.wake())
  const work = startWork(deps, reconcile)
  return {
    deps,
    tokens: viewTokens(deps.config.tokenSecrets, deps.clock),
    accept: async (claim) => {
      const accepted = await accept(deps, reconcile, claim)
      work.track(accepted.firstTry)
      return accepted
    },
    reconcile,
    underWay,
    wake: work.wake,
    stop: work.stop,
  }
}
