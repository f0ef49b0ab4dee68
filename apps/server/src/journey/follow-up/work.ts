import type { GatewayName } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { claimFollower } from '../receive/follow-claim.ts'
import { clockWatch } from './clock-jump.ts'
import { allowance, lanesOf, type Lane, type Out } from './lanes.ts'
import type { Notifier } from './notify.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { WorkSignal, type SignalWork } from './work-signal.ts'

/** The longest wait for running tasks once all requests are answered (C-10). */
const DRAIN_MS_MAX = 2_000

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
export function startWork(deps: Deps, reconcile: Reconcile, out: Out, notifier: Notifier): Work {
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const signal = new WorkSignal()
  const lanes = lanesOf(deps, reconcile, claimFollower(deps, reconcile, signal.signalWork), notifier)
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
      for (const task of await leaseDue(deps, lane, out())) start(lane, task)
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
  out: readonly GatewayName[],
): Promise<Array<() => Promise<unknown>>> {
  const { room, scope } = allowance(deps, lane, out)
  const limit = room - lane.busy
  if (limit <= 0) return []
  const nowMs = deps.clock.nowMs()
  try {
    return await lane.take({
      lease: deps.random.id(),
      nowMs,
      leaseUntilMs: nowMs + deps.config.workLeaseMs,
      limit,
      scope,
    })
  } catch (error) {
    deps.log.error({ err: error, lane: lane.name }, 'due work could not be read')
    return []
  }
}
