import {
  claimFromReturn,
  fail,
  ok,
  type Claim,
  type Problem,
  type Result,
  type ReturnFields,
} from '@landfall/payment-core'
import { lookNoLaterThan, readOrder } from '../../store/orders.ts'
import type { Viewer } from '../requests/view-token.ts'
import type { StoredClaim } from './follow-claim.ts'
import type { Journey } from '../journey.ts'

export type Landed = {
  readonly viewer: Viewer
  readonly token: string
  /** Null for a return that names nothing but an order: there is nothing its viewer may wait for. */
  readonly accepted: StoredClaim | null
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
  if (link?.scope === 'outcome' && pathToken !== null) return revisit(journey, read, link, pathToken)
  // The order of a return through its own link is known even when the gateway's script lost every id (Cordova, docs/gateway/portone-v1.md §2.4).
  const orderId = link?.orderId ?? read.orderId
  const paymentId = read.paymentId ?? link?.paymentId ?? null
  if (paymentId === null && orderId === null)
    return fail({ kind: 'bad_input', where: 'imp_uid, merchant_uid' })
  if (link !== null && pathToken !== null) {
    // An address without a word is a preview's, a scanner's, or a query lost on the way: a reason to look, and not the customer's word.
    const claim = saysNothing(fields) ? wordless(read) : read
    const accepted = await journey.acceptClaim({ ...claim, orderId, paymentId })
    return accepted.ok ? ok({ viewer: link, token: pathToken, accepted: accepted.value }) : accepted
  }
  // Without the link an order id is anybody's guess. It may hasten a look, but it is not claimed for that order: a stranger's *failed* and a
  // stranger's words must not stand on a customer's screen (S-09, S-25). The payment's order is the one the gateway names.
  const claimed = { ...wordless(read), orderId: null }
  const accepted = paymentId === null ? ok(null) : await journey.acceptClaim(claimed, orderId)
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

/** A token that shows an outcome opens no door again: whoever comes with it may have things looked at, and says nothing. */
async function revisit(
  journey: Journey,
  read: Claim,
  viewer: Viewer,
  token: string,
): Promise<Result<Landed, Problem>> {
  const paymentId = read.paymentId ?? viewer.paymentId
  if (paymentId === null) {
    if (viewer.orderId !== null) journey.track(hasten(journey, viewer.orderId))
    return ok({ viewer, token, accepted: null })
  }
  const accepted = await journey.acceptClaim({ ...wordless(read), orderId: null, paymentId }, viewer.orderId)
  if (!accepted.ok && accepted.problem.kind !== 'busy') return accepted
  return ok({ viewer, token, accepted: accepted.ok ? accepted.value : null })
}

/** What names things to look at, and leaves no flag, reason or text behind (S-25). */
const wordless = (claim: Claim): Claim => ({
  ...claim,
  source: 'visit',
  says: 'nothing',
  failReason: null,
  message: null,
})

const saysNothing = (fields: ReturnFields): boolean =>
  Object.values(fields).every((value) => value === null || value === undefined || value === '')

/** Has an order that still waits looked up now, by the work loop. It is no promise: the order's own schedule goes on without it. */
async function hasten({ deps, signalWork }: Journey, orderId: string): Promise<void> {
  try {
    const record = await readOrder(deps.store, orderId)
    if (record?.order.status !== 'open' && record?.order.status !== 'awaiting_deposit') return
    await lookNoLaterThan(deps.store, orderId, deps.clock.nowMs())
    signalWork('orders')
  } catch (error) {
    deps.log.error({ err: error, orderId }, 'an order’s look could not be hastened')
  }
}
