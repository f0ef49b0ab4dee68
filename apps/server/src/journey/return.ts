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
  if (link !== null && pathToken !== null)
    return ok({
      viewer: link,
      token: pathToken,
      accepted: await journey.accept({ ...read, orderId, paymentId }),
    })
  // Without the link an order id is anybody's guess. It may hasten a look, but it is not claimed for that order: a stranger's *failed* and a
  // stranger's words must not stand on a customer's screen (S-09, S-22). The payment's order is the one the gateway names.
  const accepted = paymentId === null ? null : await journey.accept({ ...read, orderId: null, message: null })
  if (paymentId === null && orderId !== null) await hasten(journey, orderId)
  const nowMs = deps.clock.nowMs()
  const viewer: Viewer = { scope: 'outcome', orderId: read.orderId, paymentId, sinceMs: nowMs }
  const token = await tokens.sign(viewer, nowMs + deps.config.viewTokenLifeMs)
  return ok({ viewer, token, accepted })
}

/** Has an order that still waits looked up now, by the work loop: nobody at the door can measure whether there is one. */
async function hasten({ deps, wake }: Journey, orderId: string): Promise<void> {
  const record = await readOrder(deps.store, orderId)
  if (record?.order.status !== 'open' && record?.order.status !== 'awaiting_deposit') return
  await lookNoLaterThan(deps.store, orderId, deps.clock.nowMs())
  wake()
}
