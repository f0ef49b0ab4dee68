import type { Deps } from '../deps.ts'
import { openBudget } from '../store/budget.ts'
import { openRounds } from '../store/rounds.ts'
import { viewTokens, type ViewTokens } from '../view-token.ts'
import { shares, withinBudget } from './budget.ts'
import { openIntake, type Intake } from './intake.ts'
import { measuring } from './measure.ts'
import { notifier } from './notify.ts'
import { Presence } from './presence.ts'
import { corridor, type Corridor } from './reconcile.ts'
import { listed } from './round.ts'
import type { Wake } from './wake.ts'
import { startWork } from './work.ts'

/** A new database reads the gateway's lists from an hour ago on. */
const FIRST_ROUND_MS = 3_600_000

/** What doors and procedures call: the corridor, and who may see what came of it. */
export type Journey = Corridor & {
  readonly deps: Deps
  readonly tokens: ViewTokens
  /** Takes a claim in; see `intake.ts`. */
  readonly accept: Intake
  /** The text of `GET /metrics`. */
  readonly measure: () => Promise<string>
  readonly wake: Wake
  /** Has a receiver that wanted no more tried once more, now. */
  readonly knock: () => void
  /** Has `stop` wait for something that nobody else waits for. */
  readonly track: (task: Promise<unknown>) => void
  readonly stop: () => Promise<void>
}

/** Opens the corridor and starts its work loop. */
export async function startJourney(outside: Deps): Promise<Journey> {
  const stopping = new AbortController()
  const presence = new Presence()
  const deps: Deps = { ...outside, gateway: withinBudget(outside, stopping.signal, presence) }
  await openBudget(deps.store, shares)
  const nowMs = deps.clock.nowMs()
  await openRounds(deps.store, listed, nowMs - FIRST_ROUND_MS, nowMs + deps.config.sweep.listEveryMs)
  // The corridor wakes the loop and the loop walks the corridor: the first wake-up can only come once both stand.
  const walk = corridor(deps, (...names) => work.wake(...names))
  const { reconcile } = walk
  const shop = notifier(deps)
  const work = startWork(deps, reconcile, presence, shop)
  return {
    deps,
    tokens: viewTokens(() => deps.secrets.current().tokenSecrets, deps.clock),
    accept: openIntake(deps, reconcile, work.track),
    ...walk,
    measure: measuring(deps),
    wake: work.wake,
    knock: shop.knock,
    track: work.track,
    stop: () => {
      stopping.abort()
      return work.stop()
    },
  }
}
