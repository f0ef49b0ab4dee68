import { reviewEnds, ReviewReason, type ReviewAction } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  buyForged,
  cancelsSent,
  comeBack,
  isPaid,
  orderId,
  orderOf,
  price,
  register,
  buyV2,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import { timelineOf } from '../../store/timeline.ts'

const note = '고객과 통화했음'
const refundAccount = { bank: '088', account: '110-123-456789', holder: '김철수' }
const hourMs = 3_600_000

const secondsAgo = (world: World, seconds: number): number =>
  Math.floor(world.clock.nowMs() / 1_000) - seconds
const reviews = (world: World) => reviewsOfOrder(world.deps().store, orderId)
const open = async (world: World) => (await reviews(world)).filter(({ endedAtMs }) => endedAtMs === null)
const called = (world: World, reason: ReviewReason, within = 120_000) =>
  world.until(
    reason,
    async () => (await open(world)).some((each) => each.reason === reason),
    within,
    within / 120,
  )

async function paid(world: World) {
  const bought = await buy(world)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world), 30_000)
  return bought
}

/** A second payment of the order, which the gateway refuses to refund. */
async function unreturnable(world: World): Promise<void> {
  world.gateway.misbehave({ cancel: 'refused', cancelRefusal: '취소 불가능한 거래입니다' })
  const { imp_uid: impUid } = world.gateway.addRow({
    merchantUid: orderId,
    amount: price,
    startedAt: secondsAgo(world, 0),
  })
  world.gateway.resendWebhook(impUid)
}

type Case = {
  readonly env?: Readonly<Record<string, string>>
  /** The events that open the review. */
  readonly gateways?: 'v1' | 'both'
  readonly make: (world: World) => Promise<unknown>
  readonly within?: number
  /** The amount of the payment that the gateway still holds. */
  readonly atStake: number
}

/** The events behind each kind of review. */
const cases: Readonly<Record<ReviewReason, Case>> = {
  rejected: {
    env: { ON_REJECTED: 'review' },
    make: async (world) => {
      const { impUid } = await buyForged(world, 100)
      await comeBack(await world.gateway.approve(impUid))
    },
    atStake: 100,
  },
  surplus: {
    env: { ON_SURPLUS: 'review' },
    make: async (world) => {
      await paid(world)
      const row = world.gateway.addRow({
        merchantUid: orderId,
        amount: price,
        startedAt: secondsAgo(world, 0),
      })
      world.gateway.resendWebhook(row.imp_uid)
    },
    atStake: price,
  },
  late: {
    env: { ON_LATE: 'review', SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '60000' },
    make: async (world) => {
      const { impUid } = await buy(world, { expiresAt: world.clock.nowMs() + hourMs })
      await world.clock.oversleep(2 * hourMs)
      await world.until('expired', async () => (await orderOf(world)).status === 'expired', 200_000, 10_000)
      await world.gateway.approve(impUid)
    },
    within: 300_000,
    atStake: price,
  },
  predates_order: {
    make: async (world) => {
      world.gateway.addRow({
        merchantUid: orderId,
        amount: price,
        startedAt: secondsAgo(world, 400 * 86_400),
      })
      await register(world)
    },
    atStake: price,
  },
  amount_conflict: {
    make: async (world) => {
      await register(world)
      await world.pass(10_000)
      world.gateway.addRow({ merchantUid: orderId, amount: 100, startedAt: secondsAgo(world, 0) })
    },
    atStake: 100,
  },
  discounted: {
    make: async (world) => {
      world.gateway.misbehave({ promotionDiscount: 1_000 })
      const { impUid } = await buy(world)
      await comeBack(await world.gateway.approve(impUid))
    },
    atStake: price - 1_000,
  },
  undated: {
    make: async (world) => {
      world.gateway.misbehave({ rowShape: 'required' })
      const [first, second] = [await buy(world), await buy(world)]
      for (const { impUid } of [first, second]) await comeBack(await world.gateway.approve(impUid))
    },
    atStake: price,
  },
  contradiction: {
    make: async (world) => {
      world.gateway.misbehave({ rowFields: { amount: price - 1 } })
      await register(world)
      const row = world.gateway.addRow({
        merchantUid: orderId,
        amount: price,
        startedAt: secondsAgo(world, -5),
        status: 'ready',
      })
      await world.pass(10_000)
      await world.merchant.orders.reconcile.mutate({ orderId })
      world.gateway.behave()
      await world.gateway.approve(row.imp_uid)
    },
    atStake: price,
  },
  bad_money: {
    make: async (world) => {
      world.gateway.misbehave({ rowFields: { amount: -5 } })
      const { impUid } = await buy(world)
      await comeBack(await world.gateway.approve(impUid))
    },
    atStake: price,
  },
  cancel_failed: {
    env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    make: async (world) => {
      await paid(world)
      await unreturnable(world)
    },
    within: 2_000_000,
    atStake: price,
  },
  disputed: {
    gateways: 'both',
    make: async (world) => {
      const bought = await buyV2(world)
      await comeBack(await world.gateway.approve(bought.paymentId))
      await world.until('paid', () => isPaid(world))
      await world.gateway.dispute(bought.paymentId)
    },
    atStake: price,
  },
  returned_more: {
    make: async (world) => {
      await paid(world)
      world.gateway.misbehave({ cancel: 'doubled' })
      await world.merchant.orders.cancel.mutate({
        orderId,
        amount: 3_000,
        reason: 'sold out',
        idempotencyKey: 'key-1',
      })
    },
    atStake: 3_000,
  },
  orphan: {
    env: { ORPHAN_AFTER_MS: '60000' },
    make: async (world) => {
      const row = world.gateway.addRow({
        merchantUid: orderId,
        amount: price,
        startedAt: secondsAgo(world, 0),
      })
      world.gateway.resendWebhook(row.imp_uid)
    },
    within: 240_000,
    atStake: price,
  },
}

