import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  buyForged,
  cancelsSent,
  comeBack,
  go,
  isPaid,
  orderId,
  orderOf,
  price,
  register,
  screenOf,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

const YEAR_S = 365 * 24 * 3_600
const secondsAgo = (world: World, seconds: number): number =>
  Math.floor(world.clock.nowMs() / 1_000) - seconds
const reasons = async (world: World) => (await orderOf(world)).reviews.map(({ reason }) => reason)

/** A payment of this order number from another payment window: another shop's, or last year's. */
function theirs(
  world: World,
  secondsOld: number,
  more: Partial<Parameters<World['gateway']['addRow']>[0]> = {},
) {
  const startedAt = secondsAgo(world, secondsOld)
  return world.gateway.addRow({
    merchantUid: orderId,
    amount: price,
    startedAt,
    paidAt: startedAt + 30,
    ...more,
  })
}

describe('which payment is the order’s (S-23)', () => {
  test.for(engines)(
    'M-21: the number was paid a year ago, and nobody pays now: open, and a person called (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      const { imp_uid: impUid } = theirs(world, YEAR_S)
      await register(world)
      await world.until('called', async () => (await reasons(world)).length > 0, 30_000)
      expect(await orderOf(world)).toMatchObject({
        status: 'open',
        balance: 0,
        reviews: [
          { id: `predates_order-${impUid}`, reason: 'predates_order', paymentId: impUid, atStake: price },
        ],
        payments: [{ standing: 'undecided', amount: price }],
      })
      await world.pass(300_000)
      expect(cancelsSent(world)).toEqual([])
      expect(world.receiver.types()).toEqual(['order.review'])
    },
  )

  test('M-21: the number was paid and returned a year ago: open, and nothing to tell', async () => {
    await using world = await startWorld()
    theirs(world, YEAR_S, { status: 'cancelled' })
    await register(world)
    await world.pass(300_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', reviews: [] })
    expect(world.receiver.types()).toEqual([])
  })

  test('M-21: last year’s account is neither awaited nor shown', async () => {
    await using world = await startWorld()
    const account = { status: 'ready' as const, payMethod: 'vbank', bankCode: '088', paidAt: 0 }
    theirs(world, YEAR_S, account)
    const { returnUrl } = await register(world)
    await world.pass(60_000)
    expect((await orderOf(world)).status).toBe('open')
    expect((await screenOf(world, returnUrl.split('/').at(-1) ?? '')).kind).toBe('checking')
  })

  test('W-06: a payment of the exact amount, begun shortly before the registration, is the order’s', async () => {
    await using world = await startWorld()
    theirs(world, 3_600)
    await register(world)
    await world.until('paid', () => isPaid(world), 30_000)
    expect(await reasons(world)).toEqual([])
  })

  test.for([
    ['another sum, an hour before', 3_600, price - 1],
    ['exactly the order’s, two days before', 2 * 24 * 3_600, price],
  ] as const)('M-20: %s: neither kept nor sent back', async ([, secondsOld, amount]) => {
    await using world = await startWorld()
    theirs(world, secondsOld, { amount })
    await register(world)
    await world.until('called', async () => (await reasons(world)).length > 0, 30_000)
    await world.pass(60_000)
    expect(await reasons(world)).toEqual(['predates_order'])
    expect(cancelsSent(world)).toEqual([])
  })

  test.for(engines)(
    'M-22: the number is fixed at another amount: told to the shop, and their money is left alone (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      world.gateway.prepare({ merchantUid: orderId, amount: 50_000 })
      const registered = await register(world, { price: 100 })
      expect(registered).toMatchObject({ amountFixed: false, conflict: true })
      // O-14: another shop uses this gateway account, and a review opens before its payment arrives.
      expect((await orderOf(world)).reviews).toMatchObject([
        { reason: 'amount_conflict', paymentId: null, atStake: 100, actions: ['dismiss'] },
      ])
      expect(await (await go(`${world.url}/readyz`)).json()).toMatchObject({
        status: 'ready',
        warnings: [expect.stringContaining('gateway account')],
      })
      theirs(world, -5, { amount: 50_000 })
      await world.pass(10_000)
      await world.until('called', async () => (await reasons(world)).length > 1, 60_000)
      await world.pass(300_000)
      expect((await orderOf(world)).reviews).toMatchObject([
        { paymentId: null },
        { reason: 'amount_conflict', atStake: 50_000, actions: ['return', 'dismiss'] },
      ])
      expect(await orderOf(world)).toMatchObject({ status: 'open', payments: [{ standing: 'undecided' }] })
      expect(cancelsSent(world)).toEqual([])
      expect(world.receiver.types()).toEqual(['order.review', 'order.review'])
    },
  )

  test('O-14: another amount is no longer fixed: ours is fixed, and the review ends', async () => {
    await using world = await startWorld()
    world.gateway.prepare({ merchantUid: orderId, amount: 50_000 })
    await register(world)
    expect(await reasons(world)).toEqual(['amount_conflict'])
    world.gateway.prepare({ merchantUid: orderId, amount: price })
    await world.until('ended', async () => (await reasons(world)).length === 0, 120_000)
    await world.until('told', () => world.receiver.types().length === 2, 60_000)
    expect(world.receiver.types()).toEqual(['order.review', 'order.review_ended'])
  })

  test('M-22: another sum came although ours was fixed when it began: not through our window', async () => {
    await using world = await startWorld()
    expect(await register(world)).toMatchObject({ amountFixed: true, conflict: false })
    await world.pass(10_000)
    theirs(world, 0, { amount: 100 })
    await world.until('called', async () => (await reasons(world)).length > 0, 60_000)
    expect(await reasons(world)).toEqual(['amount_conflict'])
    expect(cancelsSent(world)).toEqual([])
  })

  test('M-22: an amount that was fixed only afterwards proves nothing: the forged payment goes back', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buyForged(world, 100)
    await world.pass(30_000)
    expect((await orderOf(world)).amountFixed).toBe(true)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 60_000)
    expect((await orderOf(world)).payments).toMatchObject([{ standing: 'rejected', cancelledAmount: 100 }])
  })

  test('M-22: the answer that it is fixed was lost: another sum after that is not through our window', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rest: 'truncated', restOn: 'prepare', restTimes: 1 })
    expect(await register(world)).toMatchObject({ amountFixed: false })
    await world.until('fixed', async () => (await orderOf(world)).amountFixed, 1_800_000)
    // Begun long before anybody here knew that it is fixed.
    const { imp_uid: impUid } = theirs(world, 20, { amount: 100 })
    world.gateway.resendWebhook(impUid)
    await world.until('called', async () => (await reasons(world)).length > 0, 60_000)
    expect(await reasons(world)).toEqual(['amount_conflict'])
    expect(cancelsSent(world)).toEqual([])
  })

  test('S-20: while the gateway does not answer which amount is fixed nothing is concluded, and then a person decides', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    const { impUid, token } = await buy(world, { amount: 100 })
    await comeBack(await world.gateway.approve(impUid))
    expect(await orderOf(world)).toMatchObject({ status: 'open', payments: [] })
    expect((await screenOf(world, token)).kind).toBe('checking')
    await world.until('called', async () => (await reasons(world)).length > 0, 120_000)
    expect(cancelsSent(world)).toEqual([])
  })

  test('M-29: amount and discount are the order’s: a person decides, nothing goes back', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ promotionDiscount: 1_000 })
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('called', async () => (await reasons(world)).length > 0, 30_000)
    expect(await reasons(world)).toEqual(['discounted'])
    await world.pass(60_000)
    expect(cancelsSent(world)).toEqual([])
    expect(world.receiver.types()).toEqual(['order.review'])
  })

  test('G-20, S-23: money that tells no time of its own is kept where it fits, and never sent back', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rowShape: 'required' })
    const first = await buy(world)
    const second = await buy(world)
    await comeBack(await world.gateway.approve(first.impUid))
    await comeBack(await world.gateway.approve(second.impUid))
    await world.until('called', async () => (await reasons(world)).length > 0, 30_000)
    expect(await orderOf(world)).toMatchObject({ status: 'paid', reviews: [{ reason: 'undated' }] })
    await world.pass(60_000)
    expect(cancelsSent(world)).toEqual([])
  })

  test('O-14: an instance that only observes records and shows, and sends the gateway no writes', async () => {
    await using world = await startWorld({ env: { OBSERVE_ONLY: 'true' } })
    const { impUid } = await buy(world, { amount: 100 })
    await comeBack(await world.gateway.approve(impUid))
    await world.until('told', () => world.receiver.types().includes('payment.rejected'), 30_000)
    await world.pass(60_000)
    expect(
      world.gateway.calls().filter(({ method, path }) => method !== 'GET' && path !== '/users/getToken'),
    ).toEqual([])
    expect(world.logs.join('')).toContain('rejected')
  })
})

