import {
  fail,
  ok,
  RETURN_ID_FIELDS,
  type Claim,
  type Problem,
  type Result,
  type ReadReturn,
} from '@landfall/payment-core'
import { lookNoLaterThan } from '../../store/due-orders.ts'
import { readOrder } from '../../store/orders.ts'
import type { Viewer } from '../requests/view-token.ts'
import { isAwaitingPayment } from '../reconcile/lookup-context.ts'
import type { StoredClaim } from './accept-claim.ts'
import type { Journey } from '../journey.ts'

export type ReceivedReturn = {
  readonly viewer: Viewer
  readonly token: string
  /** Null for a return that names only an order: its viewer may not wait for a lookup. */
  readonly accepted: StoredClaim | null
}

/**
 * Receives a browser's return. It stores the claim, starts its lookup, and gives the viewer a token for what they may see: the order (scope
 * `full`) when the return came through the order's own URL, otherwise the outcome of the payment that the return names. An order id alone shows
 * nothing, because it can be guessed (P-01, R-11). Fails with `bad_input` when the return names neither order nor payment.
 */
export async function receiveReturn(
  journey: Journey,
  said: ReadReturn,
  pathToken: string | null,
): Promise<Result<ReceivedReturn, Problem>> {
  const { deps, tokens } = journey
  const { claim: read } = said
  const link = pathToken === null ? null : await tokens.read(pathToken)
  if (link?.scope === 'outcome' && pathToken !== null) return receiveRevisit(journey, read, link, pathToken)
  // The order's own link identifies the order even when the gateway's script lost every id (Cordova, docs/gateway/portone-v1.md §2.4).
  const orderId = link?.orderId ?? read.orderId
  const paymentId = read.paymentId ?? link?.paymentId ?? null
  if (paymentId === null && orderId === null) return fail({ kind: 'bad_input', where: RETURN_ID_FIELDS })
  if (link !== null && pathToken !== null) {
    // A URL without a query comes from a link preview, a scanner, or a lost query. It triggers a lookup, but is no customer's statement.
    const claim = said.isEmpty ? idsOnly(read) : read
    const accepted = await journey.acceptClaim({ ...claim, orderId, paymentId })
    if (!accepted.ok) return accepted
    // The browser does not wait for it; its page follows the order.
    const confirmed = link.orderId === null ? Promise.resolve() : journey.confirmPayment(link.orderId, said)
    journey.track(confirmed)
    const firstTry = Promise.all([accepted.value.firstTry, confirmed])
    return ok({ viewer: link, token: pathToken, accepted: { firstTry } })
  }
  // Without the link the order id may be guessed. It may bring a lookup forward, but the claim does not speak for that order: a stranger's *failed*
  // and a stranger's text must not appear on a customer's screen (S-09, S-25). The gateway names the payment's order.
  const claimed = { ...idsOnly(read), orderId: null }
  const accepted = paymentId === null ? ok(null) : await journey.acceptClaim(claimed, { mentions: orderId })
  // Too many claims of strangers: this one is not stored, but is redirected all the same. A refusal would reveal that its order is not
  // registered, because claims about registered orders are accepted. The page asks again.
  if (!accepted.ok && accepted.problem.kind !== 'busy') return accepted
  // The answer does not wait for the write: its time or its failure would reveal that the order exists.
  if (paymentId === null && orderId !== null) journey.track(bringLookupForward(journey, orderId))
  const nowMs = deps.clock.nowMs()
  const viewer: Viewer = { scope: 'outcome', orderId: read.orderId, paymentId, sinceMs: nowMs }
  const token = await tokens.sign(viewer, nowMs + deps.config.viewTokenLifeMs)
  return ok({ viewer, token, accepted: accepted.ok ? accepted.value : null })
}

/** A return with an `outcome` token: its bearer may trigger a lookup, but makes no statement about the order. */
async function receiveRevisit(
  journey: Journey,
  read: Claim,
  viewer: Viewer,
  token: string,
): Promise<Result<ReceivedReturn, Problem>> {
  const paymentId = read.paymentId ?? viewer.paymentId
  if (paymentId === null) {
    if (viewer.orderId !== null) journey.track(bringLookupForward(journey, viewer.orderId))
    return ok({ viewer, token, accepted: null })
  }
  const accepted = await journey.acceptClaim(
    { ...idsOnly(read), orderId: null, paymentId },
    { mentions: viewer.orderId },
  )
  if (!accepted.ok && accepted.problem.kind !== 'busy') return accepted
  return ok({ viewer, token, accepted: accepted.ok ? accepted.value : null })
}

/** Keeps the ids to look up, and drops the flag, the reason and the text (S-25). */
const idsOnly = (claim: Claim): Claim => ({
  ...claim,
  source: 'visit',
  says: 'nothing',
  failReason: null,
  message: null,
})

/** Makes an unpaid order's lookup due now, for the work loop. Best effort: the order's own schedule does not depend on it. */
async function bringLookupForward({ deps, signalWork }: Journey, orderId: string): Promise<void> {
  try {
    const record = await readOrder(deps.store, orderId)
    if (record === null || !isAwaitingPayment(record.order)) return
    await lookNoLaterThan(deps.store, orderId, deps.clock.nowMs())
    signalWork('orders')
  } catch (error) {
    deps.log.error({ err: error, orderId }, 'the next look-up of an order could not be brought forward')
  }
}
