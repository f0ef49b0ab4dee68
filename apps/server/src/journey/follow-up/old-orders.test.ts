import { describe, expect, test } from 'vitest'
import { engines, freshDatabase } from '../../../testing/fresh-database.ts'
import { everything } from '../../../testing/rows.ts'
import { buy, comeBack, go, orderOf, price, screenOf, tellOf } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { realClock } from '../../deps.ts'
import { openDatabase } from '../../store/engines/open.ts'
import { eraseOrderOf } from '../../store/erase.ts'
import { anOrder, at, nowMs, paying, reading } from '../../store/fixtures.contract.ts'
import { insertOrder, recordDecision } from '../../store/orders.ts'
import { oldOrders } from './old-orders.ts'

const DAY_MS = 24 * 3_600_000
/** Shorter than the time between two rounds of retention: a test needs several of them. */
const rarely = { SWEEP_INTERVAL_MS: '20000' }
const reference = { buyer: 'buyer-77', cart: '홍길동의 장바구니' }
const planted = [
  '홍길동의 책',
  'buyer-77',
  '홍길동의 장바구니',
  '홍길동 변심',
  '한도초과 홍길동',
  'mine=hong',
]

/** An order refused once, then paid and given back in part, with a person's words in every field that takes some. */
async function full(world: World, orderId: string) {
  await world.merchant.orders.register.mutate({
    orderId,
    name: '홍길동의 책',
    amount: price,
    reference,
    returnTo: `${world.config.shopUrl ?? ''}?mine=hong`,
  })
  const refused = await buy(world, { orderId, name: '홍길동의 책' })
  await go(
    `${refused.returnUrl}?imp_uid=${refused.impUid}&imp_success=false&error_msg=${encodeURIComponent('한도초과 홍길동')}`,
  )
  await comeBack(await world.gateway.refuse(refused.impUid, 'limit'))
  const { impUid, token } = await buy(world, { orderId, name: '홍길동의 책' })
  await comeBack(await world.gateway.approve(impUid))
  const refund = { orderId, amount: 4_000, reason: '홍길동 변심', idempotencyKey: orderId }
  await world.until('it is paid', async () => (await orderOf(world, orderId)).status === 'paid')
  await world.merchant.orders.register.mutate({ orderId, name: '홍길동의 책', amount: price, reference })
  await world.merchant.orders.cancel.mutate(refund)
  await world.until('a part is back', async () => {
    const { status, notices } = await orderOf(world, orderId)
    return status === 'partially_cancelled' && notices.every(({ state }) => state === 'delivered')
  })
  // Looks at the refused payment that are still due.
  await world.pass(10 * 60_000)
  return { orderId, impUid, token, refusedId: refused.impUid }
}

/** A paid order whose second payment waits for a person. Returns that payment's id. */
async function paidTwice(world: World, orderId: string): Promise<string> {
  const tries = [await buy(world, { orderId }), await buy(world, { orderId })]
  for (const { impUid } of tries) await comeBack(await world.gateway.approve(impUid))
  await world.until('a person is called', async () => (await orderOf(world, orderId)).review !== null)
  await world.pass(10 * 60_000)
  return tries[1]?.impUid ?? ''
}

const textOf = async (world: World): Promise<string> => JSON.stringify((await everything(world)).rows)
const erase = (world: World, orderId: string) =>
  eraseOrderOf(world.deps().store, orderId, world.clock.nowMs())

