import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  buyForged,
  cancelsSent,
  comeBack,
  orderId,
  orderOf,
  price,
  screenOf,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'

const intents = (world: World) => cancelsOfOrder(world.deps().store, orderId)
const stateOf = async (world: World) => (await intents(world))[0]?.state
const reasons = async (world: World) => (await orderOf(world)).reviews.map(({ reason }) => reason)
const givenBack = (world: World) =>
  world.gateway.payments().flatMap(({ cancel_history: history }) => history.map(({ amount }) => amount))
/** The shop requests a partial refund; answered after the first attempt. */
const requestRefund = (world: World, amount = 5_000, idempotencyKey = 'key-1') =>
  world.merchant.orders.cancel.mutate({ orderId, amount, reason: 'sold out', idempotencyKey })

async function paid(world: World, more: Parameters<typeof buy>[1] = {}) {
  const bought = await buy(world, more)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', async () => (await orderOf(world)).status === 'paid', 10_000)
  return bought
}

const registerWithTaxParts = (world: World) =>
  world.merchant.orders.register.mutate({ orderId, name: 'x', amount: price, taxFree: 4_000, vat: 900 })

describe('each refund is requested once (S-24)', () => {
  test.for(engines)(
    'M-23: accepted, and booked six seconds later: one request, and done when it is seen (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      await paid(world)
      world.gateway.misbehave({ cancel: 'pending', cancelLateMs: 6_000 })
      expect(await requestRefund(world)).toMatchObject({ state: 'waiting' })
      expect(await stateOf(world)).toBe('accepted')
      await world.until('done', async () => (await stateOf(world)) === 'done', 60_000, 1_000)
      await world.pass(120_000)
      expect(cancelsSent(world)).toHaveLength(1)
      expect(givenBack(world)).toEqual([5_000])
      expect(await orderOf(world)).toMatchObject({
        status: 'partially_cancelled',
        balance: price - 5_000,
        reviews: [],
      })
    },
  )

  test('M-23: booked a day later: a person sees it meanwhile, and it is done when the record shows it (M-25)', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '3600000' },
    })
    const { impUid } = await paid(world)
    world.gateway.misbehave({ cancel: 'pending', cancelLateMs: null })
    await requestRefund(world)
    await world.pass(26 * 3_600_000)
    expect(await stateOf(world)).toBe('over')
    expect(await reasons(world)).toEqual(['cancel_failed'])
    await world.gateway.bookCancel(impUid)
    await world.until('done', async () => (await stateOf(world)) === 'done', 4 * 3_600_000, 600_000)
    expect(await reasons(world)).toEqual([])
    expect(cancelsSent(world)).toHaveLength(1)
    expect(world.receiver.types()).toContain('order.review_ended')
  })

  test('M-23: denied later: no automatic retry, and a review opens within a day', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '3600000' },
    })
    await paid(world)
    world.gateway.misbehave({ cancel: 'denied', cancelLateMs: 60_000 })
    await requestRefund(world)
    await world.pass(26 * 3_600_000)
    expect(cancelsSent(world)).toHaveLength(1)
    expect(await reasons(world)).toEqual(['cancel_failed'])
    expect(await requestRefund(world)).toMatchObject({ state: 'failed' })
  })

  test('M-23: executed after its call timed out: looked up, and not sent again', async () => {
    await using world = await startWorld({ env: { CANCEL_TIMEOUT_MS: '1000' } })
    await paid(world)
    world.gateway.misbehave({ cancel: 'slow', cancelLateMs: 90_000 })
    expect(await requestRefund(world)).toMatchObject({ state: 'waiting' })
    await world.until('done', async () => (await stateOf(world)) === 'done', 900_000, 5_000)
    expect(givenBack(world)).toEqual([5_000])
    expect(cancelsSent(world)).toHaveLength(1)
  })

  test('M-23: an unanswered refund is sent again only after two lookups ten minutes apart show an unchanged record, with the balance', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ rest: 'error', restOn: 'cancel', restTimes: 1 })
    await requestRefund(world)
    await world.pass(590_000)
    expect(cancelsSent(world)).toHaveLength(1)
    await world.until('done', async () => (await stateOf(world)) === 'done', 120_000, 5_000)
    expect(cancelsSent(world)).toMatchObject([{ checksum: price }, { checksum: price }])
    expect(givenBack(world)).toEqual([5_000])
  })

  test('M-24, G-18: the record lags half a minute: done when the record shows the refund, and a new request is a second refund', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ lookups: 'lagging', lookupsLagMs: 32_000 })
    await requestRefund(world)
    await world.until('done', async () => (await stateOf(world)) === 'done', 120_000, 1_000)
    expect(givenBack(world)).toEqual([5_000])
    expect(await reasons(world)).toEqual([])
    expect(world.receiver.types()).not.toContain('order.review')
  })

  test('M-24: the gateway refunds more than requested: a review with both amounts', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ cancel: 'over', cancelReturns: 10_000 })
    await requestRefund(world, 3_000)
    await world.until('called', async () => (await reasons(world)).length > 0, 60_000, 1_000)
    const [review] = (await orderOf(world)).reviews
    expect(review).toMatchObject({
      reason: 'returned_more',
      atStake: 7_000,
      note: expect.stringMatching(/3000.*10000/),
    })
  })

  test('M-24: the gateway refunds less than requested: not done, not sent again, and a person learns both amounts', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '3600000' },
    })
    await paid(world)
    world.gateway.misbehave({ cancel: 'over', cancelReturns: 1_000 })
    expect(await requestRefund(world)).toMatchObject({ state: 'waiting' })
    await world.pass(26 * 3_600_000)
    expect(cancelsSent(world)).toHaveLength(1)
    expect(await requestRefund(world)).toMatchObject({ state: 'failed' })
    expect((await orderOf(world)).reviews).toMatchObject([
      { reason: 'cancel_failed', note: expect.stringMatching(/5000.*1000/) },
    ])
  })

  test('M-24: the gateway books the refund twice under our id: a review', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ cancel: 'doubled' })
    await requestRefund(world, 3_000)
    await world.until('called', async () => (await reasons(world)).length > 0, 60_000, 1_000)
    expect((await orderOf(world)).reviews).toMatchObject([{ reason: 'returned_more', atStake: 3_000 }])
  })

  test('M-08: while one refund is pending, no other refund of the payment is sent', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    world.gateway.misbehave({ cancel: 'pending', cancelLateMs: null })
    await requestRefund(world, 5_000, 'key-1')
    const second = requestRefund(world, 4_000, 'key-2')
    await world.pass(120_000)
    expect(await second).toMatchObject({ state: 'waiting' })
    expect(cancelsSent(world)).toHaveLength(1)
    world.gateway.behave()
    await world.gateway.bookCancel(impUid)
    await world.until('both', () => givenBack(world).length === 2, 600_000, 5_000)
    expect(cancelsSent(world)).toMatchObject([{ checksum: price }, { checksum: price - 5_000 }])
  })

  test('M-27: five refusals for insufficient settlement in 15 s: retried the next day, and done', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    await paid(world)
    world.gateway.misbehave({ cancel: 'refused', cancelForMs: 20 * 3_600_000 })
    await requestRefund(world)
    await world.pass(60_000)
    expect(cancelsSent(world)).toHaveLength(1)
    await world.pass(2 * 24 * 3_600_000)
    expect(givenBack(world)).toEqual([5_000])
    expect(await reasons(world)).toEqual([])
  })

  test('V-10: an account that its PG does not close is a note, and no review of the paid order', async () => {
    await using world = await startWorld({ env: { SWEEP_LIST_EVERY_MS: '86400000' } })
    world.gateway.misbehave({ accountClosing: 'needs_key' })
    const account = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(account.impUid))
    await paid(world)
    await world.pass(300_000)
    expect(await orderOf(world)).toMatchObject({ status: 'paid', reviews: [] })
    expect(world.receiver.types()).not.toContain('order.review')
    const { store } = world.deps()
    const told = await store.query.select().from(store.tables.timeline)
    expect(told.map(({ event }) => event)).toContain('account.not_closed')
  })

  test('V-10: no review either when the account’s payment cannot be looked up for a day', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    world.gateway.misbehave({ accountClosing: 'needs_key' })
    const account = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(account.impUid))
    await paid(world)
    world.gateway.misbehave({ rest: 'error', restOn: 'lookup' })
    await world.pass(30 * 3_600_000)
    const [closing] = await intents(world)
    expect(closing).toMatchObject({ cause: 'account', state: 'over' })
    expect(await reasons(world)).toEqual([])
  })

  test.for(['kcp', 'kcp_quick', 'kicc', 'nice', 'payco'])(
    'M-28: tax-free goods on %s: the parts are sent, in proportion where we decide',
    async (pg) => {
      await using world = await startWorld()
      await registerWithTaxParts(world)
      await paid(world, { pg, name: 'x', taxFree: 4_000 })
      await requestRefund(world, 7_000)
      await requestRefund(world, 2_000, 'key-2')
      await world.until('both', () => givenBack(world).length === 2, 60_000, 1_000)
      expect(cancelsSent(world)).toMatchObject([
        { amount: 7_000, tax_free: 2_000, vat_amount: 450 },
        { amount: 2_000, tax_free: 571, vat_amount: 128 },
      ])
      // A payment that is not the order's is refunded automatically, and its PG needs the tax parts too.
      world.gateway.resendWebhook(
        world.gateway.addRow({
          merchantUid: orderId,
          amount: price,
          pg,
          startedAt: Math.floor(world.clock.nowMs() / 1_000),
        }).imp_uid,
      )
      await world.until('the surplus', () => givenBack(world).length === 3, 60_000, 1_000)
      expect(cancelsSent(world).at(-1)).toMatchObject({ amount: price, tax_free: 4_000, vat_amount: 900 })
    },
  )

  test('M-28: where the console has given a part back meanwhile, the parts of the rest are sent', async () => {
    await using world = await startWorld({ env: { SWEEP_LIST_EVERY_MS: '86400000' } })
    await registerWithTaxParts(world)
    const { impUid } = await paid(world, { pg: 'kcp', name: 'x', taxFree: 4_000 })
    world.gateway.misbehave({ cancel: 'refused', cancelRefusal: '정산 대금이 부족합니다' })
    await world.merchant.orders.cancel.mutate({ orderId, reason: 'sold out', idempotencyKey: 'all' })
    world.gateway.behave()
    await world.gateway.cancelInConsole(impUid, 7_000)
    await world.until('the rest', () => givenBack(world).length === 2, 4 * 3_600_000, 60_000)
    expect(cancelsSent(world)).toMatchObject([
      { amount: price, tax_free: 4_000, vat_amount: 900 },
      { amount: 7_000, tax_free: 2_000, vat_amount: 450 },
    ])
  })

  test('S-22: a surplus that cannot be refunded is shown as held by the shop, without a promise', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    const first = await paid(world)
    world.gateway.misbehave({ cancel: 'refused', cancelRefusal: '취소 불가능한 거래입니다' })
    const opened = world.gateway.addRow({
      merchantUid: orderId,
      amount: price,
      startedAt: Math.floor(world.clock.nowMs() / 1_000),
    })
    world.gateway.resendWebhook(opened.imp_uid)
    await world.until('called', async () => (await reasons(world)).length > 0, 2_000_000, 100_000)
    expect(await reasons(world)).toEqual(['cancel_failed'])
    expect(await screenOf(world, first.token)).toMatchObject({ kind: 'paid', goesBack: 0, withShop: price })
  })

  test('M-32: after a forged payment is returned the order number is used up: the screen says order again, never *pay again*', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buyForged(world, 100)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 60_000)
    expect(await screenOf(world, token)).toMatchObject({
      kind: 'cancelled',
      because: 'rejected',
      tryAgain: false,
      orderAnew: true,
      tryAgainUrl: null,
    })
    const again = world.gateway.open({ merchantUid: orderId, amount: price })
    expect(again).toMatchObject({ ok: false, errorCode: 'F1002' })
  })
})
