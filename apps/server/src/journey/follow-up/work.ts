import type { Deps } from '../../deps.ts'
import { leaseCancels } from '../../store/due-cancels.ts'
import { leaseOrders } from '../../store/due-orders.ts'
import { leaseNotices } from '../../store/outbox.ts'
import { leaseReceipts } from '../../store/receipts.ts'
import { leaseRounds } from '../../store/poll-cursors.ts'
import type { Lease } from '../../store/lease.ts'
import { followClaim } from '../receive/follow-claim.ts'
import { executeRefund } from './execute-refund.ts'
import type { Notifier } from './notify.ts'
import type { GatewayOutage } from '../reconcile/gateway-outage.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { pollChanges } from '../receive/poll-changes.ts'
import { sweep } from '../receive/sweep.ts'
import { retention } from './retention.ts'
import { WorkSignal, type LaneName, type SignalWork } from './work-signal.ts'

/** SIGTERM waits no longer for what is under way (C-10). */
const DRAIN_MS_MAX = 8_000

/** One kind of due work. Each has room of its own, so that a slow receiver never holds up a look-up (L-05). */
type Lane = {
  readonly name: LaneName
  readonly asksGateway: boolean
  /** Takes at most `limit` due rows and gives what is to be done with each. */
  readonly take: (by: Lease & { readonly limit: number }) => Promise<Array<() => Promise<unknown>>>
  busy: number
}

export type Work = {
  readonly signalWork: SignalWork
  /** Has `stop` wait for something that was begun elsewhere. */
  readonly track: (task: Promise<unknown>) => void
  /** Stops taking rows and waits for what is under way. */
  readonly stop: () => Promise<void>
}

/** The one loop that leases due rows and hands them to claims, sweep, cancel and notify. */
export function startWork(deps: Deps, reconcile: Reconcile, outage: GatewayOutage, shop: Notifier): Work {
  const lanes = lanesOf(deps, reconcile, shop)
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const signal = new WorkSignal()

  const begin = (lane: Lane, task: () => Promise<unknown>): void => {
    lane.busy += 1
    const run = task()
      .catch((error: unknown) =>
        deps.log.error(
          { err: error, lane: lane.name },
          'work failed; its lease runs out and it is tried again',
        ),
      )
      .then(() => {
        lane.busy -= 1
        underWay.delete(run)
        signal.signalWork(lane.name)
      })
    underWay.add(run)
  }
  const tick = async (): Promise<void> => {
    const nowMs = deps.clock.nowMs()
    const names = signal.take(nowMs, deps.config.sweep.intervalMs)
    for (const lane of lanes.filter(({ name }) => names.has(name)))
      for (const task of await dueIn(deps, lane, nowMs, outage)) begin(lane, task)
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tick()
      await deps.clock.sleep(deps.config.sweep.intervalMs, signal.signal)
    }
  }
  const looping = loop()
  const track = (task: Promise<unknown>): void => {
    const settled = task.then(ended, ended)
    const run = settled.then(() => void underWay.delete(run))
    underWay.add(run)
  }
  return {
    signalWork: signal.signalWork,
    track,
    stop: async () => {
      stopping.abort()
      signal.ring('stopping')
      await drain(deps, looping, underWay)
    },
  }
}

/** What is not done by then keeps its lease, and is taken over when that runs out. */
async function drain(
  { clock }: Deps,
  looping: Promise<void>,
  underWay: ReadonlySet<Promise<void>>,
): Promise<void> {
  const enough = new AbortController()
  const drained = looping.then(() => Promise.all(underWay))
  await Promise.race([drained, clock.sleep(DRAIN_MS_MAX, enough.signal)])
  enough.abort('drained')
}

/** How a tracked task ended is told to whoever waits for it; here only that it has. */
const ended = (): void => undefined

/** Takes what is due in a lane. One lane's trouble, such as a row that cannot be read, is not the others' (L-05). */
async function dueIn(
  deps: Deps,
  lane: Lane,
  nowMs: number,
  outage: GatewayOutage,
): Promise<Array<() => Promise<unknown>>> {
  const room = lane.asksGateway && outage.isAway() ? 1 : deps.config.sweep.batch
  const limit = room - lane.busy
  if (limit <= 0) return []
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

function lanesOf(deps: Deps, reconcile: Reconcile, shop: Notifier): Lane[] {
  const { store } = deps
  const unreadable = (receiptId: string): void =>
    deps.log.error({ lane: 'claims', receiptId }, 'a claim cannot be read: of a newer version, or damaged')
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
    // Apart from the others: however many there are, a claim about an order of ours never stands behind them (L-06, D-01).
    lane('strangers', async (by) =>
      (await leaseReceipts(store, { ...by, strangers: true }, unreadable)).map(
        (row) => () => followClaim(deps, reconcile, row),
      ),
    ),
    lane('cancels', async (by) =>
      // A copy that only observes moves no money (O-14).
      deps.config.observeOnly
        ? []
        : (await leaseCancels(store, by)).map((row) => () => executeRefund(deps, reconcile, row)),
    ),
    lane('orders', async (by) =>
      (await leaseOrders(store, by)).map((orderId) => () => sweep(deps, reconcile, orderId)),
    ),
    lane('rounds', async (by) => (await leaseRounds(store, by)).map((row) => () => pollChanges(deps, row))),
    lane('notices', async (by) => {
      const limit = shop.room(by.limit)
      return limit === 0
        ? []
        : (await leaseNotices(store, { ...by, limit })).map((row) => () => shop.tell(row))
    }),
    lane('tidy', retention(deps)),
  ]
}
