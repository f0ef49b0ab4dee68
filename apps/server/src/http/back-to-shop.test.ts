import { describe, expect, test } from 'vitest'
import { builtWeb } from '../../testing/built-web.ts'
import { buy, buyForged, comeBack, go, isPaid, orderId, register, screenOf } from '../../testing/shopper.ts'
import { startWorld } from '../../testing/world.ts'
import { createApp } from './app.ts'
import { openPages } from './page.ts'

const thanks = 'https://shop.example/thanks?cart=7'
const back = `${thanks}&order_id=${orderId}`

/** A shop whose pages are served, with one order that has a `returnTo`. */
async function startShop(env: Readonly<Record<string, string>> = {}, returnTo: string | null = thanks) {
  const world = await startWorld({ env })
  const web = await builtWeb()
  const app = createApp(world.journey(), await openPages(web.root))
  const order = { orderId, name: 'x', amount: 14_000, ...(returnTo === null ? {} : { returnTo }) }
  await world.merchant.orders.register.mutate(order)
  const result = (token: string, init?: RequestInit) => app.request(`/result/${token}`, init)
  const whereTo = async (token: string) => {
    const { status, headers } = await result(token)
    return [status, headers.get('location')]
  }
  return {
    world,
    app,
    result,
    whereTo,
    [Symbol.asyncDispose]: async () => {
      await web[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}
const forward = { RETURN_MODE: 'forward' }

describe('the return of a paid order', () => {
  test('is a screen whose way back names the order and says nothing that a page could believe', async () => {
    await using shop = await startShop()
    const { impUid, token } = await buy(shop.world)
    await comeBack(await shop.world.gateway.approve(impUid))
    await shop.world.until('paid', () => isPaid(shop.world))
    expect(await screenOf(shop.world, token)).toMatchObject({ kind: 'paid', shopUrl: back, forwardUrl: null })
    expect(await shop.whereTo(token)).toEqual([200, null])
  })

  test('with RETURN_MODE=forward leads to the shop by two redirects, without script', async () => {
    await using shop = await startShop(forward)
    shop.world.gateway.misbehave({ webhook: 'never' })
    const { impUid, token } = await buy(shop.world)
    const answer = await comeBack(await shop.world.gateway.approve(impUid))
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${shop.world.url}/result/${token}`,
    ])
    const { status, headers } = await shop.result(token)
    expect([status, headers.get('location')]).toEqual([303, back])
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
  })

  test('P-01, R-22: without the order’s own link shows the outcome, and neither names the order nor goes anywhere', async () => {
    await using shop = await startShop(forward)
    const { impUid } = await buy(shop.world)
    await comeBack(await shop.world.gateway.approve(impUid))
    await shop.world.until('paid', () => isPaid(shop.world))
    const answer = await go(`${shop.world.url}/complete?imp_uid=${impUid}`)
    const token = new URL(answer.headers.get('location') ?? '').pathname.split('/').at(-1) ?? ''
    expect(await screenOf(shop.world, token)).toMatchObject({
      kind: 'paid',
      shopUrl: 'https://shop.example/',
      forwardUrl: null,
    })
    expect(await shop.whereTo(token)).toEqual([200, null])
  })

  test('without a returnTo stays on the screen', async () => {
    await using shop = await startShop(forward, null)
    const { impUid, token } = await buy(shop.world)
    await comeBack(await shop.world.gateway.approve(impUid))
    await shop.world.until('paid', () => isPaid(shop.world))
    expect(await shop.whereTo(token)).toEqual([200, null])
  })

  test('stays on the screen while it alone tells of money that goes back', async () => {
    await using shop = await startShop({ ...forward, ON_SURPLUS: 'review' })
    const [first, second] = [await buy(shop.world), await buy(shop.world)]
    for (const { impUid } of [first, second]) await comeBack(await shop.world.gateway.approve(impUid))
    await shop.world.until('a person is called', () => shop.world.receiver.types().includes('order.review'))
    expect(await screenOf(shop.world, first.token)).toMatchObject({ kind: 'paid', withShop: 14_000 })
    expect(await shop.whereTo(first.token)).toEqual([200, null])
  })
})

describe('with RETURN_MODE=forward the page stays', () => {
  test('while it is checking, however often it is opened', async () => {
    await using shop = await startShop(forward)
    shop.world.gateway.misbehave({ rest: 'error' })
    const { impUid, token } = await buy(shop.world)
    await comeBack(await shop.world.gateway.approve(impUid))
    for (let minute = 0; minute < 3; minute++) {
      expect(await shop.whereTo(token)).toEqual([200, null])
      expect(await screenOf(shop.world, token)).toMatchObject({ kind: 'checking', forwardUrl: null })
      await shop.world.pass(60_000)
    }
  })

  test('V-01: with the account that is to be paid into, and the way back', async () => {
    await using shop = await startShop(forward)
    const { impUid, token } = await buy(shop.world)
    await comeBack(await shop.world.gateway.issueAccount(impUid))
    const kind = async () => (await screenOf(shop.world, token)).kind
    await shop.world.until('an account', async () => (await kind()) === 'awaiting_deposit')
    expect(await screenOf(shop.world, token)).toMatchObject({ shopUrl: back, forwardUrl: null })
    expect(await shop.whereTo(token)).toEqual([200, null])
  })

  test('S-22: after a failure, which offers another payment, and while money goes back', async () => {
    await using shop = await startShop(forward)
    const { impUid, token } = await buy(shop.world)
    await comeBack(await shop.world.gateway.refuse(impUid, 'limit'))
    await shop.world.pass(2_000)
    expect(await screenOf(shop.world, token)).toMatchObject({
      kind: 'failed',
      tryAgainUrl: `${back}&again=1`,
      forwardUrl: null,
    })
    expect(await shop.whereTo(token)).toEqual([200, null])
    const forged = await buyForged(shop.world, 100, { orderId: 'ord-2' })
    await comeBack(await shop.world.gateway.approve(forged.impUid))
    await shop.world.pass(5_000)
    expect(await shop.whereTo(forged.token)).toEqual([200, null])
  })
})

test('an expired order offers a new one, at the address for another payment; an order called off does not', async () => {
  await using shop = await startShop()
  const { world } = shop
  const expiresAt = Math.floor(world.clock.nowMs()) + 60_000
  const registered = await world.merchant.orders.register.mutate({
    orderId: 'ord-2',
    name: 'x',
    amount: 1_000,
    expiresAt,
    returnTo: thanks,
    reference: ['C-7'],
  })
  const closed = await register(world, { orderId: 'ord-3' })
  await world.merchant.orders.close.mutate({ orderId: 'ord-3' })
  const tokenOf = ({ returnUrl }: { readonly returnUrl: string }) => returnUrl.split('/').at(-1) ?? ''
  const kind = async () => (await screenOf(world, tokenOf(registered))).kind
  await world.until('expired', async () => (await kind()) === 'expired', 300_000, 1_000)
  expect((await screenOf(world, tokenOf(registered))).tryAgainUrl).toBe(
    `${thanks}&order_id=ord-2&again=1&reference=C-7`,
  )
  expect(await screenOf(world, tokenOf(closed))).toMatchObject({ because: 'closed', tryAgainUrl: null })
})

test('R-15: a returnTo outside RETURN_ORIGINS is refused by name, and stores nothing', async () => {
  await using world = await startWorld({ env: { RETURN_ORIGINS: 'https://m.shop.example' } })
  const registered = (returnTo: string) =>
    world.merchant.orders.register.mutate({ orderId, name: 'x', amount: 1_000, returnTo })
  for (const returnTo of ['https://shop.example/', 'https://evil.example/', 'http://localhost:3000/'])
    await expect(registered(returnTo)).rejects.toMatchObject({
      message: expect.stringContaining('returnTo: its origin is not on RETURN_ORIGINS'),
      data: { kind: 'bad_input' },
    })
  await expect(world.merchant.orders.get.query({ orderId })).rejects.toThrow('')
  expect(await registered('https://m.shop.example/a')).toMatchObject({ returnTo: 'https://m.shop.example/a' })
})

describe('the page’s policy', () => {
  const policy = async (env: Readonly<Record<string, string>>, path = '/result/x') => {
    await using shop = await startShop(env)
    const { headers } = await shop.app.request(path)
    const found = (headers.get('content-security-policy') ?? '').split('; ')
    const of = (name: string) => found.find((each) => each.startsWith(`${name} `))
    return [of('img-src'), of('frame-ancestors'), headers.get('x-frame-options')]
  }

  test('P-06: lets exactly the allowed origins frame the screen, and no other page', async () => {
    const env = { ALLOWED_ORIGINS: 'https://shop.example https://m.shop.example' }
    expect(await policy(env)).toEqual([
      "img-src 'self'",
      'frame-ancestors https://shop.example https://m.shop.example',
      null,
    ])
    expect((await policy(env, '/')).slice(1)).toEqual(["frame-ancestors 'none'", 'DENY'])
    expect((await policy(env, '/healthz')).slice(1)).toEqual(["frame-ancestors 'none'", 'DENY'])
  })

  test('P-06: names the logo’s origin and nothing more of it; without settings it is closed', async () => {
    const env = { SHOP_NAME: '뭍 상점', SHOP_LOGO_URL: 'https://cdn.example:8443/a/logo.svg?v=1' }
    expect(await policy(env)).toEqual([
      "img-src 'self' https://cdn.example:8443",
      "frame-ancestors 'none'",
      'DENY',
    ])
    expect(await policy({})).toEqual(["img-src 'self'", "frame-ancestors 'none'", 'DENY'])
  })
})