describe.each(engines)('%s: erasing an order', (engine) => {
  test('P-04: no personal text of it is left in any table, the books are as before, and later look-ups bring nothing back', async () => {
    await using world = await startWorld({ engine, env: rarely })
    const bought = await full(world, 'ord-1')
    await full(world, 'ord-2')
    const before = await orderOf(world, 'ord-1')
    const kept = before.payments.find(({ standing }) => standing === 'kept')
    const told = [kept?.card?.number, kept?.approval, kept?.receiptUrl].map(String)
    const ofOrder = [...planted, ...told]
    const rowsOf = async (orderId: string): Promise<string> => {
      const { rows } = await everything(world)
      const ids = orderId === 'ord-1' ? [orderId, bought.impUid, bought.refusedId] : [orderId]
      return JSON.stringify(
        Object.values(rows).flatMap((each) => each.filter((row) => ids.some((id) => row.includes(id)))),
      )
    }
    const there = await rowsOf('ord-1')
    for (const text of ofOrder) expect([text, there.includes(text)]).toEqual([text, true])
    await world.pass(5_000)
    expect(await erase(world, 'ord-1')).toMatchObject({ outcome: 'erased', payments: 2 })

    const left = await rowsOf('ord-1')
    for (const text of ofOrder) expect([text, left.includes(text)]).toEqual([text, false])
    const other = await rowsOf('ord-2')
    for (const text of planted) expect([text, other.includes(text)]).toEqual([text, true])
    const after = await orderOf(world, 'ord-1')
    expect(after).toMatchObject({ name: '', reference: null, returnTo: null, status: before.status })
    expect(after.balance).toBe(before.balance)
    const sums = ({ payments, cancels, notices }: typeof after) => [
      payments.map(({ paymentId, amount, cancelledAmount, paidAt }) => [
        paymentId,
        amount,
        cancelledAmount,
        paidAt,
      ]),
      cancels.map(({ id, amount, state }) => [id, amount, state]),
      notices,
    ]
    expect(sums(after)).toEqual(sums(before))

    // Again: nothing changes.
    expect(await erase(world, 'ord-1')).toEqual({ outcome: 'erased_before' })
    expect(await rowsOf('ord-1')).toBe(left)

    // The gateway still has the personal data, and tells it again.
    await world.gateway.cancelInConsole(bought.impUid, 1_000)
    await tellOf(world, { ...bought, returnUrl: '' }, 'cancelled')
    await world.until('the look-up is recorded', async () => {
      const { balance, notices } = await orderOf(world, 'ord-1')
      return balance === before.balance - 1_000 && notices.every(({ state }) => state === 'delivered')
    })
    const later = await rowsOf('ord-1')
    for (const text of ofOrder) expect([text, later.includes(text)]).toEqual([text, false])
    const last = world.receiver.received.at(-1)?.body.data
    expect([last?.order.orderId, last?.order.name]).toEqual(['ord-1', ''])

    // What people see of it still works.
    const { lines } = await world.merchant.orders.story.query({ orderId: 'ord-1' })
    expect(lines.map(({ kind }) => kind)).toContain('erased')
    expect(lines.length).toBeGreaterThan(8)
    expect((await screenOf(world, bought.token)).kind).toBe('partially_cancelled')
  })

  test('an order that still awaits money, a person or a notice is left as it is', async () => {
    await using world = await startWorld({ engine, env: { ...rarely, ON_SURPLUS: 'review' } })
    await buy(world, { orderId: 'ord-open' })
    const issued = await buy(world, { orderId: 'ord-account' })
    await comeBack(await world.gateway.issueAccount(issued.impUid))
    await paidTwice(world, 'ord-review')
    world.receiver.answerWith(500)
    const untold = await buy(world, { orderId: 'ord-untold' })
    await comeBack(await world.gateway.approve(untold.impUid))
    await world.until('it is paid', async () => (await orderOf(world, 'ord-untold')).status === 'paid')
    const before = await textOf(world)
    for (const orderId of ['ord-open', 'ord-account', 'ord-review', 'ord-untold'])
      expect([orderId, (await erase(world, orderId)).outcome]).toEqual([orderId, 'waits'])
    expect((await erase(world, 'ord-9')).outcome).toBe('unknown')
    expect(await textOf(world)).toBe(before)
  })
})

