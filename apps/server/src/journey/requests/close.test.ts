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
  screenOf,
} from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'
import { timelineOf } from '../../store/timeline.ts'

describe('M-31: the shop closes an unpaid order', () => {
  test.for(engines)(
    'an open window is refused where the gateway can, and its money goes back (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      const { impUid, token } = await buy(world)
      const closed = await world.merchant.orders.close.mutate({ orderId, reason: '품절' })
      expect(closed).toMatchObject({ status: 'expired', reviews: [] })
      expect(await screenOf(world, token)).toMatchObject({ kind: 'expired', because: 'closed' })
      expect(world.gateway.open({ merchantUid: orderId, amount: price })).toMatchObject({ ok: false })
      await comeBack(await world.gateway.approve(impUid))
      await world.until('returned', () => world.receiver.types().includes('payment.returned'), 120_000)
      expect(world.receiver.types()).toEqual(['order.closed', 'payment.rejected', 'payment.returned'])
      expect(await orderOf(world)).toMatchObject({
        status: 'expired',
        balance: 0,
        payments: [{ standing: 'late', cancelledAmount: price }],
      })
      expect(await timelineOf(world.deps().store, orderId)).toContainEqual(
        expect.objectContaining({ event: 'order.closed', actor: 'key:default', reason: '품절' }),
      )
    },
  )

  test('ON_CLOSED=review: nothing goes back by itself', async () => {
    await using world = await startWorld({ env: { ON_CLOSED: 'review' } })
    const { impUid } = await buy(world)
    await world.merchant.orders.close.mutate({ orderId })
    await comeBack(await world.gateway.approve(impUid))
    await world.until('called', async () => (await orderOf(world)).reviews.length > 0, 60_000)
    expect((await orderOf(world)).reviews).toMatchObject([{ reason: 'late', atStake: price }])
    expect(cancelsSent(world)).toEqual([])
  })

  test('an account is closed where the PG can, and is no longer awaited', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.until('waiting', async () => (await orderOf(world)).status === 'awaiting_deposit', 10_000)
    await world.merchant.orders.close.mutate({ orderId })
    await world.until(
      'closed at the gateway',
      () =>
        world.gateway.calls().some(({ method, path }) => method === 'DELETE' && path.startsWith('/vbanks/')),
      60_000,
    )
    expect(await orderOf(world)).toMatchObject({ status: 'expired' })
    expect((await screenOf(world, token)).kind).toBe('expired')
    expect(world.receiver.types()).toEqual(['payment.awaiting_deposit', 'order.closed'])
  })

  test('a payment made a moment ago is found first, and stays', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world)
    await world.gateway.approve(impUid)
    await expect(world.merchant.orders.close.mutate({ orderId })).rejects.toMatchObject({
      data: { kind: 'order_has_payment' },
    })
    expect(await isPaid(world)).toBe(true)
  })

  test('M-22: the amount that another shop holds for the number stays theirs', async () => {
    await using world = await startWorld()
    world.gateway.prepare({ merchantUid: orderId, amount: 50_000 })
    expect(await register(world)).toMatchObject({ conflict: true })
    await world.merchant.orders.close.mutate({ orderId })
    const opened = world.gateway.open({ merchantUid: orderId, amount: 50_000, name: 'theirs' })
    expect(opened).toMatchObject({ ok: true })
    expect(world.sent.filter(({ method }) => method === 'PUT')).toEqual([])
  })

  test('S-20: while the gateway does not answer no order is closed', async () => {
    await using world = await startWorld()
    await register(world)
    world.gateway.misbehave({ rest: 'error' })
    await expect(world.merchant.orders.close.mutate({ orderId })).rejects.toMatchObject({
      data: { kind: expect.stringMatching(/^gateway_/) },
    })
    expect((await orderOf(world)).status).toBe('open')
  })

  test('a repeated close changes nothing; an expired order can be closed, and its late payment is not accepted any more', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '60000' },
    })
    const { impUid } = await buy(world, { expiresAt: world.clock.nowMs() + 3_600_000 })
    await world.clock.oversleep(7_200_000)
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 200_000, 10_000)
    for (const _ of [1, 2]) await world.merchant.orders.close.mutate({ orderId })
    await world.gateway.approve(impUid)
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 300_000, 10_000)
    expect(world.receiver.types()).toEqual([
      'order.expired',
      'order.closed',
      'payment.rejected',
      'payment.returned',
    ])
  })
})
