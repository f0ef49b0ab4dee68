import type { Claim } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { openBudget } from '../store/budget.ts'
import { openRounds } from '../store/rounds.ts'
import { viewTokens, type ViewTokens } from '../view-token.ts'
import { accept, FIRST_TRIES_MAX, type Accepted } from './accept.ts'
import { withinBudget } from './budget.ts'
import { measuring } from './measure.ts'
import { Presence } from './presence.ts'
import { corridor, type Corridor } from './reconcile.ts'
import { listed } from './round.ts'
import { startWork } from './work.ts'

/** A new database reads the gateway's lists from an hour ago on. */
const FIRST_ROUND_MS = 3_600_000

/** What doors and procedures call: the corridor, and who may see what came of it. */
export type Journey = Corridor & {
  readonly deps: Deps
  readonly tokens: ViewTokens
  /** Takes a claim in; see `accept.ts`. */
  readonly accept: (claim: Claim) => Promise<Accepted>
  /** The text of `GET /metrics`. */
  readonly measure: () => Promise<string>
  /** Looks for due work now. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

/** Opens the corridor and starts its work loop. */
export async function startJourney(outside: Deps): Promise<Journey> {
  const stopping = new AbortController()
  const presence = new Presence()
  const deps: Deps = { ...outside, gateway: withinBudget(outside, stopping.signal, presence) }
  await openBudget(deps.store)
  const nowMs = deps.clock.nowMs()
  await openRounds(deps.store, listed, nowMs - FIRST_ROUND_MS, nowMs + deps.config.sweep.listEveryMs)
  // The corridor wakes the loop and the loop walks the corridor: the first wake-up can only come once both stand.
  const walk = corridor(deps, () => work.wake())
  const { reconcile } = walk
  let firstTries = 0
  const work = startWork(deps, reconcile, presence)
  return {
    deps,
    tokens: viewTokens(deps.config.tokenSecrets, deps.clock),
    accept: async (claim) => {
      const isAwaited = claim.source === 'return'
      const accepted = await accept(deps, reconcile, claim, isAwaited || firstTries < FIRST_TRIES_MAX)
      firstTries += 1
      work.track(accepted.firstTry.finally(() => (firstTries -= 1)))
      return accepted
    },
    ...walk,
    measure: measuring(deps),
    wake: work.wake,
    stop: () => {
      stopping.abort()
      return work.stop()
    },
  }
}
