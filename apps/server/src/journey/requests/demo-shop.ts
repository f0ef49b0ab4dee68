import {
  fail,
  GatewayName,
  ok,
  type Checkout,
  type Order,
  type Problem,
  type Product,
  type Result,
  type ShopOrderInput,
} from '@landfall/payment-core'
import type { z } from 'zod'
import { readOrder } from '../../store/orders.ts'
import type { Journey } from '../journey.ts'
import { orderToken, register, returnUrlOf } from './register.ts'

/** The demo shop's products. The server holds the prices, because a browser could change them. */
export const products: readonly Product[] = [
  {
    productId: 'coffee',
    name: '제주 한라봉 드립백',
    description: '산뜻한 산미의 드립백 커피 10개입',
    amount: 14_000,
    currency: 'KRW',
  },
  {
    productId: 'notebook',
    name: '한지 노트',
    description: '전주 한지로 엮은 A5 노트',
    amount: 9_800,
    currency: 'KRW',
  },
  {
    productId: 'lamp',
    name: '달항아리 무드등',
    description: '은은하게 빛나는 백자 무드등',
    amount: 68_000,
    currency: 'KRW',
  },
]

/** The actor in the timeline, in place of a shop's key. */
const ACTOR = 'demo-shop'

/** Plays the shop's backend, which would call `orders.register` with its key. Fails with `unknown_order` or `bad_input`. */
export async function checkout(
  journey: Journey,
  input: z.infer<typeof ShopOrderInput>,
): Promise<Result<Checkout, Problem>> {
  const order =
    'orderId' in input
      ? await reopen(journey, input.orderId)
      : await buy(journey, input.productId, input.gateway)
  if (!order.ok) return order
  const { orderId, name, amount, currency } = order.value
  const [returnUrl, token] = await Promise.all([
    returnUrlOf(journey, order.value),
    orderToken(journey, order.value),
  ])
  const window = windowOf(journey.deps.config, order.value.gateway)
  return window === null
    ? fail({ kind: 'unknown_order', orderId })
    : ok({ orderId, name, amount, currency, returnUrl, token, ...window })
}

/** What opens a window, by protocol; null for one that the shop cannot open. */
function windowOf({ gateways }: Pick<Journey['deps']['config'], 'gateways'>, gateway: GatewayName) {
  if (gateway === 'portone-v1') {
    const v1 = gateways[gateway]
    return v1 === null ? null : { gateway, userCode: v1.userCode, sdkUrl: v1.sdkUrl }
  }
  const v2 = gateways[gateway]
  if (v2 === null || v2.channelKey === null) return null
  // The sandbox serves the script where it answers; the demo shop is open with the sandbox alone.
  const sdkUrl = new URL('/v2/browser-sdk.js', v2.url).href
  return { gateway, storeId: v2.storeId, channelKey: v2.channelKey, sdkUrl }
}

/** The protocols by which the shop can be paid. */
export const offeredGateways = (settings: Pick<Journey['deps']['config'], 'gateways'>): GatewayName[] =>
  GatewayName.options.filter((name) => windowOf(settings, name) !== null)

/** The gateways' scripts, which the shop's page loads. */
export const shopScripts = (settings: Pick<Journey['deps']['config'], 'gateways'>): string[] =>
  GatewayName.options.flatMap((name) => windowOf(settings, name)?.sdkUrl ?? [])

async function reopen(journey: Journey, orderId: string): Promise<Result<Order, Problem>> {
  const record = await readOrder(journey.deps.store, orderId)
  return record?.order.status === 'open' ? ok(record.order) : fail({ kind: 'unknown_order', orderId })
}

async function buy(
  journey: Journey,
  productId: string,
  gateway?: GatewayName,
): Promise<Result<Order, Problem>> {
  const product = products.find((each) => each.productId === productId)
  if (product === undefined) return fail({ kind: 'bad_input', where: 'productId' })
  const orderId = `demo-${journey.deps.random.id().slice(0, 18)}`
  const { name, amount, currency } = product
  const registered = await register(
    journey,
    { orderId, name, amount, currency, ...(gateway === undefined ? {} : { gateway }) },
    ACTOR,
  )
  if (!registered.ok) return registered
  const record = await readOrder(journey.deps.store, orderId)
  return record === null ? fail({ kind: 'unknown_order', orderId }) : ok(record.order)
}
