import type { Deps } from '../deps.ts'
import { openBudget } from '../store/budget.ts'
import { openRounds } from '../store/poll-cursors.ts'
import { viewTokens, type ViewTokens } from './requests/view-token.ts'
import { shares, withinBudget } from './reconcile/gateway-budget.ts'
import { openClaimDoor, type AcceptClaim } from './receive/accept-claim.ts'
import { measuring } from './follow-up/measure.ts'
import { notifier } from './follow-up/notify.ts'
import { GatewayOutage } from './reconcile/gateway-outage.ts'
import { corridor, type Corridor } from './reconcile/reconcile.ts'
import { listed } from './receive/poll-changes.ts'
import type { SignalWork } from './follow-up/work-signal.ts'
import { startWork } from './follow-up/work.ts'

/** A new database reads the gateway's lists from an hour ago on. */
const FIRST_ROUND_MS = 3_600_000

/** What doors and procedures call: the corridor, and who may see what came of it. */
export type Journey = Corridor & {
  readonly deps: Deps
  readonly tokens: ViewTokens
  /** Takes a claim in; see `acceptClaim.ts`. */
  readonly acceptClaim: AcceptClaim
  /** The text of `GET /metrics`. */
  readonly measure: () => Promise<string>
  readonly signalWork: SignalWork
  /** Has a receiver that wanted no more tried once more, now. */
  readonly knock: () => void
  /** Has `stop` wait for something that nobody else waits for. */
  readonly track: (task: Promise<unknown>) => void
  readonly stop: () => Promise<void>
}

/** Opens the corridor and starts its work loop. */
export async function startJourney(outside: Deps): Promise<Journey> {
  const stopping = new AbortController()
  const outage = new GatewayOutage()
  const deps: Deps = { ...outside, gateway: withinBudget(outside, stopping.signal, outage) }
  await openBudget(deps.store, shares)
  const nowMs = deps.clock.nowMs()
  await openRounds(deps.store, listed, nowMs - FIRST_ROUND_MS, nowMs + deps.config.sweep.listEveryMs)
  // The corridor wakes the loop and the loop walks the corridor: the first wake-up can only come once both stand.
  const walk = corridor(deps, (...names) => work.signalWork(...names))
  const { reconcile } = walk
  const shop = notifier(deps)
  const work = startWork(deps, reconcile, outage, shop)
  return {
    deps,
    tokens: viewTokens(() => deps.secrets.current().tokenSecrets, deps.clock),
    acceptClaim: openClaimDoor(deps, reconcile, work.track),
    ...walk,
    measure: measuring(deps),
    signalWork: work.signalWork,
    knock: shop.knock,
    track: work.track,
    stop: () => {
      stopping.abort()
      return work.stop()
    },
  }
}
