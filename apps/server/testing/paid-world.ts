import { KeyScope } from '@landfall/payment-core'
import { buy, buyForged, comeBack, isPaid, orderId, register } from './shopper.ts'
import type { Procedure } from './procedures.ts'
import { merchantKey, startWorld, type World } from './world.ts'

/** Every procedure: who may call it, and an input that would have an effect for an authorized caller. */
export const expected: Readonly<Record<string, { readonly who: Procedure['who']; readonly input: unknown }>> =
  {
    'payments.verify': { who: 'anyone', input: { imp_uid: 'imp_000000000001', merchant_uid: orderId } },
    'payments.screen': { who: 'view token', input: {} },
    'payments.watch': { who: 'view token', input: {} },
    'orders.register': {
      who: 'merchant key: orders:write',
      input: { orderId: 'ord-new', name: 'x', amount: 1_000 },
    },
    'orders.get': { who: 'merchant key: orders:read', input: { orderId } },
    'orders.list': { who: 'merchant key: orders:read', input: {} },
    'orders.story': { who: 'merchant key: orders:read', input: { orderId } },
    'orders.refunds': {
      who: 'merchant key: orders:read',
      input: { from: 0, to: Number.MAX_SAFE_INTEGER },
    },
    'orders.reconcile': { who: 'merchant key: orders:write', input: { orderId } },
    'orders.cancel': {
      who: 'merchant key: refunds',
      input: { orderId, reason: 'asked', idempotencyKey: 'once-1' },
    },
    'orders.close': { who: 'merchant key: orders:write', input: { orderId: 'ord-unpaid' } },
    'orders.resolve': { who: 'merchant key: refunds', input: {} },
    'notices.list': { who: 'merchant key: notices', input: {} },
    'notices.replay': { who: 'merchant key: notices', input: { from: 0, to: Number.MAX_SAFE_INTEGER } },
    'shop.products': { who: 'anyone, in sandbox mode', input: undefined },
    'shop.gateways': { who: 'anyone, in sandbox mode', input: undefined },
    'shop.order': { who: 'anyone, in sandbox mode', input: { productId: 'coffee' } },
  }
export const inputOf = ({ path }: Pick<Procedure, 'path'>, reviewId: string): unknown =>
  path === 'orders.resolve' ? { ...resolving, reviewId } : expected[path]?.input
const resolving = { orderId: 'ord-odd', action: 'dismiss', note: 'seen' }

/**
 * Three orders: a paid one whose notice was delivered, so it can be cancelled, looked up and notified again; an open one; and one under review.
 */
export async function paidWorld(
  env: Readonly<Record<string, string>> = {},
): Promise<World & { readonly token: string; readonly reviewId: string }> {
  const world = await startWorld({ env: { ON_REJECTED: 'review', ...env } })
  const { impUid, token } = await buy(world)
  await comeBack(await world.gateway.approve(impUid))
  await world.until('paid', () => isPaid(world))
  await register(world, { orderId: 'ord-unpaid' })
  const odd = await buyForged(world, 100, { orderId: 'ord-odd' })
  await comeBack(await world.gateway.approve(odd.impUid))
  await world.until('a person is called', () => world.receiver.types().includes('order.review'))
  await world.pass(10_000)
  const [review] = (await world.merchant.orders.get.query({ orderId: 'ord-odd' })).reviews
  return { ...world, token, reviewId: review?.id ?? '' }
}

/** Credentials that are not the key: what differs, the headers, and the query. */
export const tampered = (
  key: string,
): ReadonlyArray<readonly [string, Record<string, string>, Record<string, string>?]> => [
  ['nothing', {}],
  ['nothing after Bearer', { authorization: 'Bearer' }],
  ['an empty key', { authorization: 'Bearer ' }],
  ['one letter more', { authorization: `Bearer ${key}x` }],
  ['one letter less', { authorization: `Bearer ${key.slice(0, -1)}` }],
  ['capitals', { authorization: `Bearer ${key.toUpperCase()}` }],
  ['bearer in small letters', { authorization: `bearer ${key}` }],
  ['two spaces', { authorization: `Bearer  ${key}` }],
  ['a blank after it', { authorization: `Bearer ${key}\u00a0` }],
  ['an escaped blank after it', { authorization: `Bearer ${key}%20` }],
  ['quotes', { authorization: `Bearer "${key}"` }],
  ['the key alone', { authorization: key }],
  ['the key twice', { authorization: `Bearer ${key} ${key}` }],
  ['two headers in one', { authorization: `Bearer x, Bearer ${key}` }],
  ['Basic', { authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}` }],
  ['Basic with the key as it is', { authorization: `Basic ${key}` }],
  ['its digest', { authorization: `Bearer sha256:${key}` }],
  ['another header', { 'x-api-key': key, 'proxy-authorization': `Bearer ${key}` }],
  ['a cookie', { cookie: `authorization=Bearer ${key}; key=${key}` }],
  ['a query', {}, { authorization: `Bearer ${key}`, access_token: key, key, token: key }],
  ['another method asked for', { 'x-http-method-override': 'POST', 'x-forwarded-user': 'shop' }],
]

/** A key for each scope alone, and the setting that has them beside the full key. */
export function scopedKeys() {
  const keyOf = (scope: KeyScope): string => `key-of-this-shop-for-${scope.replace(':', '-')}`
  const scoped = KeyScope.options.map((scope) => `${scope.replace(':', '-')}:${keyOf(scope)}:${scope}`)
  return { keyOf, setting: `${merchantKey} ${scoped.join(' ')}` }
}
