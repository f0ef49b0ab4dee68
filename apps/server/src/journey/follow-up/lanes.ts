import { GatewayName } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { leaseCancels } from '../../store/due-cancels.ts'
import { leaseOrders } from '../../store/due-orders.ts'
import type { GatewayScope } from '../../store/gateway-scope.ts'
import type { Lease } from '../../store/lease.ts'
import { leaseNotices } from '../../store/outbox.ts'
import { leaseRounds } from '../../store/poll-cursors.ts'
import { leaseReceipts } from '../../store/receipts.ts'
import { dropOldStrangers } from '../../store/retention.ts'
import { STRANGERS_AGE_MAX_MS, type FollowClaim } from '../receive/follow-claim.ts'
import { pollChanges, polledLists } from '../receive/poll-changes.ts'
import { triggerNow } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { executeRefund } from './execute-refund.ts'
import type { Notifier } from './notify.ts'
import { retention } from './retention.ts'
import type { LaneName } from './work-signal.ts'

type Task = () => Promise<unknown>
type Taking = Lease & {
  readonly limit: number
  /** The protocols whose orders' work is taken. */
  readonly scope: GatewayScope
}
type Take = (by: Taking) => Promise<Task[]>

/** One kind of due work, with its own limit of concurrent tasks: a slow receiver never delays a lookup (L-05). */
export type Lane = {
  readonly name: LaneName
  readonly asksGateway: boolean
  /** Takes one row at a time of a gateway that does not answer, while another does. */
  readonly isProbe: boolean
  /** Leases at most `limit` due rows and returns a task for each. */
  readonly take: Take
  busy: number
}

/** The protocols whose gateway does not answer now. */
export type Out = () => readonly GatewayName[]

/**
 * What a lane may do at once. While a gateway does not answer, one row of each lane finds out when it is back (L-02). While another answers, the rows of
 * its orders go on as usual.
 */
export function allowance(
  { config, gateways }: Pick<Deps, 'config' | 'gateways'>,
  { asksGateway, isProbe }: Lane,
  out: readonly GatewayName[],
): { readonly room: number; readonly scope: GatewayScope } {
  const { batch } = config.sweep
  const isAllOut = gateways.names.every((name) => out.includes(name))
  if (isProbe) return { room: out.length > 0 && !isAllOut ? 1 : 0, scope: out }
  if (!asksGateway || out.length === 0) return { room: batch, scope: null }
  return isAllOut
    ? { room: 1, scope: null }
    : { room: batch, scope: GatewayName.options.filter((name) => !out.includes(name)) }
}

/** All lanes. Each that asks a gateway has a second one, which probes. */
export function lanesOf(deps: Deps, reconcile: Reconcile, follow: FollowClaim, notifier: Notifier): Lane[] {
  const asking: readonly NamedTake[] = [...claimTakes(deps, follow), ...lookTakes(deps, reconcile)]
  const own: readonly NamedTake[] = [
    [
      'notices',
      async (by) => {
        const limit = notifier.capacity(by.limit)
        return limit === 0
          ? []
          : (await leaseNotices(deps.store, { ...by, limit })).map((row) => () => notifier.deliver(row))
      },
    ],
    ['tidy', retention(deps)],
  ]
  const laneOf = ([name, take]: NamedTake, asksGateway: boolean, isProbe: boolean): Lane => ({
    name,
    asksGateway,
    isProbe,
    take,
    busy: 0,
  })
  return [
    ...asking.flatMap((each) => [laneOf(each, true, false), laneOf(each, true, true)]),
    ...own.map((each) => laneOf(each, false, false)),
  ]
}

type NamedTake = readonly [LaneName, Take]

function claimTakes({ store, log, metrics }: Deps, follow: FollowClaim): readonly NamedTake[] {
  const unreadable = (receiptId: string): void =>
    log.error(
      { lane: 'claims', receiptId },
      'a claim cannot be read: a newer version wrote it, or it is damaged',
    )
  const claims = async (by: Taking & { readonly strangers?: boolean }): Promise<Task[]> =>
    (await leaseReceipts(store, by, unreadable)).map((row) => () => follow(row))
  return [
    ['claims', claims],
    // A lane of their own: claims about registered orders never wait for them (L-06, D-01).
    [
      'strangers',
      async (by) => {
        const dropped = await dropOldStrangers(store, {
          nowMs: by.nowMs,
          beforeMs: by.nowMs - STRANGERS_AGE_MAX_MS,
        })
        if (dropped > 0) metrics.count('refused_claims', 'too_old', dropped)
        return claims({ ...by, strangers: true })
      },
    ],
  ]
}

function lookTakes(deps: Deps, reconcile: Reconcile): readonly NamedTake[] {
  const { store, config, gateways } = deps
  return [
    [
      'cancels',
      async (by) =>
        // An instance that only observes moves no money (O-14).
        config.observeOnly
          ? []
          : (await leaseCancels(store, by)).map((row) => () => executeRefund(deps, reconcile, row)),
    ],
    [
      'orders',
      async (by) =>
        (await leaseOrders(store, by)).map((orderId) => () => sweepOrder(deps, reconcile, orderId)),
    ],
    [
      'rounds',
      async (by) => {
        const lists = polledLists(gateways.names.filter((name) => by.scope?.includes(name) !== false))
        return (await leaseRounds(store, by, lists)).map((row) => () => pollChanges(deps, row))
      },
    ],
  ]
}

/** The timer's lookup: an order whose scheduled time has come is looked up by its id (L-01, V-08). */
async function sweepOrder(deps: Deps, reconcile: Reconcile, orderId: string): Promise<void> {
  const outcome = await reconcile({ by: 'order', orderId }, triggerNow(deps, { unhurried: true }))
  if (!outcome.ok) deps.log.warn({ orderId, problem: outcome.problem }, 'scheduled look-up failed')
}
