import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import { buy, comeBack, isPaid, name, orderId, orderOf, price, register } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

type Wish = Parameters<World['merchant']['orders']['list']['query']>[0]

const idsOf = async (world: World, wish: Wish): Promise<string[]> =>
  (await world.merchant.orders.list.query(wish)).orders.map((order) => order.orderId)

/** All pages of a list, and their number. */
async function paged(world: World, wish: Wish): Promise<string[]> {
  const found: string[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < 50; pages += 1) {
    const page: Awaited<ReturnType<World['merchant']['orders']['list']['query']>> =
      await world.merchant.orders.list.query({ ...wish, cursor })
    found.push(...page.orders.map((order) => order.orderId))
    cursor = page.nextCursor
    if (cursor === null) return found
  }
  throw new Error('the list has no end')
}

/** Pays by card and waits for the notice. */
async function paid(world: World, id = orderId): Promise<string> {
  const { impUid } = await buy(world, { orderId: id })
  await comeBack(await world.gateway.approve(impUid))
  await world.until('paid', () => isPaid(world, id))
  return impUid
}

/** Pays in two windows at once: the second payment is a surplus. */
async function paidTwice(world: World): Promise<string> {
  const { impUid } = await buy(world)
  const other = world.gateway.open({
    merchantUid: orderId,
    amount: price,
    name,
    mRedirectUrl: 'https://x.example',
  })
  if (!other.ok) throw new Error(other.errorMsg)
  await comeBack(await world.gateway.approve(impUid))
  await world.until('paid', () => isPaid(world))
  await world.gateway.approve(other.impUid)
  await world.merchant.orders.reconcile.mutate({ orderId })
  return other.impUid
}

describe.for(engines)('orders.list, on %s', (engine) => {
  test('by text: exact order, payment and reference ids come before prefixes', async () => {
    await using world = await startWorld({ engine })
    const impUid = await paid(world, 'ord-9')
    const { orders } = world.merchant
    for (const id of ['ord-1', 'ord-10', 'ord-11', 'ORD-12', 'other'])
      await orders.register.mutate({ orderId: id, name: `${id} ${name}`, amount: price })
    await orders.register.mutate({
      orderId: 'named',
      name: '한라봉 세트',
      amount: price,
      reference: ['ord-1'],
    })
    expect(await idsOf(world, { text: impUid })).toEqual(['ord-9'])
    expect(await idsOf(world, { text: '한라봉' })).toEqual(['named'])
    expect(await idsOf(world, { text: 'onlymissing' })).toEqual([])
    const all = ['ord-1', 'named', 'ord-10', 'ord-11', 'ORD-12']
    const inTime = (await idsOf(world, { text: 'ord-1' })).toSorted()
    expect(inTime).toEqual(all.toSorted())
    expect(new Set(await idsOf(world, { text: 'ord-1', limit: 2 }))).toEqual(new Set(['ord-1', 'named']))
    for (const limit of [1, 2, 3, 100])
      expect((await paged(world, { text: 'ord-1', limit })).toSorted()).toEqual(all.toSorted())
  })

  test('by time and status; a cursor from another query is refused', async () => {
    await using world = await startWorld({ engine })
    await paid(world, 'ord-1')
    await world.pass(1_000)
    const from = world.clock.nowMs()
    await register(world, { orderId: 'ord-2' })
    await world.pass(1_000)
    const to = world.clock.nowMs()
    await register(world, { orderId: 'ord-3' })
    expect(await idsOf(world, { from, to })).toEqual(['ord-2'])
    expect(await idsOf(world, { from })).toEqual(['ord-2', 'ord-3'])
    expect(await idsOf(world, { status: 'open', to })).toEqual(['ord-2'])
    for (const cursor of ['ord-1', '1~', '~x', '*x', '99999999999999999~x'])
      await expect(world.merchant.orders.list.query({ cursor })).rejects.toMatchObject({
        message: expect.stringContaining('cursor'),
        data: { kind: 'bad_input' },
      })
  })

  test('one call lists what support must handle today, with sums', async () => {
    await using world = await startWorld({ engine, env: { ON_SURPLUS: 'review' } })
    await paidTwice(world)
    await register(world, { orderId: 'ord-2' })
    const today = await world.merchant.orders.list.query({ review: true })
    expect(today.orders).toMatchObject([{ orderId, reviews: [{ reason: 'surplus', atStake: price }] }])
    expect(today.totals).toEqual([{ reason: 'surplus', currency: 'KRW', count: 1, atStake: price }])
    expect(await idsOf(world, { reviewReason: 'surplus' })).toEqual([orderId])
    expect(await idsOf(world, { reviewReason: 'late' })).toEqual([])
    expect((await world.merchant.orders.list.query({})).totals).toBeNull()
  })
})

