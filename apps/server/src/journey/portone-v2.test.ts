import { claimFromList, fail } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { httpWithin } from '../../testing/network.ts'
import {
  buy,
  buyV2,
  comeBack,
  expectPaidOnce,
  go,
  isPaid,
  orderId,
  orderOf,
  price,
  register,
  screenOf,
} from '../../testing/shopper.ts'
import { v2Request } from '../../testing/windows.ts'
import { startWorld, type World } from '../../testing/world.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { mapGateways, openGateways } from '../gateway/gateways.ts'
import { readPayment } from '../store/payments.ts'
import { startJourney } from './journey.ts'

const quiet = { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' }
const hourMs = 3_600_000

/** What was asked of V1's side of the gateway about this shop's orders and payments. */
const askedV1 = (world: World): string[] =>
  world.sent
    .map(({ path }) => path)
    .filter((path) => /^\/payments\/(?:findAll\/|imp_|cancel|prepare)/.test(path))

/** What the gateway's books say was returned of a payment. */
const returned = (world: World, paymentId: string): number =>
  world.gateway.payments().find(({ imp_uid: id }) => id === paymentId)?.cancel_amount ?? 0

const refund = (world: World, amount: number | undefined, key: string) =>
  world.merchant.orders.cancel.mutate({
    orderId,
    reason: '고객 변심',
    idempotencyKey: key,
    ...(amount === undefined ? {} : { amount }),
  })

describe.each(['v2', 'both'] as const)('a shop that has %s is paid by V2', (gateways) => {
  test('R-02, W-04: by the return, with the webhook or without, once', async () => {
    for (const webhook of ['normal', 'never'] as const) {
      await using world = await startWorld({ gateways })
      world.gateway.misbehave({ webhook })
      const bought = await buyV2(world)
      expect((await comeBack(await world.gateway.approve(bought.paymentId))).status).toBe(303)
      await world.until('paid', () => isPaid(world), 5_000)
      expect(await screenOf(world, bought.token)).toMatchObject({ kind: 'paid' })
      await expectPaidOnce(world, bought.paymentId)
      expect(askedV1(world)).toEqual([])
    }
  })

  test('R-09, W-07, L-01: by neither return nor webhook: the timer or the list finds it', async () => {
    await using world = await startWorld({ gateways })
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buyV2(world)
    await world.gateway.approve(bought.paymentId)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    await expectPaidOnce(world, bought.paymentId)
  })

  test('R-01, R-05: a return that claims success of an unpaid window pays nothing', async () => {
    await using world = await startWorld({ gateways })
    const { paymentId, returnUrl, token } = await buyV2(world)
    await go(`${returnUrl}?paymentId=${orderId}&transactionType=PAYMENT&txId=${paymentId}`)
    await world.pass(2_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', balance: 0 })
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking' })
  })

  test('R-25, G-17: a refused try, then another under the same number', async () => {
    await using world = await startWorld({ gateways })
    const first = await buyV2(world)
    await comeBack(await world.gateway.refuse(first.paymentId, 'limit'))
    await world.until('failed', async () => (await screenOf(world, first.token)).kind === 'failed', 30_000)
    const second = await buyV2(world)
    await comeBack(await world.gateway.approve(second.paymentId))
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, second.paymentId)
  })

  test('V-01, V-02: into a virtual account', async () => {
    await using world = await startWorld({ gateways })
    const bought = await buyV2(world, { payMethod: 'VIRTUAL_ACCOUNT' })
    await comeBack(await world.gateway.issueAccount(bought.paymentId))
    await world.until('issued', async () => (await orderOf(world)).status === 'awaiting_deposit', 5_000)
    expect(await screenOf(world, bought.token)).toMatchObject({ kind: 'awaiting_deposit' })
    await world.gateway.deposit(bought.paymentId)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, bought.paymentId)
  })

  test('M-08, M-09: a part goes back, and then the rest, each once', async () => {
    await using world = await startWorld({ gateways })
    const { paymentId } = await buyV2(world)
    await comeBack(await world.gateway.approve(paymentId))
    await world.until('paid', () => isPaid(world), 5_000)
    await Promise.all([refund(world, 4_000, 'a'), refund(world, 4_000, 'a')])
    await world.until('a part', async () => (await orderOf(world)).balance === 10_000, 60_000)
    await refund(world, undefined, 'b')
    await world.until('all', async () => (await orderOf(world)).status === 'cancelled', 60_000)
    expect(returned(world, paymentId)).toBe(price)
    expect(world.gateway.cancels(paymentId)).toHaveLength(2)
    expect(askedV1(world)).toEqual([])
  })

  test('M-06, S-08: a cancel whose answer is lost is executed once', async () => {
    await using world = await startWorld({ gateways })
    const { paymentId } = await buyV2(world)
    await comeBack(await world.gateway.approve(paymentId))
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ rest: 'cancel_answer_lost', restTimes: 1 })
    await refund(world, 4_000, 'a')
    await world.until('a part', async () => (await orderOf(world)).balance === 10_000, hourMs, 5_000)
    expect(returned(world, paymentId)).toBe(4_000)
  })

  test('M-10: a cancel made in the gateway’s console is learned', async () => {
    await using world = await startWorld({ gateways })
    const { paymentId } = await buyV2(world)
    await comeBack(await world.gateway.approve(paymentId))
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.cancelInConsole(paymentId, 4_000)
    await world.until('learned', async () => (await orderOf(world)).balance === 10_000, 120_000, 1_000)
  })

  test('M-01, M-22: another amount than the order’s is neither kept nor sent back: a person', async () => {
    await using world = await startWorld({ gateways })
    world.gateway.misbehave({ rest: 'error', restOn: 'prepare', restTimes: 1 })
    const { paymentId } = await buyV2(world, { totalAmount: 100 })
    await comeBack(await world.gateway.approve(paymentId))
    await world.until('called', async () => (await orderOf(world)).review !== null, 10_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', review: { reason: 'amount_conflict' } })
    expect(returned(world, paymentId)).toBe(0)
  })

  test('W-06, M-17: money of a number that nobody registered waits for a person, and goes back by V2', async () => {
    await using world = await startWorld({ gateways, env: { ORPHAN_AFTER_MS: '60000' } })
    const opened = world.gateway.openV2(v2Request({ orderId: 'ord-nobody', amount: 5_000 }))
    if (!opened.ok) throw new Error(opened.message)
    await world.gateway.approve(opened.txId)
    const { store } = world.deps()
    const held = async () => (await readPayment(store, opened.txId))?.payment ?? null
    await world.until('held', async () => (await held()) !== null, 300_000, 1_000)
    expect(await held()).toMatchObject({ standing: 'orphan', gateway: 'portone-v2' })
    await world.merchant.orders.cancel.mutate({
      orderId: 'ord-nobody',
      paymentId: opened.txId,
      reason: 'nobody’s',
      idempotencyKey: 'o',
    })
    await world.until('back', () => returned(world, opened.txId) === 5_000, 120_000, 1_000)
  })
})

