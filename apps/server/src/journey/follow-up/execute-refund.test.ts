import type { Misbehaviour } from '@landfall/gateway-sandbox'
import { fail } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { buy, cancelsSent, comeBack, orderId, orderOf, screenOf } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'
import { executeRefund } from './execute-refund.ts'

/** A payment of 1,000 won for an order of 14,000, which must be refunded. */
async function wronglyPaid(world: World, fault: Partial<Misbehaviour> = {}, payMethod = 'card') {
  world.gateway.misbehave({ rest: 'error', restOn: 'prepare' })
  const bought = await buy(world, { payMethod, amount: 1_000 })
  if (payMethod === 'vbank') await comeBack(await world.gateway.issueAccount(bought.impUid))
  world.gateway.misbehave({ rest: 'normal', restOn: 'all', ...fault })
  if (payMethod === 'vbank') await world.gateway.deposit(bought.impUid)
  else await comeBack(await world.gateway.approve(bought.impUid))
  return bought
}

const intents = (world: World) => cancelsOfOrder(world.deps().store, orderId)
const settled = (world: World, state: string) =>
  world.until(state, async () => (await intents(world))[0]?.state === state, 2_000_000, 5_000)
/** The gateway's refunds, one entry each. */
const givenBack = (world: World) =>
  world.gateway.payments().flatMap(({ cancel_history: history }) => history.map(({ amount }) => amount))

describe('done', () => {
  test('S-07: each call names the payment, its order, the amount, the balance we believe in, and why', async () => {
    await using world = await startWorld()
    const { impUid } = await wronglyPaid(world)
    await settled(world, 'done')
    expect(cancelsSent(world)).toEqual([
      {
        imp_uid: impUid,
        merchant_uid: orderId,
        amount: 1_000,
        checksum: 1_000,
        reason: `auto-${impUid}: paid 1000, the order is 14000`,
      },
    ])
    expect(givenBack(world)).toEqual([1_000])
  })

  test('M-05: during a gateway outage of an hour the refund is retried until done, and the screen shows *returning*', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    const { token } = await wronglyPaid(world, { rest: 'error', restOn: 'cancel' })
    await world.pass(60_000)
    await world.pass(3_600_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'returning', because: 'rejected' })
    expect(await intents(world)).toMatchObject([{ state: 'unknown' }])
    expect((await orderOf(world)).review).toBe(null)
    world.gateway.behave()
    await settled(world, 'done')
    expect(givenBack(world)).toEqual([1_000])
    expect(world.receiver.types()).toEqual(['payment.rejected', 'payment.returned'])
  })

  test('M-05: an outage of the gateway or the network opens no review', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '100' } })
    await wronglyPaid(world, { rest: 'down', restOn: 'cancel' })
    await world.pass(120_000)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await world.pass(120_000)
    world.gateway.behave()
    await settled(world, 'done')
    expect(givenBack(world)).toEqual([1_000])
    expect((await orderOf(world)).review).toBe(null)
  })

  test('M-06, S-08: the answer of an executed refund is lost: looked up first, and not sent again', async () => {
    await using world = await startWorld()
    await wronglyPaid(world, { rest: 'cancel_answer_lost' })
    await settled(world, 'done')
    await world.pass(120_000)
    expect(cancelsSent(world)).toHaveLength(1)
    expect(givenBack(world)).toEqual([1_000])
  })

  test('M-06, C-03: killed between the gateway’s cancel and our record: looked up first, and refunded once', async () => {
    await using world = await startWorld()
    await wronglyPaid(world, { rest: 'slow', restMs: 300, restOn: 'cancel' })
    await world.until('asked', () => cancelsSent(world).length === 1, 20_000)
    await world.crash()
    world.gateway.behave()
    await settled(world, 'done')
    await world.pass(60_000)
    expect(givenBack(world)).toEqual([1_000])
    expect(world.receiver.types().filter((type) => type === 'payment.returned')).toHaveLength(1)
  })

  test('M-10: cancelled in the gateway’s console first: done without a call of ours', async () => {
    await using world = await startWorld()
    const { impUid } = await wronglyPaid(world, { rest: 'error', restOn: 'cancel' })
    await world.until('tried', () => cancelsSent(world).length > 0, 20_000)
    const before = cancelsSent(world).length
    await world.gateway.cancelInConsole(impUid)
    await settled(world, 'done')
    expect(cancelsSent(world)).toHaveLength(before)
    expect(givenBack(world)).toEqual([1_000])
  })

  test('M-06: a part is refunded meanwhile: the rest is refunded with the remaining balance as its checksum', async () => {
    await using world = await startWorld()
    const { impUid } = await wronglyPaid(world, { rest: 'error', restOn: 'cancel' })
    await world.until('tried', () => cancelsSent(world).length > 0, 20_000)
    await world.gateway.cancelInConsole(impUid, 400)
    world.gateway.behave()
    await settled(world, 'done')
    expect(givenBack(world)).toEqual([400, 600])
    expect(cancelsSent(world).at(-1)).toMatchObject({ amount: 600, checksum: 600 })
  })
})

