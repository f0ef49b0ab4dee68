import { describe, expect, test } from 'vitest'
import { buy, cancelsSent, comeBack, isPaid, orderId, orderOf, tell } from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { canary } from '../../../testing/written.ts'
import { cancelsOfOrder } from '../../store/cancels.ts'

type Wish = Omit<Parameters<World['merchant']['orders']['cancel']['mutate']>[0], 'orderId'>
const why = { reason: 'the customer changed their mind', idempotencyKey: 'key-1' }
const refundAccount = {
  bank: '004',
  account: canary('refund account'),
  holder: canary('refund account’s holder'),
}

async function paid(world: World, pg?: string) {
  const bought = await buy(world, pg === undefined ? {} : { payMethod: 'vbank', pg })
  if (pg === undefined) await comeBack(await world.gateway.approve(bought.impUid))
  else {
    await comeBack(await world.gateway.issueAccount(bought.impUid))
    await world.gateway.deposit(bought.impUid)
  }
  await world.until('paid', () => isPaid(world), 5_000)
  return bought
}

const requestRefund = (world: World, wish: Partial<Wish> = {}) =>
  world.merchant.orders.cancel.mutate({ orderId, ...why, ...wish })
/** Advances time while the gateway does not answer: only a timeout ends the caller's wait. */
async function askAndWait(world: World, wish: Partial<Wish> = {}) {
  let answered = false
  const asked = requestRefund(world, wish).finally(() => (answered = true))
  await world.until('answered', () => answered, 10_000)
  return asked
}
/** The problem of a refused call. */
const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'taken',
    (error: unknown) => error,
  )
const intents = (world: World) => cancelsOfOrder(world.deps().store, orderId)
const settled = (world: World, state = 'done') =>
  world.until(state, async () => (await intents(world)).every((each) => each.state === state), 900_000, 1_000)
const givenBack = (world: World) =>
  world.gateway.payments().flatMap(({ cancel_history: history }) => history.map(({ amount }) => amount))
const told = (world: World, count: number) =>
  world.until('told', () => world.receiver.received.length === count, 10_000)

