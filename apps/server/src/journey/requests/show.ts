import {
  fail,
  isFinal,
  ok,
  screenOf,
  screenOfNothing,
  type Problem,
  type Result,
  type Screen,
  type ShownScreen,
} from '@landfall/payment-core'
import { readOrder, type OrderRecord } from '../../store/orders.ts'
import { readPayment } from '../../store/payments.ts'
import { isAwaitingPayment, triggerNow } from '../reconcile/lookup-context.ts'
import { followedReturnTo, payAgainAt, wayBack } from './shop-address.ts'
import type { Viewer } from './view-token.ts'
import type { Journey } from '../journey.ts'

/** How long a viewer of an unknown subject sees *checking* before *not found*, for unknown and foreign orders alike. */
const NOTHING_WAIT_MS = 60_000
/** A more recent lookup is not repeated for a viewer (D-02). */
const FRESH_MS = 1_000
/** An open page is updated at least this often, because some states change with time alone. */
const WATCH_SLICE_MS = 2_000
/** The longest watch of an open page; the page asks again when it becomes visible. */
const WATCH_MAX_MS = 15 * 60_000

/** The screen for this viewer, from the record alone (S-22). */
export async function show(journey: Journey, viewer: Viewer, token: string): Promise<ShownScreen> {
  const { clock, config } = journey.deps
  const nowMs = clock.nowMs()
  const record = await recordFor(journey, viewer)
  const screen: Screen =
    record === null
      ? screenOfNothing(mayStillBeFound(journey, viewer, nowMs), viewer.sinceMs)
      : screenOf(
          record.order,
          record.payments.map((held) => held.payment),
          viewer.scope,
          nowMs,
        )
  const appUrl = viewer.appScheme === undefined ? null : `${viewer.appScheme}://`
  const final = isFinal(screen, nowMs)
  // Addresses that name the order are for the holder of its own link.
  const order = viewer.scope === 'full' && record !== null ? record.order : null
  const shopUrl = wayBack(order, config)
  const forwardUrl =
    config.shop.forwards && isSettled(screen, final) && followedReturnTo(order, config) !== null
      ? shopUrl
      : null
  const tryAgainUrl = !offersPayment(screen) ? null : order === null ? shopUrl : payAgainAt(order, config)
  const addresses = { shopUrl, tryAgainUrl, forwardUrl, appUrl }
  return { ...screen, token, final, ...addresses, shop: config.shop.face, atMs: nowMs }
}

/** Nobody is told that a payment does not exist while the gateway has not said so. */
const mayStillBeFound = (journey: Journey, { paymentId, sinceMs }: Viewer, nowMs: number): boolean =>
  nowMs - sinceMs < NOTHING_WAIT_MS ||
  (paymentId !== null && journey.answerAbout(paymentId)?.isCertain !== true)

/** The customer may go on without reading this screen. Money besides the payment is told here alone, so it keeps the customer. */
const isSettled = (screen: Screen, final: boolean): boolean =>
  final && (screen.kind !== 'paid' || screen.goesBack + screen.withShop === 0)

/** Another payment of this order, or a new order after the deadline. */
const offersPayment = (screen: Screen): boolean =>
  screen.kind === 'expired' ? screen.because === 'deadline' : 'tryAgain' in screen && screen.tryAgain

/** The order that a viewer may see: the order of their link, or the payment's order by the gateway's record if the viewer named no other. */
async function recordFor({ deps }: Journey, viewer: Viewer): Promise<OrderRecord | null> {
  if (viewer.scope === 'full') return viewer.orderId === null ? null : readOrder(deps.store, viewer.orderId)
  if (viewer.paymentId === null) return null
  const named = (await readPayment(deps.store, viewer.paymentId))?.payment.orderId ?? null
  return named === null || (viewer.orderId !== null && viewer.orderId !== named)
    ? null
    : readOrder(deps.store, named)
}

export async function viewerOf(journey: Journey, token: string): Promise<Result<Viewer, Problem>> {
  const viewer = await journey.tokens.read(token)
  return viewer === null ? fail({ kind: 'bad_view_token' }) : ok(viewer)
}

/** Waits for a lookup, at most `withinMs`, or else `verifyDeadlineMs`. */
export async function waitAtMost(
  journey: Journey,
  lookup: Promise<unknown>,
  withinMs?: number,
): Promise<void> {
  const { clock, config } = journey.deps
  const waitEnded = new AbortController()
  await Promise.race([lookup, clock.sleep(withinMs ?? config.verifyDeadlineMs, waitEnded.signal)])
  waitEnded.abort('looked up')
}

/**
 * Updates the record behind this viewer's screen. It joins a lookup in flight, or starts one unless the record is final or fresh, and waits at most
 * `withinMs`, or else `verifyDeadlineMs`.
 */
export const refresh = (journey: Journey, viewer: Viewer, withinMs?: number): Promise<void> =>
  waitAtMost(journey, bringUpToDate(journey, viewer), withinMs)

async function bringUpToDate(journey: Journey, viewer: Viewer): Promise<unknown> {
  const record = await recordFor(journey, viewer)
  const trigger = triggerNow(journey.deps, { by: 'visit' })
  if (record === null) {
    if (viewer.paymentId === null || isFresh(journey, journey.answerAbout(viewer.paymentId)?.atMs ?? null))
      return null
    return journey.reconcile({ by: 'payment', paymentId: viewer.paymentId, orderId: viewer.orderId }, trigger)
  }
  const { orderId } = record.order
  if (!isAwaitingPayment(record.order)) return null
  const inFlight = journey.lookupInFlight(orderId)
  if (inFlight !== null) return inFlight
  if (isFresh(journey, record.lookedAtMs)) return null
  // The order's return usually has a lookup in flight. A stranger's claim may name the order too, and its lookup may not update the order.
  const claimLookup = journey.claimLookupInFlight(orderId)
  if (claimLookup !== null) {
    await claimLookup
    const after = await readOrder(journey.deps.store, orderId)
    if (after === null || !isAwaitingPayment(after.order) || after.lookedAtMs > record.lookedAtMs) return null
  }
  return journey.reconcile({ by: 'order', orderId }, trigger)
}

function isFresh({ deps }: Journey, atMs: number | null): boolean {
  const ageMs = atMs === null ? FRESH_MS : deps.clock.nowMs() - atMs
  return ageMs >= 0 && ageMs < FRESH_MS // the clock may have jumped back (K-03)
}

/**
 * Yields the viewer's present screen and each change of it, until the screen is final, the page or the server closes, or 15 minutes have passed.
 */
export async function* watch(
  journey: Journey,
  viewer: Viewer,
  token: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ShownScreen> {
  const { clock, changes } = journey.deps
  const startedAtMs = clock.monotonicMs()
  const ends = signal === undefined ? journey.closing : AbortSignal.any([journey.closing, signal])
  let shownBefore = ''
  while (!ends.aborted && clock.monotonicMs() - startedAtMs < WATCH_MAX_MS) {
    const changed = new AbortController()
    const record = await recordFor(journey, viewer)
    const unsubscribe =
      record === null
        ? () => undefined
        : changes.subscribe(record.order.orderId, () => changed.abort('changed'))
    try {
      const screen = await show(journey, viewer, token)
      const text = JSON.stringify({ ...screen, atMs: 0 })
      if (text !== shownBefore) yield screen
      if (screen.final) return
      shownBefore = text
      await clock.sleep(WATCH_SLICE_MS, AbortSignal.any([changed.signal, ends]))
    } finally {
      unsubscribe()
    }
  }
}
