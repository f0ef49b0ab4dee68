import type { OpenRequest, V2OpenRequest } from '@landfall/gateway-sandbox'
import { expect } from 'vitest'
import { readProof } from '../src/store/payments.ts'
import { go } from './network.ts'
import { v2Request } from './windows.ts'
import type { World } from './world.ts'

export { go } from './network.ts'

/** The end of the gateway's payment window: where the browser goes. */
type Ending = Awaited<ReturnType<World['gateway']['approve']>>
export type Bought = {
  readonly orderId: string
  readonly impUid: string
  readonly returnUrl: string
  readonly token: string
}
type Wish = Omit<Partial<OpenRequest>, 'merchantUid'> & {
  readonly orderId?: string
  readonly price?: number
  readonly expiresAt?: number
}

export const orderId = 'ord-1001'
export const name = '제주 한라봉 드립백'
export const price = 14_000

/** Registers the order, as the shop does before the payment window opens. */
export const register = (
  world: World,
  { orderId: id = orderId, price: amount = price, name: title = name, expiresAt }: Wish = {},
) =>
  world.merchant.orders.register.mutate({
    orderId: id,
    name: title,
    amount,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })

/** Registers an order while the gateway cannot fix its amount, so the payment window accepts another amount (M-01). */
export async function buyForged(world: World, amount: number, wish: Wish = {}): Promise<Bought> {
  world.gateway.misbehave({ rest: 'error', restOn: 'prepare', restTimes: 1 })
  return buy(world, { amount, ...wish })
}

/** Registers an order with `price` and opens the gateway's payment window with `amount`. */
export async function buy(world: World, wish: Wish = {}): Promise<Bought> {
  const { orderId: id = orderId, price: registeredPrice = price, expiresAt: _, ...request } = wish
  const { returnUrl } = await register(world, wish)
  const opened = world.gateway.open({
    amount: registeredPrice,
    name,
    mRedirectUrl: returnUrl,
    ...request,
    merchantUid: id,
  })
  if (!opened.ok) throw new Error(opened.errorMsg)
  return { orderId: id, impUid: opened.impUid, returnUrl, token: lastPart(returnUrl) }
}

/** The same by V2, on a phone. */
export async function buyV2(
  world: World,
  { orderId: id = orderId, price: amount = price, ...request }: WishV2 = {},
): Promise<BoughtV2> {
  const { returnUrl } = await world.merchant.orders.register.mutate({
    orderId: id,
    name,
    amount,
    gateway: 'portone-v2',
  })
  const opened = world.gateway.openV2(
    v2Request({ orderId: id, amount }, { redirectUrl: returnUrl, ...request }),
  )
  if (!opened.ok) throw new Error(opened.message)
  return { orderId: id, paymentId: opened.txId, returnUrl, token: lastPart(returnUrl) }
}
type WishV2 = Omit<Partial<V2OpenRequest>, 'paymentId'> & {
  readonly orderId?: string
  readonly price?: number
}
export type BoughtV2 = Omit<Bought, 'impUid'> & { readonly paymentId: string }

export const lastPart = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? ''

/** Follows the payment window's redirect, as the browser does. */
export async function comeBack({ redirectUrl, method, form, times }: Ending): Promise<Response> {
  if (redirectUrl === null) throw new Error('the window sends the browser nowhere')
  if (method === 'POST') return go(redirectUrl, { method, body: new URLSearchParams({ ...form }) })
  if (times === 2) await go(redirectUrl)
  return go(redirectUrl)
}

/** The view token in a return's redirect. */
export const tokenIn = (answer: Response): string =>
  lastPart(answer.headers.get('location') ?? 'https://none.example/')

export const tell = (
  world: World,
  body: string | Buffer,
  contentType = 'application/json',
): Promise<Response> =>
  go(`${world.url}/webhooks/portone`, {
    method: 'POST',
    headers: contentType === '' ? {} : { 'content-type': contentType },
    body,
  })

/** Sends the webhook that the gateway would send. */
export const tellOf = (world: World, { impUid, orderId: id }: Bought, status = 'paid'): Promise<Response> =>
  tell(world, JSON.stringify({ imp_uid: impUid, merchant_uid: id, status }))

export const orderOf = (world: World, id = orderId) => world.merchant.orders.get.query({ orderId: id })
export const screenOf = (world: World, token: string) => world.anyone.payments.screen.query({ token })

/** The lookups that reached the gateway, by payment or by order. */
export const looks = (world: World): string[] =>
  world.gateway
    .calls()
    .filter(({ method, path }) => method === 'GET' && /^\/payments\/(imp_|findAll)/.test(path))
    .map(({ path }) => path)

export const cancelsSent = (world: World): Array<Record<string, unknown>> =>
  world.sent.filter(({ path }) => path === '/payments/cancel').map(({ body }) => JSON.parse(body))

export const isPaid = async (world: World, id = orderId): Promise<boolean> =>
  (await orderOf(world, id)).status === 'paid'

/** Expects one finalisation with its proof, one `payment.paid` notice, and a sequence without gaps (S-01, S-02, S-13). */
export async function expectPaidOnce(world: World, impUid: string, id = orderId): Promise<void> {
  const noticesOfOrder = () => world.receiver.received.filter(({ body }) => body.data.order.orderId === id)
  const order = await orderOf(world, id)
  await world.until(
    'every notice of the order is delivered',
    () => noticesOfOrder().length >= order.notices.length,
  )
  expect(order).toMatchObject({ status: 'paid', balance: order.amount, review: null })
  expect(order.payments.filter(({ standing }) => standing === 'kept')).toMatchObject([{ paymentId: impUid }])
  expect(
    new Set(
      noticesOfOrder()
        .filter(({ body }) => body.type === 'payment.paid')
        .map((each) => each.id),
    ).size,
  ).toBe(1)
  expect(order.notices.filter(({ type }) => type === 'payment.paid')).toHaveLength(1)
  expect(order.notices.map(({ sequence }) => sequence)).toEqual(order.notices.map((_, index) => index + 1))
  expect(await readProof(world.deps().store, id)).toMatchObject({
    paymentId: impUid,
    observation: { orderId: id, status: 'paid', amounts: [order.amount] },
  })
}