describe('the shop requests a refund', () => {
  test('without an amount the rest is refunded: done when it is answered, notified once', async () => {
    await using world = await startWorld()
    await paid(world)
    expect(await requestRefund(world)).toMatchObject({ orderId, amount: 14_000, state: 'done' })
    expect(await orderOf(world)).toMatchObject({ status: 'cancelled', balance: 0, review: null })
    expect(cancelsSent(world)).toMatchObject([{ amount: 14_000, checksum: 14_000 }])
    await told(world, 2)
    expect(world.receiver.types()).toEqual(['payment.paid', 'payment.cancelled'])
  })

  test('M-11: a part, and then the rest: the balance and each notice say what is left', async () => {
    await using world = await startWorld()
    await paid(world)
    expect(await requestRefund(world, { amount: 4_000 })).toMatchObject({ amount: 4_000, state: 'done' })
    expect(await orderOf(world)).toMatchObject({ status: 'partially_cancelled', balance: 10_000 })
    expect(await requestRefund(world, { idempotencyKey: 'key-2' })).toMatchObject({ amount: 10_000 })
    await told(world, 3)
    expect(
      world.receiver.received.map(({ body }) => [body.type, body.data.order.status, body.data.order.balance]),
    ).toEqual([
      ['payment.paid', 'paid', 14_000],
      ['payment.partially_cancelled', 'partially_cancelled', 10_000],
      ['payment.cancelled', 'cancelled', 0],
    ])
    expect(cancelsSent(world).map(({ checksum }) => checksum)).toEqual([14_000, 10_000])
  })

  test.for(engines)(
    'M-08: two at once are served one after the other, and both are executed (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      await paid(world)
      const both = await Promise.all([
        askAndWait(world, { amount: 9_000 }),
        requestRefund(world, { amount: 5_000, idempotencyKey: 'key-2' }),
      ])
      expect(both.map(({ amount }) => amount)).toEqual([9_000, 5_000])
      await settled(world)
      expect(givenBack(world).toSorted((a, b) => a - b)).toEqual([5_000, 9_000])
      expect(world.atOnce('/payments/cancel')).toBe(1)
      expect(await orderOf(world)).toMatchObject({ status: 'cancelled', balance: 0 })
    },
  )

  test('M-08: two concurrent requests above the paid amount: one is refused, and no more than the payment is refunded', async () => {
    await using world = await startWorld()
    await paid(world)
    const both = await Promise.allSettled([
      requestRefund(world, { amount: 9_000 }),
      requestRefund(world, { amount: 9_000, idempotencyKey: 'key-2' }),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await settled(world)
    expect(givenBack(world)).toEqual([9_000])
  })

  test('M-08: an executed refund is not counted twice before its row is marked as done', async () => {
    await using world = await startWorld()
    await paid(world)
    await requestRefund(world, { amount: 7_000 })
    const { store } = world.deps()
    const notMarkedYet = { state: 'requested', leaseUntilMs: Number.MAX_SAFE_INTEGER }
    await store.query.update(store.tables.cancels).set(notMarkedYet)
    expect(await askAndWait(world, { amount: 7_000, idempotencyKey: 'key-2' })).toMatchObject({
      amount: 7_000,
    })
  })

  test('M-09: the same key again, also at the same time: the same answer and one cancel', async () => {
    await using world = await startWorld()
    await paid(world)
    const all = await Promise.all([1, 2, 3, 4].map(() => requestRefund(world, { amount: 4_000 })))
    all.push(await requestRefund(world, { amount: 4_000 }))
    expect(new Set(all.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(all[0]).toMatchObject({ amount: 4_000, state: 'done' })
    expect(givenBack(world)).toEqual([4_000])
  })

  test('M-09: a request whose answer was lost, repeated, also after a restart, is the same cancel', async () => {
    await using world = await startWorld()
    await paid(world)
    const first = await requestRefund(world, { amount: 4_000 })
    expect(await requestRefund(world, { amount: 4_000 })).toEqual(first)
    await world.restart()
    expect(await requestRefund(world, { amount: 4_000 })).toEqual(first)
    expect(givenBack(world)).toEqual([4_000])
  })

  test.for([{ amount: 4_001 }, { amount: undefined }, { reason: 'another' }, { refundAccount }])(
    'M-09: the same key with another request is a conflict and changes nothing (%o)',
    async (other) => {
      await using world = await startWorld()
      await paid(world)
      await requestRefund(world, { amount: 4_000 })
      expect(await refusal(requestRefund(world, { amount: 4_000, ...other }))).toMatchObject({
        data: { code: 'CONFLICT', kind: 'idempotency_conflict' },
      })
      expect(givenBack(world)).toEqual([4_000])
    },
  )

  test.for([
    [0, 'bad_input'],
    [-1, 'bad_input'],
    [0.5, 'bad_input'],
    [14_001, 'cancel_too_large'],
  ] as const)('M-07: %d is refused as %s, and never sent', async ([amount, kind]) => {
    await using world = await startWorld()
    await paid(world)
    expect(await refusal(requestRefund(world, { amount }))).toMatchObject({ data: { kind } })
    expect(cancelsSent(world)).toEqual([])
    expect(await intents(world)).toEqual([])
  })

  test('M-27: refused: answered as waiting, and within a day before a person; what is asked again is asked with hours between', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    await paid(world)
    world.gateway.misbehave({ rest: 'cancel_refused' })
    expect(await requestRefund(world)).toMatchObject({ state: 'waiting' })
    await world.pass(24 * 3_600_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'paid',
      balance: 14_000,
      review: { reason: 'cancel_failed' },
    })
    expect(await requestRefund(world)).toMatchObject({ state: 'failed' })
    expect(cancelsSent(world)).toHaveLength(5)
    expect(givenBack(world)).toEqual([])
  })
})

describe('cancels by others, and lost answers', () => {
  test('M-10: our own cancel, repeated by a webhook, is not booked or notified twice', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    await requestRefund(world, { amount: 4_000 })
    const { cancel_history: history } = world.gateway.payments()[0] ?? { cancel_history: [] }
    for (const id of [history[0]?.cancellation_id, undefined]) {
      const body = { imp_uid: impUid, merchant_uid: orderId, status: 'cancelled', cancellation_id: id }
      expect((await tell(world, JSON.stringify(body))).status).toBe(200)
    }
    await world.pass(10_000)
    expect(await orderOf(world)).toMatchObject({ status: 'partially_cancelled', balance: 10_000 })
    expect(world.receiver.types()).toEqual(['payment.paid', 'payment.partially_cancelled'])
  })

  test('M-06, S-08: the answer to a part is lost: looked up first, executed exactly once', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ rest: 'cancel_answer_lost' })
    expect(await requestRefund(world, { amount: 4_000 })).toMatchObject({ state: 'done' })
    await world.pass(60_000)
    expect(givenBack(world)).toEqual([4_000])
    expect(cancelsSent(world)).toHaveLength(1)
  })

  test('M-06, C-03: killed between the gateway’s part and our record of it: executed exactly once', async () => {
    await using world = await startWorld()
    await paid(world)
    world.gateway.misbehave({ rest: 'slow', restMs: 300, restOn: 'cancel' })
    const lost = requestRefund(world, { amount: 4_000 }).catch(() => 'lost')
    await world.until('asked', () => cancelsSent(world).length === 1, 20_000)
    await world.crash()
    world.gateway.behave()
    await settled(world)
    expect(givenBack(world)).toEqual([4_000])
    expect(await requestRefund(world, { amount: 4_000 })).toMatchObject({ state: 'done' })
    expect(givenBack(world)).toEqual([4_000])
    await world.pass(5_000)
    await lost
  })

  test('S-08, M-10: the same sum is cancelled in the console meanwhile, and ours was never sent: ours follows', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    expect(await askAndWait(world, { amount: 4_000 })).toMatchObject({ state: 'waiting' })
    await world.gateway.cancelInConsole(impUid, 4_000)
    world.gateway.behave()
    await settled(world)
    expect(givenBack(world)).toEqual([4_000, 4_000])
    expect(await orderOf(world)).toMatchObject({ balance: 6_000 })
  })

  test('S-08, M-06: the same sum is cancelled in the console after a call of ours without an answer: a person, not a second time', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    world.gateway.misbehave({ rest: 'error', restOn: 'cancel' })
    expect(await requestRefund(world, { amount: 4_000 })).toMatchObject({ state: 'waiting' })
    await world.gateway.cancelInConsole(impUid, 4_000)
    world.gateway.behave()
    await settled(world, 'over')
    expect(givenBack(world)).toEqual([4_000])
    expect(await orderOf(world)).toMatchObject({ balance: 10_000, review: { reason: 'cancel_failed' } })
  })

  test('S-08: less is left than was asked, because the console gave some back: a person; *all that is left* is what is left', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await askAndWait(world, { amount: 10_000 })
    await world.gateway.cancelInConsole(impUid, 6_000)
    world.gateway.behave()
    await settled(world, 'over')
    expect(givenBack(world)).toEqual([6_000])
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await askAndWait(world, { idempotencyKey: 'key-2' })
    await world.gateway.cancelInConsole(impUid, 1_000)
    world.gateway.behave()
    await world.until('all is back', async () => (await orderOf(world)).balance === 0, 120_000, 1_000)
    expect(givenBack(world)).toEqual([6_000, 1_000, 7_000])
  })

  test('M-10: a cancel in the console without a webhook is found in the list, and notified once', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.cancelInConsole(impUid, 4_000)
    await told(world, 1)
    await world.until('told', () => world.receiver.received.length === 2, 60_000, 1_000)
    await world.pass(120_000)
    expect(world.receiver.types()).toEqual(['payment.paid', 'payment.partially_cancelled'])
  })
})