describe('a shop that has both', () => {
  test('an order without a gateway is V1’s, and one that names it keeps it', async () => {
    await using world = await startWorld({ gateways: 'both' })
    await register(world)
    const again = { orderId, name: 'x', amount: price }
    await expect(
      world.merchant.orders.register.mutate({ ...again, gateway: 'portone-v2' }),
    ).rejects.toMatchObject({ data: { kind: 'order_conflict' } })
    await world.merchant.orders.register.mutate({ ...again, gateway: 'portone-v1' })
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
  })

  test('an order’s story tells its gateway', async () => {
    await using world = await startWorld({ gateways: 'both' })
    await buyV2(world)
    await register(world, { orderId: 'ord-1002' })
    const told = await Promise.all(
      [orderId, 'ord-1002'].map((id) => world.merchant.orders.story.query({ orderId: id })),
    )
    expect(told.map(({ gateway }) => gateway)).toEqual(['portone-v2', 'portone-v1'])
  })

  test('a gateway that is not configured is refused by name', async () => {
    await using world = await startWorld({ gateways: 'v2' })
    const order = { orderId, name: 'x', amount: price, gateway: 'portone-v1' as const }
    await expect(world.merchant.orders.register.mutate(order)).rejects.toMatchObject({
      message: expect.stringContaining('gateway: portone-v1 is not configured'),
    })
  })

  test('G-16: one payment that both show is one record, without a contradiction, whatever is done to it', async () => {
    await using world = await startWorld({ gateways: 'both' })
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    await world.gateway.cancelInConsole(bought.impUid, 4_000)
    // Both lists are read several times.
    await world.pass(200_000)
    const order = await orderOf(world)
    expect(order).toMatchObject({ status: 'partially_cancelled', balance: 10_000, reviews: [] })
    expect(order.payments).toHaveLength(1)
    expect((await readPayment(world.deps().store, bought.impUid))?.payment.gateway).toBe('portone-v1')
  })

  test('money that came through the other protocol’s window is found and kept, although V1 does not show V2’s payments', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    world.gateway.misbehave({ webhook: 'never' })
    await register(world)
    const opened = world.gateway.openV2(v2Request({ orderId, amount: price }))
    if (!opened.ok) throw new Error(opened.message)
    await world.gateway.approve(opened.txId)
    await world.journey().stop()
    const { config, log } = world.deps()
    const means = { http: httpWithin(world.clock), nowMs: world.clock.monotonicMs, log }
    const gateways = mapGateways(openGateways(config, means), (gateway, name) =>
      name === 'portone-v2'
        ? gateway
        : { ...gateway, lookup: async (ref) => seesV1Alone(await gateway.lookup(ref), opened.txId) },
    )
    const journey = await startJourney({ ...world.deps(), gateways })
    const claim = claimFromList({
      gateway: 'portone-v2',
      paymentId: opened.txId,
      orderId,
      status: 'paid',
      cancelledAmount: 0,
      deposited: 0,
    })
    if (!claim.ok) throw new Error('no claim')
    await journey.acceptClaim(claim.value)
    await world.until('paid', () => isPaid(world), 30_000)
    await journey.stop()
  })
})

