import { describe, expect, test } from 'vitest'
import {
  buyV2,
  comeBack,
  expectPaidOnce,
  go,
  isPaid,
  orderId,
  orderOf,
  screenOf,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

const manual = { channelKey: 'channel-key-manual-confirm' }
const card = { method: 'card', cardNumber: '4242424242424242' } as const

const confirmsSent = (world: World) => world.sent.filter(({ path }) => path.endsWith('/confirm'))
const charged = (world: World): number =>
  world.gateway.payments().filter(({ status }) => status === 'paid').length

async function held(env: Readonly<Record<string, string>> = {}, more: Parameters<typeof buyV2>[1] = {}) {
  const world = await startWorld({ gateways: 'both', env })
  const bought = await buyV2(world, { ...manual, ...more })
  const ending = await world.gateway.pay(bought.paymentId, card)
  expect(ending.redirectUrl).toContain('paymentToken=')
  return { world, bought, ending }
}

describe('a payment that is charged only once it is confirmed', () => {
  test('is confirmed on the customer’s own return, with the order’s amount and currency, and paid', async () => {
    const { world, bought, ending } = await held()
    await using _ = world
    expect(charged(world)).toBe(0)
    expect((await comeBack(ending)).status).toBe(303)
    await world.until('paid', () => isPaid(world), 10_000)
    expect(JSON.parse(confirmsSent(world)[0]?.body ?? '')).toMatchObject({
      txId: bought.paymentId,
      totalAmount: 14_000,
      currency: 'KRW',
    })
    await expectPaidOnce(world, bought.paymentId)
  })

  test('is confirmed by the callback object too', async () => {
    const { world, bought, ending } = await held()
    await using _ = world
    const fields = Object.fromEntries(new URL(ending.redirectUrl ?? '').searchParams)
    await world.anyone.payments.verify.mutate({ ...fields, token: bought.token })
    await world.until('paid', () => isPaid(world), 10_000)
    await expectPaidOnce(world, bought.paymentId)
  })

  test('R-07: fifty returns at once confirm once, and a later reload confirms nothing', async () => {
    const { world, ending } = await held()
    await using _ = world
    await Promise.all(Array.from({ length: 50 }, () => comeBack(ending)))
    await world.until('paid', () => isPaid(world), 10_000)
    await comeBack(ending)
    await world.pass(5_000)
    expect(confirmsSent(world)).toHaveLength(1)
    expect(charged(world)).toBe(1)
  })

  test('R-22, S-09: nobody but the holder of the order’s own link confirms it', async () => {
    const { world, ending } = await held()
    await using _ = world
    const { search } = new URL(ending.redirectUrl ?? '')
    await buyV2(world, { orderId: 'ord-other' })
    const other = await orderOf(world, 'ord-other')
    for (const path of ['/complete', new URL(other.returnUrl).pathname])
      await go(`${world.url}${path}${search}`)
    await world.pass(5_000)
    expect(confirmsSent(world)).toEqual([])
    expect(charged(world)).toBe(0)
  })

  test('M-06, M-23: a confirmation without an answer is looked at before it is repeated, and charges once', async () => {
    const { world, bought, ending } = await held()
    await using _ = world
    world.gateway.misbehave({ rest: 'answer_lost', restOn: 'confirm', restTimes: 1 })
    await comeBack(ending)
    await world.until('paid', () => isPaid(world), 60_000)
    expect(world.logs.join('')).toContain('payment not confirmed')
    await comeBack(ending)
    await world.pass(5_000)
    expect(confirmsSent(world)).toHaveLength(1)
    await expectPaidOnce(world, bought.paymentId)
  })

  test('M-01: another amount than the order’s is not charged', async () => {
    const world = await startWorld({ gateways: 'both' })
    await using _ = world
    world.gateway.misbehave({ rest: 'error', restOn: 'prepare', restTimes: 1 })
    const bought = await buyV2(world, { ...manual, totalAmount: 100 })
    await comeBack(await world.gateway.pay(bought.paymentId, card))
    await world.pass(5_000)
    expect(confirmsSent(world)).toHaveLength(1)
    expect(charged(world)).toBe(0)
    expect((await orderOf(world)).status).toBe('open')
  })

  test('M-31, O-14: of an order that was called off, and by an observer, nothing is confirmed', async () => {
    const closed = await held()
    await using _ = closed.world
    await closed.world.merchant.orders.close.mutate({ orderId })
    await comeBack(closed.ending)
    const observed = await held({ OBSERVE_ONLY: 'true' })
    await using __ = observed.world
    await comeBack(observed.ending)
    for (const { world } of [closed, observed]) {
      await world.pass(5_000)
      expect(confirmsSent(world)).toEqual([])
      expect(charged(world)).toBe(0)
    }
  })

  test('G-03: while the gateway does not answer nothing is confirmed, and the page says that it is being checked', async () => {
    const { world, bought, ending } = await held()
    await using _ = world
    world.gateway.misbehave({ rest: 'down' })
    await comeBack(ending)
    await world.pass(3_000)
    expect(confirmsSent(world)).toEqual([])
    expect((await screenOf(world, bought.token)).kind).toBe('checking')
    world.gateway.behave()
    await comeBack(ending)
    await world.until('paid', () => isPaid(world), 10_000)
  })
})