const each = ReviewReason.options.flatMap((reason) =>
  reviewEnds[reason].map((action) => ({ reason, action, ...cases[reason] })),
)

/** The amount of a payment that the gateway still holds, by its own row. */
const heldThere = (world: World, paymentId: string | null): number => {
  const row = world.gateway.payments().find(({ imp_uid: impUid }) => impUid === paymentId)
  return row === undefined ? 0 : row.amount - row.cancel_amount
}

async function end(world: World, reason: ReviewReason, action: ReviewAction) {
  const review = (await open(world)).find((every) => every.reason === reason)
  if (review === undefined) throw new Error(`no review ${reason}`)
  world.gateway.behave()
  const answer = await world.merchant.orders.resolve.mutate({
    orderId,
    reviewId: review.reviewId,
    action,
    note,
    refundAccount,
  })
  return { review, answer }
}

describe('L-11: a person can end each review with each offered action', () => {
  test.for(each)(
    '$reason, $action',
    async ({ reason, action, env = {}, gateways = 'v1', make, within, atStake }) => {
      await using world = await startWorld({ env, gateways })
      await make(world)
      await called(world, reason, within)
      const { review, answer } = await end(world, reason, action)
      expect(review.atStake).toBe(atStake)
      // When the gateway has recovered, the lookup may have ended the review first.
      expect([action, 'facts']).toContain(answer.end)
      await world.until('ended', async () => (await open(world)).length === 0, 2_000_000, 10_000)
      await world.until('told', () => world.receiver.types().includes('order.review_ended'), 60_000)
      const left = () => heldThere(world, review.paymentId)
      if (action === 'return' || action === 'retry')
        await world.until('returned', () => left() === 0, 2_000_000, 10_000)
      if (action === 'accept') expect(await orderOf(world)).toMatchObject({ status: 'paid', balance: price })
      if (action === 'dismiss' && reason !== 'bad_money' && reason !== 'returned_more')
        expect(left()).toBe(atStake)
      if (answer.end === 'facts') return
      expect(answer).toMatchObject({ endedBy: 'key:default', note })
      const subject = reason === 'orphan' ? (review.paymentId ?? '') : orderId
      const said = (await timelineOf(world.deps().store, subject)).filter(
        ({ event }) => event === 'review.resolved',
      )
      expect(said).toMatchObject([{ actor: 'key:default', reason: `${action}: ${note}` }])
    },
  )
})