/** The answer without this payment. */
const seesV1Alone = (looked: Awaited<ReturnType<Gateway['lookup']>>, paymentId: string): typeof looked => {
  if (!looked.ok || !looked.value.some((each) => each.paymentId === paymentId)) return looked
  return fail({ kind: 'unknown_payment', asked: paymentId })
}

/** The next start of the same shop, with V2 alone. */
async function movedToV2(world: World) {
  await world.journey().stop()
  const { config } = world.deps()
  const moved = { ...config, gateways: { ...config.gateways, 'portone-v1': null } }
  const means = { http: httpWithin(world.clock), nowMs: world.clock.monotonicMs, log: world.deps().log }
  return startJourney({ ...world.deps(), config: moved, gateways: openGateways(moved, means) })
}

describe('a shop that moves from V1 to V2', () => {
  test('G-16: keeps its orders: what is paid stays, what is open is found, and money goes back', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    world.gateway.misbehave({ webhook: 'never' })
    const before = await buy(world, { orderId: 'ord-paid' })
    await comeBack(await world.gateway.approve(before.impUid))
    await world.until('paid', () => isPaid(world, 'ord-paid'), 5_000)
    const open = await buy(world)
    await world.gateway.approve(open.impUid)
    const journey = await movedToV2(world)
    const trigger = { claim: null, atMs: world.clock.nowMs(), adoptOrphans: false }
    for (const id of ['ord-paid', orderId])
      expect(await journey.reconcile({ by: 'order', orderId: id }, trigger)).toMatchObject({ ok: true })
    expect(await orderOf(world, 'ord-paid')).toMatchObject({ status: 'paid', reviews: [] })
    expect(await orderOf(world)).toMatchObject({ status: 'paid', reviews: [] })
    await refund(world, undefined, 'a')
    journey.signalWork('cancels')
    await world.until('back', () => returned(world, open.impUid) === price, 60_000)
    await journey.stop()
  })

  test('S-20: and back to V1 alone concludes nothing about V2’s orders', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buyV2(world)
    await world.gateway.approve(bought.paymentId)
    await world.journey().stop()
    const { config } = world.deps()
    const back = { ...config, gateways: { ...config.gateways, 'portone-v2': null } }
    const means = { http: httpWithin(world.clock), nowMs: world.clock.monotonicMs, log: world.deps().log }
    const journey = await startJourney({ ...world.deps(), config: back, gateways: openGateways(back, means) })
    await world.clock.advance(48 * hourMs)
    const trigger = { claim: null, atMs: world.clock.nowMs(), adoptOrphans: false }
    expect(await journey.reconcile({ by: 'order', orderId }, trigger)).toMatchObject({
      ok: false,
      problem: { kind: 'gateway_unreachable' },
    })
    expect(await orderOf(world)).toMatchObject({ status: 'open' })
    await journey.stop()
  })
})
