import type { Deps } from '../deps.ts'
import { openBudget } from '../store/budget.ts'
import { openRounds } from '../store/poll-cursors.ts'
import { viewTokens, type ViewTokens } from './requests/view-token.ts'
import { shares } from './reconcile/gateway-budget.ts'
import { budgetPrefix, checkAll, guardGateways } from './reconcile/guarded-gateways.ts'
import { claimAcceptor, type AcceptClaim } from './receive/accept-claim.ts'
import { claimFollower } from './receive/follow-claim.ts'
import { paymentConfirmer, type ConfirmPayment } from './receive/confirm-payment.ts'
import { metricsReader } from './follow-up/measure.ts'
import { notifier } from './follow-up/notify.ts'
import type { KeyStates } from './reconcile/gateway-account.ts'
import { readiness, type Readiness } from './readiness.ts'
import { openReconciler, type Reconciler } from './reconcile/reconcile.ts'
import { polledLists } from './receive/poll-changes.ts'
import type { SignalWork } from './follow-up/work-signal.ts'
import { startWork } from './follow-up/work.ts'

/** With a new database the poll of the gateway's lists starts this long ago. */
const FIRST_ROUND_MS = 3_600_000
/**
 * Requests that wait for the gateway this long after `close` are answered without it: soon afterwards the server closes all sockets, and they would
 * get an empty answer (C-10).
 */
const GATEWAY_WAIT_MS = 2_000

/** What routes and procedures call. */
export type Journey = Reconciler & {
  readonly deps: Deps
  readonly tokens: ViewTokens
  readonly acceptClaim: AcceptClaim
  readonly confirmPayment: ConfirmPayment
  /** The text of `GET /metrics`. */
  readonly measure: () => Promise<string>
  /** Tries each gateway's key, at most every half minute (G-22). */
  readonly checkGatewayKeys: () => Promise<KeyStates>
  /** Whether this server can do its work. Throws when the database does not answer. */
  readonly readiness: () => Promise<Readiness>
  readonly signalWork: SignalWork
  /** Tests at once whether a receiver that answered 410 Gone accepts notices again. */
  readonly retryGoneReceiver: () => void
  /** Makes `stop` wait for a task that no caller awaits. */
  readonly track: (task: Promise<unknown>) => void
  /** Begins to stop: `readyz` answers 503 and no more due work is leased, while requests are served as before. */
  readonly announceStop: () => void
  readonly isStopping: () => boolean
  /** Aborts when the last open pages must go. */
  readonly closing: AbortSignal
  /** Ends the open pages' streams, and soon the waits for the gateway. */
  readonly close: () => void
  readonly stop: () => Promise<void>
}

/** The signals of a stop: open pages go at `close`, waits for the gateway soon after it, waits for a permit at `stop`. */
function openEnds({ clock }: Deps) {
  const [stopping, closing, leaving] = [new AbortController(), new AbortController(), new AbortController()]
  const leave = (): void => leaving.abort('stopping')
  return {
    stopping: stopping.signal,
    closing: closing.signal,
    leaving: leaving.signal,
    close: () => {
      closing.abort('stopping')
      clock.sleep(GATEWAY_WAIT_MS).then(leave, leave)
    },
    stop: () => {
      closing.abort('stopping')
      stopping.abort()
    },
  }
}

/** Opens the journey and starts its work loop. */
export async function startJourney(outside: Deps): Promise<Journey> {
  const ends = openEnds(outside)
  let isStopping = false
  const { gateways, accounts, out } = await guardGateways(outside, ends)
  const deps: Deps = { ...outside, gateways }
  for (const name of gateways.names) await openBudget(deps.store, shares, budgetPrefix(name))
  const nowMs = deps.clock.nowMs()
  await openRounds(
    deps.store,
    polledLists(gateways.names),
    nowMs - FIRST_ROUND_MS,
    nowMs + deps.config.sweep.listEveryMs,
  )
  // The reconciler and the work loop need each other. No lookup, and so no signal, can begin before both exist.
  const reconciler = openReconciler(deps, (...names) => work.signalWork(...names))
  const { reconcile } = reconciler
  const notices = notifier(deps)
  const work = startWork(deps, reconcile, out, notices)
  return {
    deps,
    tokens: viewTokens(() => deps.secrets.current().tokenSecrets, deps.clock),
    acceptClaim: claimAcceptor(deps, claimFollower(deps, reconcile, work.signalWork), work.track),
    confirmPayment: paymentConfirmer(deps, reconcile),
    ...reconciler,
    measure: metricsReader(deps),
    checkGatewayKeys: () => checkAll(accounts),
    readiness: () => {
      // The start tries the key first. A probe repeats that, and does not wait for the gateway: it tells what was found last.
      for (const account of accounts.values()) if (account.state() !== 'untried') work.track(account.check())
      const states = new Map([...accounts].map(([name, account]) => [name, account.state()]))
      return readiness(deps, states, notices.isReceiverGone())
    },
    signalWork: work.signalWork,
    retryGoneReceiver: notices.retryGoneReceiver,
    track: work.track,
    announceStop: () => {
      isStopping = true
      work.stopLeasing()
    },
    isStopping: () => isStopping,
    closing: ends.closing,
    close: ends.close,
    stop: () => {
      ends.stop()
      return work.stop()
    },
  }
}