describe('orders.resolve', () => {
  test.for(engines)(
    'again with the same action it is the same answer; another end is a conflict (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      await cases.predates_order.make(world)
      await called(world, 'predates_order')
      const { review, answer } = await end(world, 'predates_order', 'dismiss')
      const again = { orderId, reviewId: review.reviewId, note, action: 'dismiss' as const }
      expect(await world.merchant.orders.resolve.mutate(again)).toMatchObject({ endedAt: answer.endedAt })
      await expect(
        world.merchant.orders.resolve.mutate({ ...again, action: 'return' }),
      ).rejects.toMatchObject({
        data: { kind: 'review_ended' },
      })
      expect(cancelsSent(world)).toEqual([])
    },
  )

  test('a payment of another amount is not accepted, and the answer names the possible actions', async () => {
    await using world = await startWorld()
    await cases.amount_conflict.make(world)
    await called(world, 'amount_conflict')
    const [review] = await open(world)
    const asked = { orderId, reviewId: review?.reviewId ?? '', action: 'accept' as const, note }
    await expect(world.merchant.orders.resolve.mutate(asked)).rejects.toMatchObject({
      data: { kind: 'not_possible' },
      message: expect.stringContaining('return, dismiss'),
    })
    await expect(world.merchant.orders.resolve.mutate({ ...asked, reviewId: 'none' })).rejects.toMatchObject({
      data: { kind: 'unknown_review' },
    })
  })

  test('O-11, O-12: two refunds of one order fail: both are seen, and both are ended', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    await paid(world)
    await unreturnable(world)
    await unreturnable(world)
    await world.until('both', async () => (await open(world)).length === 2, 2_000_000, 100_000)
    const [first, second] = await open(world)
    expect([first?.reason, second?.reason]).toEqual(['cancel_failed', 'cancel_failed'])
    expect(new Set([first?.paymentId, second?.paymentId]).size).toBe(2)
    world.gateway.behave()
    for (const review of [first, second])
      await world.merchant.orders.resolve.mutate({
        orderId,
        reviewId: review?.reviewId ?? '',
        action: 'retry',
        note,
      })
    await world.until(
      'returned',
      async () => heldThere(world, first?.paymentId ?? '') + heldThere(world, second?.paymentId ?? '') === 0,
      2_000_000,
      100_000,
    )
    expect(await open(world)).toEqual([])
    expect(await orderOf(world)).toMatchObject({ status: 'paid', balance: price, reviews: [] })
  })

  test('a dismissed review does not open again for the same reason, and a refused refund is not retried', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    await paid(world)
    world.gateway.misbehave({ cancel: 'refused', cancelRefusal: '정산 금액이 부족합니다' })
    const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: secondsAgo(world, 0) })
    world.gateway.resendWebhook(row.imp_uid)
    await called(world, 'cancel_failed', 26 * hourMs)
    const [review] = await open(world)
    await world.merchant.orders.resolve.mutate({
      orderId,
      reviewId: review?.reviewId ?? '',
      action: 'dismiss',
      note,
    })
    const sent = cancelsSent(world).length
    await world.pass(4 * 24 * hourMs)
    expect(cancelsSent(world)).toHaveLength(sent)
    expect(await open(world)).toEqual([])
    expect((await cancelsOfOrder(world.deps().store, orderId)).map(({ state }) => state)).toEqual(['over'])
  })

  test('M-30: a virtual account’s surplus goes back to an account, and the kept payment stays', async () => {
    await using world = await startWorld({ env: { ON_SURPLUS: 'review' } })
    await paid(world)
    const row = world.gateway.addRow({
      merchantUid: orderId,
      amount: price,
      payMethod: 'vbank',
      startedAt: secondsAgo(world, 0),
    })
    world.gateway.resendWebhook(row.imp_uid)
    await called(world, 'surplus')
    const [review] = await open(world)
    const asked = { orderId, reviewId: review?.reviewId ?? '', action: 'return' as const, note }
    await expect(world.merchant.orders.resolve.mutate(asked)).rejects.toMatchObject({
      data: { kind: 'refund_account_needed' },
    })
    await world.merchant.orders.resolve.mutate({ ...asked, refundAccount })
    await world.until('returned', () => heldThere(world, row.imp_uid) === 0, 60_000, 1_000)
    expect(cancelsSent(world)).toMatchObject([{ imp_uid: row.imp_uid, refund_holder: '김철수' }])
    expect(await orderOf(world)).toMatchObject({ status: 'paid', balance: price })
    expect(world.receiver.types()).toContain('payment.returned')
  })
})
