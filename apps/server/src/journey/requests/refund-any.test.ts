import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  cancelsSent,
  comeBack,
  isPaid,
  orderId,
  orderOf,
  price,
  register,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'
import { unleased } from '../../store/lease.ts'
import { NEVER_MS } from '../../store/work-tables.ts'

const nowS = (world: World): number => Math.floor(world.clock.nowMs() / 1_000)
const left = (world: World, paymentId: string): number => {
  const row = world.gateway.payments().find(({ imp_uid: impUid }) => impUid === paymentId)
  return row === undefined ? 0 : row.amount - row.cancel_amount
}
const refund = (
  world: World,
  more: Partial<Parameters<World['merchant']['orders']['cancel']['mutate']>[0]> = {},
) => world.merchant.orders.cancel.mutate({ orderId, reason: '고객 요청', idempotencyKey: 'key-1', ...more })

async function paid(world: World) {
  const bought = await buy(world)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world), 30_000)
  return bought
}

describe('M-30: money of any payment goes back through the same call', () => {
  test.for(engines)('a surplus, in two parts, and the kept payment is untouched (%s)', async (engine) => {
    await using world = await startWorld({ engine, env: { ON_SURPLUS: 'review' } })
    const kept = await paid(world)
    const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
    world.gateway.resendWebhook(row.imp_uid)
    await world.until('called', async () => (await orderOf(world)).reviews.length > 0, 60_000)
    expect(await refund(world, { paymentId: row.imp_uid, amount: 4_000 })).toMatchObject({
      amount: 4_000,
      state: 'done',
    })
    await expect(
      refund(world, { paymentId: row.imp_uid, amount: price, idempotencyKey: 'key-2' }),
    ).rejects.toMatchObject({ data: { kind: 'cancel_too_large' } })
    expect(await refund(world, { paymentId: row.imp_uid, idempotencyKey: 'key-3' })).toMatchObject({
      amount: price - 4_000,
      state: 'done',
    })
    expect([left(world, kept.impUid), left(world, row.imp_uid)]).toEqual([price, 0])
    expect(await orderOf(world)).toMatchObject({ status: 'paid', balance: price, reviews: [] })
    expect((await cancelsOfOrder(world.deps().store, orderId)).map(({ actor }) => actor)).toEqual([
      'key:default',
      'key:default',
    ])
  })

  test.for(engines)(
    'M-17: an orphan’s, which nobody here has registered; then nobody needs to see to it (%s)',
    async (engine) => {
      await using world = await startWorld({ engine, env: { ORPHAN_AFTER_MS: '60000' } })
      const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
      world.gateway.resendWebhook(row.imp_uid)
      await world.until('told', () => world.receiver.types().includes('order.review'), 240_000, 2_000)
      const told = world.receiver.received.at(-1)?.body.data
      expect(told).toMatchObject({
        order: { orderId },
        payment: { paymentId: row.imp_uid },
        review: { reason: 'orphan', atStake: price },
      })
      const listed = async () => (await world.merchant.orders.list.query({ review: true })).orphans
      expect(await listed()).toMatchObject([
        { paymentId: row.imp_uid, orderId, reviews: [{ reason: 'orphan', atStake: price }] },
      ])
      expect(await refund(world, { paymentId: row.imp_uid })).toMatchObject({ amount: price, state: 'done' })
      expect(left(world, row.imp_uid)).toBe(0)
      await world.until('ended', () => world.receiver.types().includes('order.review_ended'), 60_000)
      expect(world.receiver.types()).toEqual(['order.review', 'order.review_ended'])
      expect(await listed()).toEqual([])
      // After a late registration the order's notices count from 1, without those of the orphan.
      await register(world)
      await world.pass(60_000)
      expect((await orderOf(world)).reviews).toEqual([])
    },
  )

  test.for(engines)(
    'M-25: an orphan’s refund that was given up is done once the record shows it (%s)',
    async (engine) => {
      await using world = await startWorld({ engine, env: { ORPHAN_AFTER_MS: '60000' } })
      const { store } = world.deps()
      const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
      world.gateway.resendWebhook(row.imp_uid)
      await world.until('told', () => world.receiver.types().includes('order.review'), 240_000, 2_000)
      world.gateway.misbehave({ cancel: 'pending', cancelLateMs: 60_000 })
      const { cancels } = store.tables
      await refund(world, { paymentId: row.imp_uid })
      await store.atomically([
        (query) => query.update(cancels).set({ state: 'over', dueAtMs: NEVER_MS, ...unleased }),
      ])
      await world.pass(90_000)
      expect(left(world, row.imp_uid)).toBe(0)
      world.gateway.resendWebhook(row.imp_uid)
      await world.until(
        'done',
        async () => (await cancelsOfOrder(store, orderId)).every(({ state }) => state === 'done'),
        60_000,
      )
    },
  )

  test('a payment counts as empty only by the gateway’s record', async () => {
    await using world = await startWorld({ env: { ON_SURPLUS: 'review', SWEEP_LIST_EVERY_MS: '86400000' } })
    await paid(world)
    world.gateway.misbehave({ webhook: 'never' })
    const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
    expect(await refund(world, { paymentId: row.imp_uid })).toMatchObject({ amount: price, state: 'done' })
    await expect(refund(world, { paymentId: row.imp_uid, idempotencyKey: 'key-2' })).rejects.toMatchObject({
      data: { kind: 'nothing_to_cancel' },
    })
    world.gateway.misbehave({ rest: 'error' })
    await expect(
      refund(world, { paymentId: 'imp_000000000000', idempotencyKey: 'key-3' }),
    ).rejects.toMatchObject({
      data: { kind: expect.stringMatching(/^gateway_/) },
    })
  })

  test('R-12: another order’s payment is not refunded through this one', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    await register(world, { orderId: 'ord-2002' })
    await expect(refund(world, { orderId: 'ord-2002', paymentId: impUid })).rejects.toMatchObject({
      data: { kind: 'nothing_to_cancel' },
    })
    await expect(refund(world, { orderId: 'ord-404', paymentId: impUid })).rejects.toMatchObject({
      data: { kind: 'unknown_order' },
    })
    expect(cancelsSent(world)).toEqual([])
  })

  test('while an automatic refund is pending no second refund is requested', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ cancel: 'pending', cancelLateMs: null })
    const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
    world.gateway.resendWebhook(row.imp_uid)
    await world.until('sent', () => cancelsSent(world).length === 1, 60_000)
    await expect(refund(world, { paymentId: row.imp_uid })).rejects.toMatchObject({
      data: { kind: 'nothing_to_cancel' },
    })
    expect(cancelsSent(world)).toHaveLength(1)
  })
})