describe.each(engines)('%s: retention', (engine) => {
  const env = {
    ...rarely,
    PAYMENT_DETAILS_KEPT_DAYS: '30',
    TIMELINE_KEPT_DAYS: '60',
    NOTICES_KEPT_DAYS: '70',
    ORDERS_KEPT_DAYS: '90',
    ON_SURPLUS: 'review',
  }
  /** A day of passes: the first round after it begins one. */
  const pastDay = async (world: World, days: number): Promise<void> => {
    world.clock.leap(days * DAY_MS)
    for (let round = 0; round < 3; round += 1) await world.pass(31_000)
  }
  const counts = async (world: World) => {
    const { rows } = await everything(world)
    const { orders = [], payments = [], notices = [], timeline = [], proofs = [] } = rows
    return { orders, payments, notices, timeline, proofs }
  }

  test('D-04 P-04: each kind goes when its days are over, a settled order with all its rows, and one that a person must see to stays whole', async () => {
    await using world = await startWorld({ engine, env })
    const surplusId = await paidTwice(world, 'ord-review')
    const { impUid } = await full(world, 'ord-1')
    const { payments } = await orderOf(world, 'ord-1')
    const number = String(payments.find(({ paymentId }) => paymentId === impUid)?.card?.number)
    const ofReview = async (): Promise<number> => {
      const { orders, payments: held, notices, timeline } = await counts(world)
      return [...orders, ...held, ...notices, ...timeline].filter((row) => row.includes('ord-review')).length
    }
    const has = async (table: 'orders' | 'payments' | 'notices' | 'timeline', text: string) =>
      (await counts(world))[table].some((row) => row.includes(text))
    await pastDay(world, 29)
    expect(await has('payments', number)).toBe(true)
    const held = await ofReview()
    expect(held).toBeGreaterThan(3)

    await pastDay(world, 2)
    const { payments: held31, proofs } = await counts(world)
    const details = [...held31, ...proofs].filter((row) => row.includes('ord-1"'))
    expect(details).toHaveLength(3)
    expect(details.join()).not.toContain(number)
    expect((await orderOf(world, 'ord-1')).balance).toBe(price - 4_000)
    expect(await has('timeline', 'ord-1"')).toBe(true)

    await pastDay(world, 30)
    expect([await has('timeline', 'ord-1"'), await has('notices', 'ord-1"')]).toEqual([false, true])
    await pastDay(world, 10)
    expect([await has('notices', 'ord-1"'), await has('orders', 'ord-1"')]).toEqual([false, true])
    expect((await orderOf(world, 'ord-1')).status).toBe('partially_cancelled')

    await pastDay(world, 20)
    const { rows } = await everything(world)
    expect(Object.entries(rows).filter(([, each]) => each.join().includes('"ord-1"'))).toEqual([])
    expect(await ofReview()).toBeGreaterThanOrEqual(held)
    expect(await has('payments', surplusId)).toBe(true)
  })

  test('without settings nothing that belongs to an order goes', async () => {
    await using world = await startWorld({ engine, env: rarely })
    await full(world, 'ord-1')
    const { notices, timeline, proofs } = await counts(world)
    await pastDay(world, 3_650)
    const after = await counts(world)
    expect([after.notices, after.timeline, after.proofs]).toEqual([notices, timeline, proofs])
  })
})

describe.each(engines)('%s: a pass over many orders', (engine) => {
  test('D-04: reads every settled order once a day, page by page, also those of one millisecond', async () => {
    await using database = await freshDatabase(engine)
    const db = await openDatabase(database.url, (run) => void setImmediate(run))
    const ids = Array.from({ length: 130 }, (_, index) => `ord-${index}`)
    for (const id of ids) {
      await insertOrder(db, anOrder(id), nowMs)
      const read = await reading(db, id)
      const dueAtMs = id === 'ord-77' ? nowMs : null
      const paid = { ...paying(read, `imp-${id}`), notices: [] }
      await recordDecision(db, read, paid, { ...at, dueAtMs })
    }
    const clock = { ...realClock, nowMs: () => passedAtMs }
    let passedAtMs = nowMs + 89 * DAY_MS
    const keptFor = { ordersMs: 90 * DAY_MS, paymentDetailsMs: null, timelineMs: null, noticesMs: null }
    const round = oldOrders({ store: db, clock }, keptFor)
    expect((await round()).orders).toBe(0)
    // The next pass begins a day later, and not before.
    passedAtMs += DAY_MS - 1
    expect((await round()).orders).toBe(0)
    passedAtMs += 2
    expect((await round()).orders).toBe(129)
    expect((await db.query.select().from(db.tables.orders)).map(({ orderId }) => orderId)).toEqual(['ord-77'])
    expect((await db.query.select().from(db.tables.payments)).length).toBe(1)
    await db.close()
  })
})
