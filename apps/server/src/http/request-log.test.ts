import { describe, expect, test } from 'vitest'
import { buy, comeBack, go, isPaid, orderId, tell } from '../../testing/shopper.ts'
import { merchantKey, startWorld, type World } from '../../testing/world.ts'

/** The line of the last request, without what differs from run to run. */
function lastRequest(world: World): Record<string, unknown> {
  const line = world.logs.findLast((each) => each.includes('"msg":"request"')) ?? '{}'
  const { time: _time, level: _level, requestId: _id, ms: _ms, msg: _msg, ...rest } = JSON.parse(line)
  return rest
}

describe('a refused request is logged with its kind, its path’s pattern, and its order where one is known', () => {
  const key = { authorization: 'Bearer of-nobody' }
  const json = { 'content-type': 'application/json' }
  test.for<[string, (world: World, returnUrl: string) => Promise<unknown>, Record<string, unknown>]>([
    [
      'another amount',
      (world) => world.merchant.orders.register.mutate({ orderId, name: 'x', amount: 5 }).catch(String),
      { method: 'POST', route: '/trpc/orders.register', status: 409, kind: 'order_conflict', orderId },
    ],
    [
      'an order nobody registered',
      (world) => world.merchant.orders.get.query({ orderId: 'ord-none' }).catch(String),
      { method: 'GET', route: '/trpc/orders.get', status: 404, kind: 'unknown_order', orderId: 'ord-none' },
    ],
    [
      'an input that cannot be read, about an order',
      (world) => world.merchant.orders.register.mutate({ orderId, name: 'x', amount: -5 }).catch(String),
      { method: 'POST', route: '/trpc/orders.register', status: 400, kind: 'bad_input', orderId },
    ],
    [
      'a refund whose body is no JSON',
      (world) =>
        go(`${world.url}/v1/orders/${orderId}/refunds`, {
          method: 'POST',
          headers: { ...json, authorization: `Bearer ${merchantKey}` },
          body: '{',
        }),
      { method: 'POST', route: '/v1/orders/:orderId/refunds', status: 400, kind: 'bad_input', orderId },
    ],
    [
      'a refund whose body is no JSON, with a wrong key',
      (world) =>
        go(`${world.url}/v1/orders/${orderId}/refunds`, {
          method: 'POST',
          headers: { ...json, ...key },
          body: '{',
        }),
      { method: 'POST', route: '/v1/orders/:orderId/refunds', status: 401, kind: 'unauthorized' },
    ],
    [
      'a wrong key',
      (world) =>
        go(`${world.url}/trpc/orders.get?input=${encodeURIComponent(`{"orderId":"${orderId}"}`)}`, {
          headers: key,
        }),
      { method: 'GET', route: '/trpc/orders.get', status: 401, kind: 'unauthorized' },
    ],
    [
      'a procedure that does not exist',
      (world) => go(`${world.url}/trpc/orders.made-up`),
      { method: 'GET', route: '/trpc/*', status: 404, kind: 'not_found' },
    ],
    [
      'a return that names nothing',
      (world) => go(`${world.url}/complete?imp_uid=%00`),
      { method: 'GET', route: '/complete/:token?', status: 400, kind: 'bad_input' },
    ],
    [
      'a return by its own link while nothing can be stored',
      async (world, returnUrl) => {
        world.failDisk(true)
        await go(`${returnUrl}?imp_uid=imp_000000000009`)
        world.failDisk(false)
      },
      {
        method: 'GET',
        route: '/complete/:token?',
        status: 503,
        kind: 'storage_unavailable',
        orderId,
        paymentId: null,
      },
    ],
    [
      'a webhook that cannot be read',
      (world) => go(`${world.url}/webhooks/portone`, { method: 'POST', body: '{', headers: json }),
      { method: 'POST', route: '/webhooks/portone', status: 400, kind: 'bad_input' },
    ],
    [
      'a webhook while nothing can be stored',
      async (world) => {
        world.failDisk(true)
        await tell(
          world,
          JSON.stringify({ imp_uid: 'imp_000000000009', merchant_uid: orderId, status: 'paid' }),
        )
        world.failDisk(false)
      },
      {
        method: 'POST',
        route: '/webhooks/portone',
        status: 503,
        kind: 'storage_unavailable',
        orderId,
        paymentId: 'imp_000000000009',
      },
    ],
    [
      'too much at once',
      async (world) => {
        world.lag(60_000)
        await go(`${world.url}/complete?imp_uid=imp_000000000009`)
        world.lag(0)
      },
      { method: 'GET', route: '/complete/:token?', status: 503, kind: 'busy' },
    ],
    [
      'another method',
      (world) => go(`${world.url}/complete`, { method: 'PUT' }),
      { method: 'PUT', route: '/complete/:token?', status: 405, kind: 'method_not_allowed' },
    ],
    [
      'nothing here',
      (world) => go(`${world.url}/x/y`),
      { method: 'GET', route: '/*', status: 404, kind: 'not_here' },
    ],
  ])('%s', async ([, refused, line]) => {
    await using world = await startWorld()
    const { returnUrl } = await buy(world)
    await refused(world, returnUrl)
    expect(lastRequest(world)).toEqual(line)
  })
})

describe('an answered request is logged with its order: from the line to its story', () => {
  test('the return, the webhook and the shop’s call', async () => {
    await using world = await startWorld()
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world))
    const lines = world.logs
      .filter((line) => line.includes('"msg":"request"'))
      .map((line) => JSON.parse(line))
    const named = new Map(lines.map((line) => [line.route, line.orderId]))
    for (const route of [
      '/trpc/orders.register',
      '/webhooks/portone',
      '/complete/:token?',
      '/trpc/orders.get',
    ])
      expect([route, named.get(route)]).toEqual([route, orderId])
  })

  test('P-04: the words that a story is searched by are the shop’s own and are not logged', async () => {
    await using world = await startWorld()
    await buy(world)
    await world.merchant.orders.story.query({ orderId: '01012345678' }).catch(String)
    expect(world.logs.join('')).not.toContain('01012345678')
  })

  test('G-23: a claim that is dropped is told by its order and payment', async () => {
    await using world = await startWorld()
    const claimed = { merchant_uid: 'ord-none', imp_uid: 'imp_999999999999' }
    await tell(world, JSON.stringify(claimed))
    const dropped = () => world.logs.find((line) => line.includes('claim dropped'))
    await world.until('dropped', () => dropped() !== undefined, 300_000, 1_000)
    const about = { orderId: claimed.merchant_uid, paymentId: claimed.imp_uid }
    expect(JSON.parse(dropped() ?? '')).toMatchObject(about)
    expect(world.logs.join('')).not.toContain('not told')
  })

  test('every notice id is told in full, escaped parts and the longest ids included', async () => {
    await using world = await startWorld()
    const longest = `shop.2026:a-${'x'.repeat(28)}`
    for (const id of [orderId, longest]) {
      const { impUid } = await buy(world, { orderId: id })
      await comeBack(await world.gateway.approve(impUid))
      await world.until(
        'told',
        async () =>
          (await world.merchant.orders.get.query({ orderId: id })).notices[0]?.state === 'delivered',
      )
    }
    const ids = await world.merchant.notices.list.query({}).then(({ notices }) => notices.map(({ id }) => id))
    expect(ids).toHaveLength(2)
    for (const id of ids) expect(world.logs.join('')).toContain(`"noticeId":"${id}"`)
    expect(world.logs.join('')).not.toContain('not told')
  })
})
