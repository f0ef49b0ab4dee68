import type { ScreenKind } from '@landfall/payment-core'
import { place, type Placed } from './order.ts'
import { until, type Shop } from './shop.ts'
import { keep } from './written.ts'

/** The server's HTML. */
export async function firstResponse(url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url, { headers })
  const text = await answer.text()
  keep('pages', 'a first response', [text])
  const markup = text.slice(text.indexOf('<body'), text.indexOf('<script'))
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    kind: /data-kind="(\w+)"/.exec(markup)?.[1],
    markup,
  }
}
export const shows = (placed: Placed, kind: ScreenKind): Promise<void> =>
  until(`${placed.orderId} shows ${kind}`, async () => (await firstResponse(placed.resultUrl)).kind === kind)
/** Returns from the window as a browser does, and follows all redirects. */
const comeBack = ({ redirectUrl }: { readonly redirectUrl: string | null }) =>
  firstResponse(redirectUrl ?? 'no redirect')

type Kind = Exclude<ScreenKind, 'not_found'>
const EXPIRES_IN_MS = 5_000

/** The steps that lead an order to each kind of screen, without a browser. */
const roads: Readonly<Record<Kind, (shop: Shop, placed: Placed) => Promise<unknown>>> = {
  checking: async () => undefined,
  paid: async (shop, { impUid }) => comeBack(await shop.gateway.approve(impUid)),
  awaiting_deposit: async (shop, { impUid }) => comeBack(await shop.gateway.issueAccount(impUid)),
  failed: async (shop, { impUid }) => comeBack(await shop.gateway.refuse(impUid, 'limit')),
  partially_cancelled: async (shop, placed) => {
    await bringTo(shop, placed, 'paid')
    await shop.gateway.cancelInConsole(placed.impUid, 4_000)
  },
  cancelled: async (shop, placed) => {
    await bringTo(shop, placed, 'paid')
    await shop.ask('orders.cancel', {
      orderId: placed.orderId,
      reason: '고객 변심',
      idempotencyKey: placed.orderId,
    })
  },
  expired: async (shop) => shop.advance(2 * EXPIRES_IN_MS),
  returning: async (shop, { impUid }) => {
    shop.gateway.misbehave({ rest: 'cancel_refused' })
    await comeBack(await shop.gateway.approve(impUid, { amount: 1_000 }))
  },
}

/** Leads an order to a kind of screen, and waits until the server shows it. */
export async function bringTo(shop: Shop, placed: Placed, kind: Kind): Promise<void> {
  await roads[kind](shop, placed)
  await shows(placed, kind)
}

/** Makes a new order that shows a kind of screen. */
export async function bring(shop: Shop, kind: Kind): Promise<Placed> {
  // A wrong amount is refunded automatically only without a prepared amount.
  if (kind === 'returning') shop.gateway.misbehave({ rest: 'error', restOn: 'prepare' })
  const placed = await place(shop, kind === 'expired' ? { expiresInMs: EXPIRES_IN_MS } : {})
  await bringTo(shop, placed, kind)
  return placed
}

export const kinds = [
  'checking',
  'paid',
  'awaiting_deposit',
  'failed',
  'partially_cancelled',
  'cancelled',
  'expired',
  'returning',
] as const satisfies readonly Kind[]
