import type { Deps } from '../../deps.ts'
import { leaseCancels } from '../../store/due-cancels.ts'
import { leaseOrders } from '../../store/due-orders.ts'
import { leaseNotices } from '../../store/outbox.ts'
import { leaseReceipts } from '../../store/receipts.ts'
import { dropOldStrangers } from '../../store/retention.ts'
import { leaseRounds } from '../../store/poll-cursors.ts'
import type { Lease } from '../../store/lease.ts'
import { followClaim, STRANGERS_AGE_MAX_MS } from '../receive/follow-claim.ts'
import { clockWatch } from './clock-jump.ts'
import { executeRefund } from './execute-refund.ts'
import type { Notifier } from './notify.ts'
import { triggerNow } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { pollChanges, polledLists } from '../receive/poll-changes.ts'
import { retention } from './retention.ts'
import { WorkSignal, type LaneName, type SignalWork } from './work-signal.ts'

/** The longest wait for running tasks once all requests are answered (C-10). */
const DRAIN_MS_MAX = 2_000

/** One kind of due work, with its own limit of concurrent tasks: a slow receiver never delays a lookup (L-05). */
type Lane = {
  readonly name: LaneName
  readonly asksGateway: boolean
  /** Leases at most `limit` due rows and returns a task for each. */
  readonly take: (by: Lease & { readonly limit: number }) => Promise<Array<() => Promise<unknown>>>
  busy: number
}

export type Work = {
  readonly signalWork: SignalWork
  /** Makes `stop` wait for a task that was started elsewhere. */
  readonly track: (task: Promise<unknown>) => void
  /** Leases no more rows. */
  readonly stopLeasing: () => void
  /** Leases no more rows and waits for the running tasks. */
  readonly stop: () => Promise<void>
}

/** Starts the one loop that leases due rows and runs their tasks, lane by lane. */
export function startWork(deps: Deps, reconcile: Reconcile, isOut: () => boolean, notifier: Notifier): Work {
  const lanes = lanesOf(deps, reconcile, notifier)
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const signal = new WorkSignal()
  const watchClock = clockWatch(deps)

  const start = (lane: Lane, task: () => Promise<unknown>): void => {
    lane.busy += 1
    const run = task()
      .catch((error: unknown) =>
        deps.log.error({ err: error, lane: lane.name }, 'work failed; it is retried when its lease ends'),
      )
      .then(() => {
        lane.busy -= 1
        underWay.delete(run)
        signal.signalWork(lane.name)
      })
    underWay.add(run)
  }
  const tick = async (): Promise<void> => {
    await watchClock()
    const names = signal.take(deps.clock.nowMs(), deps.config.sweep.intervalMs)
    for (const lane of lanes.filter(({ name }) => names.has(name)))
      for (const task of await leaseDue(deps, lane, isOut)) start(lane, task)
  }
  const looping = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tick()
      await deps.clock.sleep(deps.config.sweep.intervalMs, signal.signal)
    }
  })()
  const track = (task: Promise<unknown>): void => {
    const run: Promise<void> = task.then(ignore, ignore).then(() => void underWay.delete(run))
    underWay.add(run)
  }
  const stopLeasing = (): void => {
    stopping.abort()
    signal.wake('stopping')
  }
  return {
    signalWork: signal.signalWork,
    track,
    stopLeasing,
    stop: () => {
      stopLeasing()
      return drain(deps, looping, underWay)
    },
  }
}

/** Waits for the running tasks. A task that is not done in time keeps its lease, and another process takes it over afterwards. */
async function drain(
  { clock }: Deps,
  looping: Promise<void>,
  underWay: ReadonlySet<Promise<void>>,
): Promise<void> {
  const drainEnded = new AbortController()
  const drained = looping.then(() => Promise.all(underWay))
  await Promise.race([drained, clock.sleep(DRAIN_MS_MAX, drainEnded.signal)])
  drainEnded.abort('drained')
}

/** The task's own caller receives its outcome. */
const ignore = (): void => undefined

/** Leases a lane's due rows. An error in one lane, such as an unreadable row, does not stop the others (L-05). */
async function leaseDue(
  deps: Deps,
  lane: Lane,
  isOut: () => boolean,
): Promise<Array<() => Promise<unknown>>> {
  const room = lane.asksGateway && isOut() ? 1 : deps.config.sweep.batch
  const limit = room - lane.busy
  if (limit <= 0) return []
  const nowMs = deps.clock.nowMs()
  try {
    return await lane.take({
      lease: deps.random.id(),
      nowMs,
      leaseUntilMs: nowMs + deps.config.workLeaseMs,
      limit,
    })
  } catch (error) {
    deps.log.error({ err: error, lane: lane.name }, 'due work could not be read')
    return []
  }
}

/** The timer's lookup: an order whose scheduled time has come is looked up by its id (L-01, V-08). */
async function sweepOrder(deps: Deps, reconcile: Reconcile, orderId: string): Promise<void> {
  const outcome = await reconcile({ by: 'order', orderId }, triggerNow(deps, { unhurried: true }))
  if (!outcome.ok) deps.log.warn({ orderId, problem: outcome.problem }, 'scheduled look-up failed')
}

function lanesOf(deps: Deps, reconcile: Reconcile, notifier: Notifier): Lane[] {
  const { store } = deps
  const lists = polledLists(deps.gateways.names)
  const unreadable = (receiptId: string): void =>
    deps.log.error(
      { lane: 'claims', receiptId },
      'a claim cannot be read: a newer version wrote it, or it is damaged',
    )
  const lane = (name: LaneName, take: Lane['take']): Lane => ({
    name,
    asksGateway: ['claims', 'strangers', 'cancels', 'orders', 'rounds'].includes(name),
    take,
    busy: 0,
  })
  return [
    lane('claims', async (by) =>
      (await leaseReceipts(store, by, unreadable)).map((row) => () => followClaim(deps, reconcile, row)),
    ),
    // A lane of their own: claims about registered orders never wait for them (L-06, D-01).
    lane('strangers', async (by) => {
      const dropped = await dropOldStrangers(store, {
        nowMs: by.nowMs,
        beforeMs: by.nowMs - STRANGERS_AGE_MAX_MS,
      })
      if (dropped > 0) deps.metrics.count('refused_claims', 'too_old', dropped)
      return (await leaseReceipts(store, { ...by, strangers: true }, unreadable)).map(
        (row) => () => followClaim(deps, reconcile, row),
      )
    }),
    lane('cancels', async (by) =>
      // An instance that only observes moves no money (O-14).
      deps.config.observeOnly
        ? []
        : (await leaseCancels(store, by)).map((row) => () => executeRefund(deps, reconcile, row)),
    ),
    lane('orders', async (by) =>
      (await leaseOrders(store, by)).map((orderId) => () => sweepOrder(deps, reconcile, orderId)),
    ),
    lane('rounds', async (by) =>
      (await leaseRounds(store, by, lists)).map((row) => () => pollChanges(deps, row)),
    ),
    lane('notices', async (by) => {
      const limit = notifier.capacity(by.limit)
      return limit === 0
        ? []
        : (await leaseNotices(store, { ...by, limit })).map((row) => () => notifier.deliver(row))
    }),
    lane('tidy', retention(deps)),
  ]
}
