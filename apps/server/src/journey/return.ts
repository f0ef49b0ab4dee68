import {
  claimFromReturn,
  fail,
  ok,
  type Problem,
  type Result,
  type ReturnFields,
} from '@landfall/payment-core'
import { lookNoLaterThan, readOrder } from '../store/orders.ts'
import type { Viewer } from '../view-token.ts'
import type { Accepted } from './accept.ts'
import type { Journey } from './journey.ts'

export type Landed = {
  readonly viewer: Viewer
  readonly token: string
  /** Null for a return that names nothing but an order: there is nothing its viewer may wait for. */
  readonly accepted: Accepted | null
}

/**
 * Door 1: the browser comes back. The claim is stored, its look-up started, and the viewer gets a token for what they may see: the link's own
 * (scope `full`) when the return came through an order's own URL, else the outcome of the payment they name. An order id alone shows
 * nothing: it can be guessed (P-01, R-11).
 */
export async function land(
  journey: Journey,
  fields: ReturnFields,
  pathToken: string | null,
): Promise<Result<Landed, Problem>> {
  const { deps, tokens } = journey
  const read = claimFromReturn(fields)
  const link = pathToken === null ? null : await tokens.read(pathToken)
  // The order of a return through its own link is known even when the gateway's script lost every id (Cordova, portone.md §2.4).
  const orderId = link?.orderId ?? read.orderId
  const paymentId = read.paymentId ?? link?.paymentId ?? null
  if (paymentId === null && orderId === null)
    return fail({ kind: 'bad_input', where: 'imp_uid, merchant_uid' })
  if (link !== null && pathToken !== null) {
    const accepted = await journey.accept({ ...read, orderId, paymentId })
    return accepted.ok ? ok({ viewer: link, token: pathToken, accepted: accepted.value }) : accepted
  }
  // Without the link an order id is anybody's guess. It may hasten a look, but it is not claimed for that order: a stranger's *failed* and a
  // stranger's words must not stand on a customer's screen (S-09, S-22). The payment's order is the one the gateway names.
  const claimed = { ...read, orderId: null, message: null }
  const accepted = paymentId === null ? ok(null) : await journey.accept(claimed, orderId)
  // Too many strangers at once: this one is not written down, and sent on all the same. To be turned away would tell that the order it
  // names is not registered, since one that is has room. The page it is sent to asks again.
  if (!accepted.ok && accepted.problem.kind !== 'busy') return accepted
  // Nobody waits for it: a write, or a disk that takes none, would tell a stranger that there is such an order.
  if (paymentId === null && orderId !== null) journey.track(hasten(journey, orderId))
  const nowMs = deps.clock.nowMs()
  const viewer: Viewer = { scope: 'outcome', orderId: read.orderId, paymentId, sinceMs: nowMs }
  const token = await tokens.sign(viewer, nowMs + deps.config.viewTokenLifeMs)
  return ok({ viewer, token, accepted: accepted.ok ? accepted.value : null })
}

/** Has an order that still waits looked up now, by the work loop. It is no promise: the order's own schedule goes on without it. */
async function hasten({ deps, wake }: Journey, orderId: string): Promise<void> {
  try {
    const record = await readOrder(deps.store, orderId)
    if (record?.order.status !== 'open' && record?.order.status !== 'awaiting_deposit') return
    await lookNoLaterThan(deps.store, orderId, deps.clock.nowMs())
    wake('orders')
  } catch (error) {
    deps.log.error({ err: error, orderId }, 'an order’s look could not be hastened')
  }
}