describe.for(engines)('orders.get, on %s', (engine) => {
  test('a payment shows its times, card, approval number and receipt', async () => {
    await using world = await startWorld({ engine })
    const impUid = await paid(world)
    const row = world.gateway.payments().find(({ imp_uid }) => imp_uid === impUid)
    const [payment] = (await orderOf(world)).payments
    expect(payment).toMatchObject({
      paymentId: impUid,
      paidAt: (row?.paid_at ?? 0) * 1_000,
      cancelledAt: null,
      card: { number: row?.card_number, issuer: row?.card_name },
      approval: row?.apply_num,
      receiptUrl: row?.receipt_url,
      account: null,
    })
    expect(row?.apply_num?.length).toBeGreaterThan(3)
    await world.until('told', () => world.receiver.received.length === 1)
    const { order, payment: told } = world.receiver.received[0]?.body.data ?? {}
    const { returnUrl, payments, cancels, notices, ...rest } = await orderOf(world)
    expect([order, told]).toEqual([rest, payments[0]])
    expect(JSON.stringify(world.receiver.received)).not.toContain(returnUrl)
    expect([cancels, notices.length]).toEqual([[], 1])
  })

  test('one call lists this week’s automatic refunds by cause', async () => {
    await using world = await startWorld({ engine })
    const from = world.clock.nowMs()
    const surplus = await paidTwice(world)
    const isBack = async (): Promise<boolean> => (await orderOf(world)).cancels[0]?.state === 'done'
    await world.until('back', isBack, 60_000, 1_000)
    const reason = { reason: 'asked', idempotencyKey: 'k-1', amount: 1_000 }
    await world.merchant.orders.cancel.mutate({ orderId, ...reason })
    await world.until(
      'asked back',
      async () => (await orderOf(world)).cancels[1]?.state === 'done',
      60_000,
      1_000,
    )
    const to = world.clock.nowMs() + 1
    const { refunds, totals, nextCursor } = await world.merchant.orders.refunds.query({ from, to })
    expect(refunds).toMatchObject([
      { orderId, paymentId: surplus, amount: price, currency: 'KRW', cause: 'surplus', state: 'done' },
      { orderId, amount: 1_000, cause: 'shop', state: 'done' },
    ])
    expect(totals).toEqual([
      { cause: 'shop', state: 'done', currency: 'KRW', count: 1, amount: 1_000 },
      { cause: 'surplus', state: 'done', currency: 'KRW', count: 1, amount: price },
    ])
    expect(nextCursor).toBeNull()
    const first = await world.merchant.orders.refunds.query({ from, to, limit: 1 })
    const second = await world.merchant.orders.refunds.query({ from, to, limit: 1, cursor: first.nextCursor })
    expect([...first.refunds, ...second.refunds]).toEqual(refunds)
    expect([second.totals, second.nextCursor]).toEqual([null, null])
    const only = await world.merchant.orders.refunds.query({ from, to, cause: 'surplus' })
    expect([only.refunds.length, only.totals?.length]).toEqual([1, 1])
    await expect(world.merchant.orders.refunds.query({ from: 2, to: 2 })).rejects.toMatchObject({
      data: { kind: 'bad_input' },
    })
  })
})

describe.for(engines)('notices.list, on %s', (engine) => {
  test('lists each attempt with its answer, by order, state, type and time', async () => {
    await using world = await startWorld({ engine })
    world.receiver.answerWith(503)
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length === 1, 60_000, 1_000)
    await paid(world, 'ord-2')
    await world.until('told too', () => world.receiver.received.length === 2, 60_000)
    const { notices } = world.merchant
    const isTold = async () => (await notices.list.query({ state: 'delivered' })).notices.length === 2
    await world.until('both are delivered', isTold)
    const { notices: of } = await notices.list.query({ orderId })
    expect(of).toMatchObject([
      { orderId, type: 'payment.paid', state: 'delivered', attempts: 2, lastAnswer: '204', dueAt: null },
    ])
    expect(of[0]?.answers.map(({ answer }) => answer)).toEqual(['503', '204'])
    const count = async (wish: object) => (await notices.list.query(wish)).notices.length
    expect([await count({ type: 'payment.failed' }), await count({ type: 'payment.paid' })]).toEqual([0, 2])
    expect(await count({ state: 'parked' })).toBe(0)
    const first = await notices.list.query({ limit: 1 })
    const second = await notices.list.query({ limit: 1, cursor: first.nextCursor })
    expect([...first.notices, ...second.notices].map((each) => each.orderId)).toEqual([orderId, 'ord-2'])
    expect(second.nextCursor).toBeNull()
  })

  test('N-10: resending tries a recovered receiver at once, for the parked notice and the waiting ones', async () => {
    await using world = await startWorld({ engine })
    world.receiver.answerWith(410)
    await paid(world, 'ord-1')
    await world.until('refused', () => world.receiver.attempts.length === 1)
    await paid(world, 'ord-2')
    await world.pass(20_000)
    expect(world.receiver.attempts).toHaveLength(1)
    world.receiver.answerWith(204)
    const everything = { from: 0, to: world.clock.nowMs() + 1 }
    expect(await world.merchant.notices.replay.mutate(everything)).toEqual({ replayed: 1 })
    await world.until('both are told', () => world.receiver.received.length === 2, 10_000)
  })
})