describe('a deposited account', () => {
  test('M-13: without a refund account the request is refused', async () => {
    await using world = await startWorld()
    await paid(world, 'html5_inicis')
    expect(await refusal(requestRefund(world))).toMatchObject({
      data: { kind: 'refund_account_needed' },
    })
    expect(cancelsSent(world)).toEqual([])
  })

  test.for([
    ['html5_inicis', '04'],
    ['kcp', 'BK04'],
    ['daou', '04'],
    ['settle', '004'],
  ])('M-13: with one, its bank is named as the PG does: %s %s', async ([pg = '', bank]) => {
    await using world = await startWorld()
    await paid(world, pg)
    expect(await requestRefund(world, { refundAccount })).toMatchObject({ state: 'done' })
    expect(cancelsSent(world)).toMatchObject([
      { refund_bank: bank, refund_account: refundAccount.account, refund_holder: refundAccount.holder },
    ])
  })

  test('P-04: after the refund the account is deleted, and no log contains it', async () => {
    await using world = await startWorld()
    await paid(world, 'kcp')
    await requestRefund(world, { refundAccount })
    const { store } = world.deps()
    for (const table of Object.values(store.tables))
      expect(JSON.stringify(await store.query.select().from(table))).not.toMatch(/110-704|홍카나리/)
    expect(world.logs.join('')).not.toMatch(/110-704|홍카나리/)
    expect(await requestRefund(world, { refundAccount })).toMatchObject({ state: 'done' })
  })
})
