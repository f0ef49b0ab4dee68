import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { newOrigin, openHost } from '../../../testing/network.ts'
import {
  buy,
  buyV2,
  comeBack,
  expectPaidOnce,
  isPaid,
  looks,
  orderId,
  orderOf,
  register,
  tellOf,
} from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'
import { leaseOrders } from '../../store/due-orders.ts'
import { leaseNotices } from '../../store/outbox.ts'

describe('leases', () => {
  test('L-07: a dead worker’s order is taken over within thirty seconds', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world)
    await world.gateway.approve(impUid)
    world.gateway.misbehave({ rest: 'slow', restMs: 300, restOn: 'lookup' })
    const before = looks(world).length
    await world.clock.oversleep(20_000)
    await world.until('a look has begun', () => looks(world).length > before, 60_000, 500)
    await world.crash()
    world.gateway.behave()
    expect(await world.until('paid', () => isPaid(world), 60_000, 500)).toBeLessThanOrEqual(30_000)
    await expectPaidOnce(world, impUid)
  })

  test('L-07: a dead worker’s claim is taken over within thirty seconds', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 300, restOn: 'lookup' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    await world.crash()
    world.gateway.behave()
    const { store } = world.deps()
    const settled = async () => (await store.query.select().from(store.tables.receipts))[0]?.state === 'done'
    expect(await settled()).toBe(false)
    expect(await world.until('settled', settled, 60_000, 500)).toBeLessThanOrEqual(30_000)
  })

  test('L-07, C-04: a notice whose sender died in the middle is sent again under the same id', async () => {
    await using world = await startWorld()
    const { impUid } = await buy(world)
    world.receiver.delay(200)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('sending', () => world.sent.some(({ path }) => path === '/notices'), 5_000)
    await world.crash()
    world.receiver.delay(0)
    await world.until(
      'told',
      async () => (await orderOf(world)).notices[0]?.state === 'delivered',
      45_000,
      500,
    )
    expect(new Set(world.receiver.received.map(({ id }) => id)).size).toBe(1)
  })

  test('K-01, S-15: two servers never lease the same row', async () => {
    await using world = await startWorld()
    for (let index = 0; index < 10; index += 1) await register(world, { orderId: `ord-${index}` })
    const nowMs = world.clock.nowMs() + 100_000
    const take = (lease: string) =>
      leaseOrders(world.deps().store, { lease, nowMs, leaseUntilMs: nowMs + 25_000, limit: 7 })
    const [one, two] = await Promise.all([take('one'), take('two')])
    expect(one.filter((id) => two.includes(id))).toEqual([])
    expect(new Set([...one, ...two]).size).toBe(one.length + two.length)
    expect(
      await leaseNotices(world.deps().store, { lease: 'x', nowMs, leaseUntilMs: nowMs, limit: 5 }),
    ).toEqual([])
  })
})

describe('the loop', () => {
  test('L-05: a receiver that never answers delays no lookup', async () => {
    await using world = await startWorld({ env: { SWEEP_BATCH: '2', NOTIFY_TIMEOUT_MS: '400' } })
    world.receiver.delay(10_000)
    for (const id of ['ord-1', 'ord-2', 'ord-3', 'ord-4', 'ord-5']) {
      const { impUid } = await buy(world, { orderId: id })
      await comeBack(await world.gateway.approve(impUid))
      await world.until('paid', () => isPaid(world, id), 5_000)
    }
    world.receiver.delay(0)
  })

  test('L-02, L-05: a gateway that does not answer delays nothing of another', async () => {
    const silent = newOrigin()
    const env = { PORTONE_V1_URL: silent, SWEEP_BATCH: '2', SWEEP_LIST_EVERY_MS: '86400000' }
    await using world = await startWorld({ gateways: 'both', env })
    using _ = openHost(silent, () => new Promise(() => undefined), world.clock)
    for (let index = 0; index < 100; index += 1) await register(world, { orderId: `ord-${index}` })
    world.gateway.misbehave({ webhook: 'never' })
    const { paymentId } = await buyV2(world, { orderId: 'ord-v2' })
    await world.gateway.approve(paymentId)
    const { query, tables } = world.deps().store
    const all = { dueAtMs: world.clock.nowMs(), leaseUntilMs: 0 }
    await query.update(tables.orders).set(all)
    const v2 = eq(tables.orders.orderId, 'ord-v2')
    await query
      .update(tables.orders)
      .set({ dueAtMs: all.dueAtMs + 1 })
      .where(v2)
    expect(await world.until('paid', () => isPaid(world, 'ord-v2'), 60_000)).toBeLessThanOrEqual(8_000)
    expect(world.logs.join('')).toContain('gateway unavailable')
  })

  test('more due rows than one batch: each is processed once', async () => {
    await using world = await startWorld({ env: { SWEEP_BATCH: '3' } })
    world.gateway.misbehave({ webhook: 'never' })
    const all = []
    for (let index = 0; index < 12; index += 1) all.push(await buy(world, { orderId: `ord-${index}` }))
    for (const { impUid } of all) await world.gateway.approve(impUid)
    for (const bought of all) await world.until('paid', () => isPaid(world, bought.orderId), 60_000, 1_000)
    for (const bought of all) await expectPaidOnce(world, bought.impUid, bought.orderId)
    expect(looks(world).length).toBeLessThanOrEqual(24)
  })

  test('L-05: an unreadable row, damaged or of a newer version, does not block other lanes', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await tellOf(world, bought)
    const { query, tables } = world.deps().store
    await world.until('followed once', async () =>
      (await query.select().from(tables.receipts)).every(({ state }) => state === 'done'),
    )
    await query
      .update(tables.receipts)
      .set({ claim: 'haunted', state: 'waiting', dueAtMs: 0, leaseUntilMs: 0 })
    await world.gateway.approve(bought.impUid)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    await expectPaidOnce(world, bought.impUid)
    await world.pass(30_000)
    expect(world.logs.some((line) => line.includes('"lane":"claims"'))).toBe(true)
  })

  test('C-06: work continues after a temporary disk failure', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    world.failDisk(true)
    await world.pass(40_000)
    expect(await isPaid(world)).toBe(false)
    world.failDisk(false)
    await world.until('paid', () => isPaid(world), 60_000, 1_000)
    await expectPaidOnce(world, bought.impUid)
  })

  test('a stopped server leases nothing more and leaves no row half done', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    await world.restart()
    await world.until('told', () => world.receiver.received.length > 0, 45_000, 500)
    expect((await orderOf(world, orderId)).status).toBe('paid')
  })
})