describe('V-09: an order’s lifetime is bounded', () => {
  const hourMs = 3_600_000
  const dayMs = 24 * hourMs

  test('a new try for an order that expired a year ago is not its payment: a person, and marked late', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '60000' },
    })
    await register(world, { expiresAt: world.clock.nowMs() + hourMs })
    await world.clock.oversleep(365 * dayMs)
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 200_000, 10_000)
    const opened = world.gateway.open({ merchantUid: orderId, amount: price })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await world.gateway.approve(opened.impUid)
    await world.until('called', async () => (await reasons(world)).length > 0, 300_000, 10_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'expired',
      payments: [{ standing: 'late', late: true }],
      reviews: [{ reason: 'late', atStake: price }],
    })
    expect(world.receiver.received.at(-1)?.body.data.payment).toMatchObject({ late: true })
  })

  test('begun in time and paid within days of the deadline it is accepted, and marked late', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '60000' },
    })
    const { impUid } = await buy(world, { expiresAt: world.clock.nowMs() + hourMs })
    await world.clock.oversleep(2 * dayMs)
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 200_000, 10_000)
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 300_000, 10_000)
    expect((await orderOf(world)).payments).toMatchObject([{ standing: 'kept', late: true }])
  })

  test('an account with a due date years away does not keep its order waiting for years', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '3600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    const { impUid } = await buy(world, {
      payMethod: 'vbank',
      vbankDue: '20291231',
      expiresAt: world.clock.nowMs() + hourMs,
    })
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.until('waiting', async () => (await orderOf(world)).status === 'awaiting_deposit', 10_000)
    await world.clock.oversleep(31 * dayMs)
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 10 * hourMs, hourMs)
  })
})
