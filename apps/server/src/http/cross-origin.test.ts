import { describe, expect, test } from 'vitest'
import { buy, comeBack, isPaid, orderId } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { createApp } from './app.ts'

const [shop, mobile, stranger] = ['https://shop.example', 'https://m.shop.example', 'https://evil.example']
const allowed = { ALLOWED_ORIGINS: mobile }

const appOf = (world: World) => createApp(world.journey(), null)
type App = ReturnType<typeof appOf>

const preflight = (app: App, path: string, origin: string, method = 'POST') =>
  app.request(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      // The answer does not depend on it: a key is never sent from a browser.
      'access-control-request-headers': 'authorization,content-type',
    },
  })
/** The headers by which a browser shares an answer, and those of a preflight. */
const sharedBy = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

const screens: ReadonlyArray<readonly [string, 'GET' | 'POST']> = [
  ['/trpc/payments.verify', 'POST'],
  ['/trpc/payments.screen', 'GET'],
  ['/trpc/payments.watch', 'GET'],
  ['/v1/payments/verify', 'POST'],
]

describe('the shop’s own pages', () => {
  test.each(screens)(
    'may call %s: its method, JSON, for ten minutes, without credentials',
    async (path, method) => {
      await using world = await startWorld({ env: allowed })
      for (const origin of [shop, mobile]) {
        const answer = await preflight(appOf(world), path, origin, method)
        expect([answer.status, sharedBy(answer)]).toEqual([
          204,
          {
            'access-control-allow-origin': origin,
            'access-control-allow-methods': method,
            'access-control-allow-headers': 'content-type',
            'access-control-max-age': '600',
          },
        ])
        expect(answer.headers.get('vary')).toContain('Origin')
      }
    },
  )

  test('get the screen for the callback object of the gateway’s script, and read refusals too', async () => {
    await using world = await startWorld()
    const app = appOf(world)
    const { impUid, token } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world))
    const verify = (input: object) =>
      app.request('/trpc/payments.verify', {
        method: 'POST',
        headers: { origin: shop, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
    const callback = { success: true, imp_uid: impUid, merchant_uid: orderId, pay_method: 'card', token }
    const answer = await verify(callback)
    expect(await answer.json()).toMatchObject({ result: { data: { kind: 'paid' } } })
    expect(sharedBy(answer)).toEqual({ 'access-control-allow-origin': shop })
    expect(answer.headers.get('vary')).toMatch(/\bOrigin$/)
    const refused = await verify({})
    expect([refused.status, sharedBy(refused)]).toEqual([400, { 'access-control-allow-origin': shop }])
    const followed = await app.request(
      `/trpc/payments.watch?input=${encodeURIComponent(JSON.stringify({ token }))}`,
      { headers: { origin: shop, accept: 'text/event-stream' } },
    )
    await followed.body?.cancel()
    expect([followed.status, sharedBy(followed)]).toEqual([200, { 'access-control-allow-origin': shop }])
  })

  test('read a refusal of overload as well', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1' } })
    const app = appOf(world)
    const ask = async () => app.request('/trpc/payments.screen?input={}', { headers: { origin: shop } })
    const answers = await Promise.all(Array.from({ length: 30 }, ask))
    const [busy] = answers.filter(({ status }) => status === 429)
    expect(busy === undefined ? null : sharedBy(busy)).toEqual({ 'access-control-allow-origin': shop })
  })
})

describe('nobody else, and nothing else', () => {
  test.each([
    stranger,
    'null',
    'https://shop.example.evil.example',
    'http://shop.example',
    'https://SHOP.example',
  ])('O-03: %s gets no header of the protocol, and its preflight is refused', async (origin) => {
    await using world = await startWorld({ env: allowed })
    const app = appOf(world)
    for (const [path, method] of screens) {
      const asked = await preflight(app, path, origin, method)
      expect([path, asked.status >= 400, sharedBy(asked)]).toEqual([path, true, {}])
      const init = { method, headers: { origin, 'content-type': 'application/json' } }
      const sent = await app.request(path, method === 'POST' ? { ...init, body: '{}' } : init)
      expect([path, sharedBy(sent)]).toEqual([path, {}])
      expect(sent.headers.get('vary')).toMatch(/\bOrigin$/)
    }
  })

  test.each([
    '/trpc/orders.register',
    '/trpc/orders.get',
    '/trpc/payments.verify,orders.register',
    '/trpc/orders.get,payments.screen',
    '/trpc/shop.order',
    '/trpc/payments.verify/',
    '/trpc/payments.verify%2Corders.register',
    '/trpc/',
    '/v1/orders',
    '/v1/payments',
    '/complete',
    '/webhooks/portone',
    '/healthz',
    '/result/x',
  ])('O-03: the shop’s page gets nothing of %s', async (path) => {
    await using world = await startWorld({ env: allowed })
    const app = appOf(world)
    for (const method of ['POST', 'GET']) {
      const asked = await preflight(app, path, shop, method)
      expect([asked.status >= 400, sharedBy(asked)]).toEqual([true, {}])
      expect(sharedBy(await app.request(path, { method, headers: { origin: shop } }))).toEqual({})
    }
  })

  test('a batch of shared calls is shared', async () => {
    await using world = await startWorld()
    const answer = await preflight(appOf(world), '/trpc/payments.screen,payments.screen?batch=1', shop, 'GET')
    expect(sharedBy(answer)).toMatchObject({ 'access-control-allow-methods': 'GET' })
  })

  test('without a shop every origin is a stranger', async () => {
    await using world = await startWorld({ env: { SHOP_URL: '' } })
    expect(sharedBy(await preflight(appOf(world), '/trpc/payments.verify', shop))).toEqual({})
  })
})
