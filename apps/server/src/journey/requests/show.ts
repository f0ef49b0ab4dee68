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
import type { Viewer } from './view-token.ts'
import type { Journey } from '../journey.ts'

/** How long a viewer of nothing we know is told *checking* before *not found*: alike for unknown and foreign orders. */
const NOTHING_WAIT_MS = 60_000
/** A look that young is not repeated for somebody who merely asks (D-02). */
const FRESH_MS = 1_000
/** An open page hears at least this often, so that states that change with time alone reach it. */
const WATCH_SLICE_MS = 2_000
/** A page left open is not watched for ever; it asks again when it is shown. */
const WATCH_MAX_MS = 15 * 60_000

/** What is recorded, for this viewer (S-22). */
export async function show(journey: Journey, viewer: Viewer, token: string): Promise<ShownScreen> {
  const { clock, config } = journey.deps
  const nowMs = clock.nowMs()
  const record = await recordFor(journey, viewer)
  const screen: Screen =
    record === null
      ? screenOfNothing(nowMs - viewer.sinceMs < NOTHING_WAIT_MS, viewer.sinceMs)
      : screenOf(
          record.order,
          record.payments.map((held) => held.payment),
          viewer.scope,
          nowMs,
        )
  const tryAgainUrl =
    'tryAgain' in screen && screen.tryAgain && record !== null
      ? tryAgainAt(config.shopUrl, viewer, record)
      : null
  const appUrl = viewer.appScheme === undefined ? null : `${viewer.appScheme}://`
  const { shopUrl } = config
  return { ...screen, token, final: isFinal(screen, nowMs), shopUrl, tryAgainUrl, appUrl, atMs: nowMs }
}

/** The shop's page with the order to pay again; without it for a viewer who may not know the order. */
function tryAgainAt(shopUrl: string | null, viewer: Viewer, record: OrderRecord): string | null {
  if (shopUrl === null) return null
  const url = new URL(shopUrl)
  if (viewer.scope === 'full') url.searchParams.set('order', record.order.orderId)
  return url.href
}

/** The order a viewer may see: their link's own, or the one the gateway ties to the payment they name and that they claimed themselves. */
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

/** Waits for `look`, but not longer than a customer would (2.5 s): what is recorded then is shown. */
export async function atMost(journey: Journey, look: Promise<unknown>, withinMs?: number): Promise<void> {
  const { clock, config } = journey.deps
  const enough = new AbortController()
  await Promise.race([look, clock.sleep(withinMs ?? config.verifyDeadlineMs, enough.signal)])
  enough.abort('looked')
}

/**
 * Brings what this viewer sees up to date, for at most as long as a customer would wait: joins a look that is under way, or starts one
 * unless the record is final or fresh.
 */
export const refresh = (journey: Journey, viewer: Viewer, withinMs?: number): Promise<void> =>
  atMost(journey, bringUpToDate(journey, viewer), withinMs)

async function bringUpToDate(journey: Journey, viewer: Viewer): Promise<unknown> {
  const { store, clock } = journey.deps
  const record = await recordFor(journey, viewer)
  const reason = { claim: null, atMs: clock.nowMs(), adoptOrphans: false, by: 'visit' } as const
  if (record === null) {
    if (viewer.paymentId === null || isFresh(journey, journey.answeredAtMs(viewer.paymentId))) return null
    return journey.reconcile({ by: 'payment', paymentId: viewer.paymentId }, reason)
  }
  const { orderId } = record.order
  if (!waits(record)) return null
  const sameLook = journey.underWay(orderId)
  if (sameLook !== null) return sameLook
  if (isFresh(journey, record.lookedAtMs)) return null
  // The return just before this has sent somebody looking. What a stranger claims may name the order too and find nothing out about it.
  const itsReturn = journey.spokenOf(orderId)
  if (itsReturn !== null) {
    await itsReturn
    const after = await readOrder(store, orderId)
    if (after === null || !waits(after) || after.lookedAtMs > record.lookedAtMs) return null
  }
  return journey.reconcile({ by: 'order', orderId }, reason)
}

const waits = ({ order }: OrderRecord): boolean =>
  order.status === 'open' || order.status === 'awaiting_deposit'

function isFresh({ deps }: Journey, atMs: number | null): boolean {
  const ageMs = atMs === null ? FRESH_MS : deps.clock.nowMs() - atMs
  return ageMs >= 0 && ageMs < FRESH_MS // the wall clock may have gone back (K-03)
}

/** Every change of what this viewer may see, the present first, until it is final, the page leaves, or a quarter of an hour has passed. */
export async function* watch(
  journey: Journey,
  viewer: Viewer,
  token: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ShownScreen> {
  const { clock, changes } = journey.deps
  const startedAtMs = clock.nowMs()
  let shownBefore = ''
  while (signal?.aborted !== true && clock.nowMs() - startedAtMs < WATCH_MAX_MS) {
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
      await clock.sleep(
        WATCH_SLICE_MS,
        signal === undefined ? changed.signal : AbortSignal.any([changed.signal, signal]),
      )
    } finally {
      unsubscribe()
    }
  }
}
