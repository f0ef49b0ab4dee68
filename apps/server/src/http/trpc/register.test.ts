import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  comeBack,
  go,
  isPaid,
  name,
  orderId,
  orderOf,
  price,
  register,
} from '../../../testing/shopper.ts'
import { merchantKey, startWorld, type World } from '../../../testing/world.ts'
import { timelineOf } from '../../store/timeline.ts'

const minuteMs = 60_000
const terms = { orderId, name, amount: price }
const registered = (world: World, more: object = {}) =>
  world.merchant.orders.register.mutate({ ...terms, ...more })
const changesOf = async (world: World): Promise<string[]> =>
  (await timelineOf(world.deps().store, orderId))
    .filter(({ event }) => event === 'order.changed')
    .map(({ reason }) => reason)

describe.for(engines)('an order registered again, on %s', (engine) => {
  test('given fields change, omitted fields stay, and the history names the fields', async () => {
    await using world = await startWorld({ engine })
    const expiresAt = world.clock.nowMs() + 10 * minuteMs
    const more = {
      taxFree: 4_000,
      vat: 500,
      reference: { cart: 'C-7' },
      returnTo: 'https://shop.example/done',
    }
    expect(await registered(world, { ...more, expiresAt })).toMatchObject({ ...more, expiresAt, name })
    expect(await registered(world)).toMatchObject({ ...more, expiresAt, name })
    expect(await changesOf(world)).toEqual([])
    const others = { name: '다른 이름', expiresAt: expiresAt + minuteMs, reference: ['C-8', 'k-1'] }
    expect(await registered(world, others)).toMatchObject({ ...more, ...others })
    expect(await orderOf(world)).toMatchObject({ ...more, ...others, closedAt: null })
    expect(await changesOf(world)).toEqual(['name, expiresAt, reference'])
    const found = async (reference: string) =>
      (await world.merchant.orders.list.query({ reference })).orders.map((order) => order.orderId)
    expect([await found('C-7'), await found('C-8'), await found('k-1')]).toEqual([[], [orderId], [orderId]])
  })

  test('an earlier or later deadline moves the order’s expiry', async () => {
    await using world = await startWorld({ engine })
    await registered(world, { expiresAt: world.clock.nowMs() + 600 * minuteMs })
    // By then lookups are ten minutes apart.
    await world.clock.oversleep(200 * minuteMs)
    await world.pass(5_000)
    await registered(world, { expiresAt: Math.floor(world.clock.nowMs()) + minuteMs })
    const isExpired = async (): Promise<boolean> => (await orderOf(world)).status === 'expired'
    await world.until('expired', isExpired, 2 * minuteMs, 1_000)
    await world.merchant.orders.register.mutate({
      ...terms,
      orderId: 'ord-2',
      expiresAt: Math.floor(world.clock.nowMs()) + minuteMs,
    })
    const later = Math.floor(world.clock.nowMs()) + 5 * minuteMs
    await world.merchant.orders.register.mutate({ ...terms, orderId: 'ord-2', expiresAt: later })
    await world.pass(3 * minuteMs)
    expect((await orderOf(world, 'ord-2')).status).toBe('open')
  })

  test('two concurrent changes are both written, in turn', async () => {
    await using world = await startWorld({ engine })
    await registered(world)
    await Promise.all([
      registered(world, { reference: ['C-7'] }),
      registered(world, { returnTo: 'https://shop.example/a' }),
      registered(world, { vat: 7 }),
    ])
    const values = { reference: ['C-7'], returnTo: 'https://shop.example/a', vat: 7 }
    expect(await orderOf(world)).toMatchObject(values)
    expect((await changesOf(world)).toSorted()).toEqual(['reference', 'returnTo', 'vat'])
  })

  test('a paid order changes no more, and the answer shows its state', async () => {
    await using world = await startWorld({ engine })
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world))
    const before = await orderOf(world)
    const other = { name: '다른 이름', expiresAt: world.clock.nowMs() + minuteMs, reference: ['C-9'] }
    expect(await registered(world, other)).toMatchObject({ status: 'paid', name, reference: null })
    expect(await orderOf(world)).toMatchObject({ name, expiresAt: before.expiresAt, reference: null })
    await expect(registered(world, { amount: 1 })).rejects.toMatchObject({ data: { kind: 'order_conflict' } })
  })
})

test('a repeated registration gets the same answer after its deadline', async () => {
  await using world = await startWorld()
  const expiresAt = world.clock.nowMs() + minuteMs
  const first = await register(world, { expiresAt })
  await world.clock.oversleep(2 * minuteMs)
  expect(await register(world, { expiresAt })).toMatchObject({
    orderId,
    expiresAt,
    returnUrl: first.returnUrl,
  })
  await expect(register(world, { orderId: 'ord-2', expiresAt })).rejects.toMatchObject({
    message: expect.stringContaining('expiresAt: lies in the past'),
    data: { kind: 'bad_input' },
  })
})

test('an unknown field is refused by name; a name that is free text is not repeated', async () => {
  await using world = await startWorld()
  const tell = async (path: string, input: object): Promise<string> => {
    const headers = { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' }
    const answer = await go(`${world.url}/trpc/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
    })
    expect(answer.status).toBe(400)
    return answer.text()
  }
  expect(await tell('orders.register', { ...terms, tax_free: 1 })).toContain('tax_free is no known field')
  expect(await tell('orders.register', { ...terms, '<b>x': 1 })).not.toContain('<b>')
  expect(await tell('orders.reconcile', { orderId, now: true })).toContain('now is no known field')
})
