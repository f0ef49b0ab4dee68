import { describe, expect, test } from 'vitest'
import { call } from '../../../testing/procedures.ts'
import { buy, comeBack, isPaid, name, orderId, price } from '../../../testing/shopper.ts'
import { merchantKey, startWorld, type World } from '../../../testing/world.ts'
import { aNotice } from '../../store/fixtures.contract.ts'
import { readOrder } from '../../store/orders.ts'
import { noticeWrites } from '../../store/outbox.ts'
import { timelineOf } from '../../store/timeline.ts'

const tillKey = 'key-of-the-till-of-this-shop'
const booksKey = 'key-of-the-books-of-this-shop'
const env = {
  MERCHANT_API_KEYS: `${merchantKey} till:${tillKey}:orders:write books:${booksKey}:notices,orders:write`,
}
const as = (world: World, key: string, path: string, input: unknown): Promise<Response> =>
  call(world.url, { path, type: 'mutation' }, input, { authorization: `Bearer ${key}` })

/** The actor of each timeline entry that a program caused. */
const actsOf = async (world: World, id = orderId) =>
  (await timelineOf(world.deps().store, id)).flatMap(({ event, actor }) =>
    actor === null ? [] : [[event, actor]],
  )

describe('O-13: the timeline names the actor', () => {
  test('registered the order: the name of the first key, once, whoever registers it again', async () => {
    await using world = await startWorld({ env })
    const order = { orderId, name, amount: price }
    for (const key of [tillKey, booksKey, merchantKey])
      expect((await as(world, key, 'orders.register', order)).status).toBe(200)
    expect((await as(world, booksKey, 'orders.register', { ...order, amount: 1 })).status).toBe(409)
    expect(await actsOf(world)).toEqual([['order.registered', 'key:till']])
    expect((await timelineOf(world.deps().store, orderId))[0]).toMatchObject({
      entryId: `${orderId}/00000001/000`,
      fromStatus: null,
      toStatus: 'open',
    })
  })

  test('registered it with a key that has no name, and in the demo shop', async () => {
    await using world = await startWorld()
    await as(world, merchantKey, 'orders.register', { orderId, name, amount: price })
    expect(await actsOf(world)).toEqual([['order.registered', 'key:default']])
    const demo = await world.anyone.shop.order.mutate({ productId: 'coffee' })
    expect(await actsOf(world, demo.orderId)).toEqual([['order.registered', 'demo-shop']])
  })

  test('automatic events have no actor', async () => {
    await using world = await startWorld({ env })
    await comeBack(await world.gateway.approve((await buy(world)).impUid))
    await world.until('paid', () => isPaid(world))
    const lines = await timelineOf(world.deps().store, orderId)
    expect(lines.map(({ event }) => event)).toContain('payment.paid')
    expect(await actsOf(world)).toEqual([['order.registered', 'key:default']])
  })

  test('had notices sent again: once an order and call, by id or by time, and only where there was one', async () => {
    await using world = await startWorld({ env })
    for (const id of ['ord-1', 'ord-2']) {
      const { impUid } = await buy(world, { orderId: id })
      await comeBack(await world.gateway.approve(impUid))
      await world.until('paid', () => isPaid(world, id))
      if (id === 'ord-1') await world.gateway.cancelInConsole(impUid, 4_000)
    }
    await world.until('told', () => world.receiver.received.length === 3, 60_000)
    await world.pass(5_000)
    const replay = async (input: unknown): Promise<void> => {
      expect((await as(world, booksKey, 'notices.replay', input)).status).toBe(200)
      await world.pass(5_000)
    }
    const again = ['notice.replayed', 'key:books']
    const mine = async (id: string) => (await actsOf(world, id)).filter(([event]) => event === again[0])
    await replay({ id: 'nobody’s' })
    await replay({ from: 0, to: 1 })
    expect([await mine('ord-1'), await mine('ord-2')]).toEqual([[], []])
    await replay({ from: 0, to: Number.MAX_SAFE_INTEGER })
    expect(world.receiver.received).toHaveLength(6)
    expect([await mine('ord-1'), await mine('ord-2')]).toEqual([[again], [again]])
    const [first] = world.receiver.received
    await replay({ id: first?.id })
    expect([await mine('ord-1'), await mine('ord-2')]).toEqual([[again, again], [again]])
    const reasons = (await timelineOf(world.deps().store, 'ord-1')).map(({ reason }) => reason)
    expect(reasons.at(-1)).toBe(`notice ${first?.id} is sent again`)
  })

  test('once, however many notices and pages it takes', async () => {
    await using world = await startWorld({ env })
    await buy(world)
    // It refuses the first, so the others wait behind it.
    world.receiver.answerWith(500)
    const { store } = world.deps()
    const { notices } = store.tables
    const order = (await readOrder(store, orderId))?.order
    if (order === undefined) throw new Error('no order')
    const told = Array.from({ length: 1_001 }, (_, index) => aNotice(order, index + 1))
    await store.atomically(noticeWrites(store, told, world.clock.nowMs()))
    await store.query.update(notices).set({ state: 'delivered' })
    const answer = await as(world, booksKey, 'notices.replay', { from: 0, to: Number.MAX_SAFE_INTEGER })
    expect(await answer.json()).toEqual({ result: { data: { replayed: 1_001 } } })
    expect(await actsOf(world)).toEqual([
      ['order.registered', 'key:default'],
      ['notice.replayed', 'key:books'],
    ])
    await store.query.delete(notices)
  })
})
