import { describe, expect, test } from 'vitest'
import {
  buy,
  comeBack,
  expectPaidOnce,
  isPaid,
  looks,
  orderId,
  orderOf,
  price,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function issued(world: World, wish: Parameters<typeof buy>[1] = {}) {
  const bought = await buy(world, { payMethod: 'vbank', ...wish })
  await comeBack(await world.gateway.issueAccount(bought.impUid))
  await world.until('issued', async () => (await orderOf(world)).status === 'awaiting_deposit', 5_000)
  return bought
}

/** A card payment for the same order. */
async function payByCard(world: World): Promise<string> {
  const opened = world.gateway.open({ merchantUid: orderId, amount: price, name: 'another try' })
  if (!opened.ok) throw new Error(opened.errorMsg)
  await world.gateway.approve(opened.impUid)
  await world.until('paid', () => isPaid(world), 5_000)
  return opened.impUid
}

const closes = (world: World) => world.sent.filter(({ method }) => method === 'DELETE')
const intents = (world: World) => cancelsOfOrder(world.deps().store, orderId)
const reviewOf = async (world: World) => (await orderOf(world)).review?.reason

describe('an account of an order that is paid another way', () => {
  test('V-05: the account is closed at the gateway, so nobody can pay into it', async () => {
    await using world = await startWorld()
    const { impUid } = await issued(world)
    const card = await payByCard(world)
    await world.until('closed', async () => (await intents(world))[0]?.state === 'done', 10_000)
    expect(closes(world)).toMatchObject([{ path: `/vbanks/${impUid}` }])
    await expect(world.gateway.deposit(impUid)).rejects.toThrow('no account of it waits for a deposit')
    await expectPaidOnce(world, card)
    expect(world.receiver.types()).toEqual(['payment.awaiting_deposit', 'payment.paid'])
  })

  test('V-05, V-02: two accounts, and a deposit into the first: paid once, the second is closed', async () => {
    await using world = await startWorld()
    const { impUid } = await issued(world)
    const second = world.gateway.open({ merchantUid: orderId, amount: price, name: 'x', payMethod: 'vbank' })
    if (!second.ok) throw new Error(second.errorMsg)
    await world.gateway.issueAccount(second.impUid)
    await world.pass(2_000)
    await world.gateway.deposit(impUid)
    await world.until('closed', async () => (await intents(world))[0]?.state === 'done', 30_000)
    expect(closes(world)).toMatchObject([{ path: `/vbanks/${second.impUid}` }])
    await expectPaidOnce(world, impUid)
  })

  test('V-06: a deposit before the close is surplus, and a review opens because no refund account is known', async () => {
    await using world = await startWorld()
    const { impUid } = await issued(world)
    world.gateway.misbehave({ webhook: 'never' })
    const opened = world.gateway.open({ merchantUid: orderId, amount: price, name: 'another try' })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await world.gateway.approve(opened.impUid)
    world.beatNext(`DELETE /vbanks/${impUid}`, () => world.gateway.deposit(impUid))
    await world.merchant.orders.reconcile.mutate({ orderId })
    await world.until('surplus', () => world.receiver.types().includes('payment.surplus'), 60_000)
    await world.until('a person', async () => (await reviewOf(world)) === 'cancel_failed', 60_000)
    const order = await orderOf(world)
    expect(order).toMatchObject({ status: 'paid', balance: price })
    const standings = new Map(order.payments.map(({ paymentId, standing }) => [paymentId, standing]))
    expect(standings.get(impUid)).toBe('surplus')
    expect(standings.get(opened.impUid)).toBe('kept')
    expect((await intents(world)).find(({ cause }) => cause === 'account')?.state).toBe('done')
  })

  test('V-06: during an outage the close is repeated until the account is closed', async () => {
    await using world = await startWorld()
    await issued(world)
    await payByCard(world)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await world.pass(60_000)
    world.gateway.behave()
    await world.until('closed', async () => (await intents(world))[0]?.state === 'done', 120_000, 1_000)
    expect((await orderOf(world)).review).toBe(null)
  })
})

describe('deadlines of an account', () => {
  test('V-04: past its due time an order expires only after a lookup that began later', async () => {
    await using world = await startWorld({ env: { ORDER_LIFE_MS: String(hourMs) } })
    const { impUid } = await issued(world, { vbankDue: '20261102130000' })
    world.gateway.misbehave({ webhook: 'never', rest: 'down', restOn: 'lookup' })
    await world.clock.oversleep(4 * hourMs)
    await world.pass(60_000)
    expect((await orderOf(world)).status).toBe('awaiting_deposit')
    world.gateway.behave()
    const before = looks(world).length
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 120_000, 1_000)
    expect(looks(world).length).toBeGreaterThan(before)
    expect(impUid).toBeTruthy()
  })

  test('V-04, V-08: a deposit in the last second without a webhook is kept, and the order does not expire', async () => {
    await using world = await startWorld({ env: { ORDER_LIFE_MS: String(hourMs) } })
    const { impUid } = await issued(world, { vbankDue: '20261102130000' })
    world.gateway.misbehave({ webhook: 'never' })
    await world.clock.oversleep(hourMs - 20_000)
    await world.gateway.deposit(impUid)
    await world.clock.oversleep(4 * hourMs)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    await expectPaidOnce(world, impUid)
  })

  test('V-02, V-08: a deposit without a webhook, days later, is final within 120 s', async () => {
    await using world = await startWorld()
    const { impUid } = await issued(world)
    world.gateway.misbehave({ webhook: 'never' })
    await world.clock.oversleep(2 * dayMs)
    await world.pass(120_000)
    await world.gateway.deposit(impUid)
    expect(await world.until('paid', () => isPaid(world), 200_000, 1_000)).toBeLessThanOrEqual(120_000)
    await expectPaidOnce(world, impUid)
  })
})

describe('deposits that only the list of deposits shows', () => {
  test('V-08: a second deposit into a fixed account sends the same webhook as the first: a person decides', async () => {
    await using world = await startWorld()
    const { impUid } = await issued(world, { fixedAccount: true })
    await world.gateway.deposit(impUid)
    await world.until('paid', () => isPaid(world), 5_000)
    expect((await orderOf(world)).review).toBe(null)
    await world.gateway.deposit(impUid)
    await world.until('review', async () => (await reviewOf(world)) === 'contradiction', 60_000)
    expect(await orderOf(world)).toMatchObject({ status: 'paid', balance: price })
  })

  test('V-08: without a webhook a daily lookup finds it', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '10000' } })
    const { impUid } = await issued(world, { fixedAccount: true })
    await world.gateway.deposit(impUid)
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.deposit(impUid)
    await world.clock.oversleep(dayMs)
    await world.until('review', async () => (await reviewOf(world)) === 'contradiction', 120_000, 5_000)
  })

  test('V-08, M-16: a deposit after the order has expired is never ignored', async () => {
    await using world = await startWorld({ env: { ORDER_LIFE_MS: String(hourMs) } })
    const { impUid } = await issued(world, { fixedAccount: true, vbankDue: '20261102130000' })
    await world.clock.oversleep(5 * hourMs)
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 60_000, 1_000)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.deposit(impUid)
    await world.clock.oversleep(dayMs)
    await world.until('review', async () => (await reviewOf(world)) === 'contradiction', 120_000, 5_000)
    expect(world.receiver.types()).toContain('order.review')
  })
})