describe('given to a person', () => {
  /** A long interval: the tests span days. */
  const days = { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000', ORDER_LIFE_MS: '1000' }
  const dayMs = 24 * 3_600_000

  test('M-27, L-03: refused for a temporary reason: retried over hours, a review within a day, and done when the money is there', async () => {
    await using world = await startWorld({ env: days })
    const { token } = await wronglyPaid(world, { rest: 'cancel_refused' })
    await world.pass(60_000)
    expect(cancelsSent(world)).toHaveLength(1)
    expect(await intents(world)).toMatchObject([
      { state: 'refused', lastProblem: expect.stringContaining('정산') },
    ])
    expect((await orderOf(world)).review).toBe(null)
    await world.pass(dayMs)
    expect(cancelsSent(world)).toHaveLength(5)
    const [review] = (await orderOf(world)).reviews
    expect(review).toMatchObject({
      reason: 'cancel_failed',
      atStake: 1_000,
      note: expect.stringContaining('정산'),
    })
    expect((await world.merchant.orders.list.query({ review: true })).orders).toMatchObject([{ orderId }])
    // No *pay again* while the money is held (S-22), and no promise of a refund that has not begun.
    expect(await screenOf(world, token)).toMatchObject({ kind: 'returning', isOnItsWay: false })
    world.gateway.behave()
    await world.pass(dayMs)
    expect(givenBack(world)).toEqual([1_000])
    expect((await orderOf(world)).reviews).toEqual([])
    const types = world.receiver.types().filter((type) => type !== 'order.expired')
    expect(types).toEqual(['payment.rejected', 'order.review', 'payment.returned', 'order.review_ended'])
  })

  test('M-14: refused every time: retried daily for a week, then no more; one review stays open', async () => {
    await using world = await startWorld({ env: { ...days, SWEEP_INTERVAL_MS: '3600000' } })
    await wronglyPaid(world, { rest: 'cancel_refused' })
    await world.pass(10 * dayMs)
    const sent = cancelsSent(world).length
    expect(sent).toBeLessThanOrEqual(12)
    expect(await intents(world)).toMatchObject([{ state: 'over' }])
    await world.pass(3 * dayMs)
    expect(cancelsSent(world)).toHaveLength(sent)
    expect(world.receiver.types().filter((type) => type === 'order.review')).toHaveLength(1)
  })

  test('S-15: a worker that has lost its lease opens no review', async () => {
    await using world = await startWorld()
    await wronglyPaid(world, { rest: 'error', restOn: 'cancel' })
    await world.until('tried', async () => ((await intents(world))[0]?.attempts ?? 0) > 0, 60_000, 1_000)
    const [row] = await intents(world)
    if (row === undefined) throw new Error('no intent')
    const unreachable = async () => fail({ kind: 'gateway_unreachable' as const, cause: 'away' })
    const refused = { ...row, createdAtMs: 0 }
    await executeRefund(world.deps(), unreachable, { ...refused, lease: 'of the one before' })
    expect((await orderOf(world)).review).toBe(null)
    expect(await intents(world)).toMatchObject([{ state: 'unknown' }])
    await executeRefund(world.deps(), unreachable, refused)
    expect((await orderOf(world)).review).toEqual({ reason: 'cancel_failed' })
  })

  test('M-13: a deposit without a refund account cannot be refunded: a review, and the money stays', async () => {
    await using world = await startWorld()
    await wronglyPaid(world, {}, 'vbank')
    await settled(world, 'over')
    expect(givenBack(world)).toEqual([])
    expect((await orderOf(world)).review).toEqual({ reason: 'cancel_failed' })
  })

  test('L-03: a payment that cannot be looked up for a day opens a review, and the attempts end', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    await wronglyPaid(world, { rest: 'error', restOn: 'cancel' })
    await world.until('tried', () => cancelsSent(world).length > 0, 20_000)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await world.clock.oversleep(25 * 3_600_000)
    await settled(world, 'over')
    expect((await orderOf(world)).review).toEqual({ reason: 'cancel_failed' })
  })

  test('M-25: the person cancels it in the gateway’s console: recorded, notified, and the review ends by itself', async () => {
    await using world = await startWorld()
    const { impUid } = await wronglyPaid(world, {}, 'vbank')
    await settled(world, 'over')
    await world.gateway.cancelInConsole(impUid)
    await world.until('told', () => world.receiver.types().includes('payment.returned'), 10_000)
    expect(givenBack(world)).toEqual([1_000])
    expect(await intents(world)).toMatchObject([{ state: 'done' }])
    expect((await orderOf(world)).reviews).toEqual([])
  })
})
