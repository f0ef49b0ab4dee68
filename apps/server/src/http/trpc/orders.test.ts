import { describe, expect, test } from 'vitest'
import { buy, comeBack, isPaid, orderId, register } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

describe('orders.get and orders.list', () => {
  test('an order has exactly the documented fields', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('told', () => world.receiver.received.length === 1)
    await world.until(
      'delivered',
      async () => (await world.merchant.orders.get.query({ orderId })).notices[0]?.state === 'delivered',
    )
    expect(await world.merchant.orders.get.query({ orderId })).toMatchObject({
      orderId,
      amount: 14_000,
      currency: 'KRW',
      status: 'paid',
      balance: 14_000,
      review: null,
      returnUrl,
      payments: [
        {
          paymentId: impUid,
          status: 'paid',
          standing: 'kept',
          amount: 14_000,
          cancelledAmount: 0,
          currency: 'KRW',
          method: 'card',
        },
      ],
      notices: [
        {
          id: `payment%2Epaid:${orderId}:${impUid}:0`,
          type: 'payment.paid',
          sequence: 1,
          state: 'delivered',
        },
      ],
    })
  })

  test('an unregistered order is NOT_FOUND', async () => {
    await using world = await startWorld()
    await expect(world.merchant.orders.get.query({ orderId: 'ord-9' })).rejects.toMatchObject({
      data: { kind: 'unknown_order', httpStatus: 404 },
    })
    await expect(world.merchant.orders.reconcile.mutate({ orderId: 'ord-9' })).rejects.toMatchObject({
      data: { kind: 'unknown_order' },
    })
  })

  const all = async (world: World, limit: number): Promise<string[]> => {
    const found: string[] = []
    for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 20; pages += 1) {
      const page: { orders: Array<{ orderId: string }>; nextCursor: string | null } =
        await world.merchant.orders.list.query({ limit, cursor: cursor === '' ? null : cursor })
      found.push(...page.orders.map((order) => order.orderId))
      cursor = page.nextCursor
    }
    return found
  }

  test('a list is paged, oldest first, with each order once, for any page size', async () => {
    await using world = await startWorld()
    const ids = Array.from({ length: 7 }, (_, index) => `ord-${index}`)
    for (const id of ids) await register(world, { orderId: id })
    for (const limit of [1, 3, 7, 100]) expect(await all(world, limit)).toEqual(ids)
    expect((await world.merchant.orders.list.query({ status: 'paid' })).orders).toEqual([])
    await expect(world.merchant.orders.list.query({ limit: 101 })).rejects.toMatchObject({
      data: { kind: 'bad_input' },
    })
  })

  test('orders.reconcile looks up at once and returns the order’s new state', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world)
    await world.gateway.approve(impUid)
    expect(await world.merchant.orders.reconcile.mutate({ orderId })).toMatchObject({ status: 'paid' })
    expect(await isPaid(world)).toBe(true)
  })

  test('orders.reconcile reports an unreachable gateway and changes nothing (S-20)', async () => {
    await using world = await startWorld()
    await register(world)
    world.gateway.misbehave({ rest: 'down' })
    await expect(world.merchant.orders.reconcile.mutate({ orderId })).rejects.toMatchObject({
      data: { kind: 'gateway_unreachable', httpStatus: 502 },
    })
    expect((await world.merchant.orders.get.query({ orderId })).status).toBe('open')
  })
})

describe('bad_input', () => {
  test.for([
    ['orderId', { orderId: '../x' }],
    ['orderId', { orderId: 'a'.repeat(41) }],
    ['orderId', { orderId: '' }],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['amount', { amount: 0 }],
    ['amount', { amount: -1 }],
    ['amount', { amount: 1.5 }],
    ['amount', { amount: 2 ** 53 }],
    ['currency', { currency: 'won' }],
    ['currency', { currency: 'ABC' }],
    ['expiresAt', { expiresAt: 0 }],
    ['seconds', { expiresAt: 1_893_456_000 }],
    ['past', { expiresAt: 1_000_000_000_000 }],
    ['years ahead', { expiresAt: 4_000_000_000_000_000 }],
    ['returnTo', { returnTo: 'http://shop.example' }],
  ] as const)('M-04: orders.register with a bad %s: %o', async ([field, change]) => {
    await using world = await startWorld()
    const input = { orderId, name: 'x', amount: 1_000, ...change }
    await expect(world.merchant.orders.register.mutate(input)).rejects.toMatchObject({
      message: expect.stringContaining(field),
      data: { kind: 'bad_input', httpStatus: 400 },
    })
    expect(world.gateway.calls()).toEqual([])
  })
})

describe('an order registered from an app', () => {
  const terms = { orderId, name: '제주 한라봉 드립백', amount: 14_000 }

  test('its link’s screen links back into the app; the same order’s web link does not', async () => {
    await using world = await startWorld()
    const inApp = await world.merchant.orders.register.mutate({ ...terms, appScheme: 'LandfallShop://' })
    const again = await world.merchant.orders.register.mutate({ ...terms, appScheme: 'landfallshop' })
    const onWeb = await world.merchant.orders.register.mutate(terms)
    expect(again.returnUrl).toBe(inApp.returnUrl)
    expect((await world.merchant.orders.get.query({ orderId })).returnUrl).toBe(onWeb.returnUrl)
    const appUrlAt = async (returnUrl: string) =>
      (await world.anyone.payments.screen.query({ token: returnUrl.split('/').at(-1) ?? '' })).appUrl
    expect([await appUrlAt(inApp.returnUrl), await appUrlAt(onWeb.returnUrl)]).toEqual([
      'landfallshop://',
      null,
    ])
  })

  test('R-15: a scheme that browsers handle themselves, or a full URL, is refused', async () => {
    await using world = await startWorld()
    for (const appScheme of ['javascript', 'data:', 'https://evil.test', 'intent://', 'a b', '', '//', 'x:y'])
      await expect(world.merchant.orders.register.mutate({ ...terms, appScheme })).rejects.toMatchObject({
        data: { httpStatus: 400 },
      })
  })
})
