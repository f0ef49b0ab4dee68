import type { Return, Order, Payment, TimelineEntry } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { cancelsOfOrder, readCancel } from './cancels.ts'
import type { Database } from './engines/open.ts'
import { leaseOrders, lookNoLaterThan } from './due-orders.ts'
import {
  aNotice,
  aPayment,
  anEntry,
  anIntent,
  aReview,
  anOrder,
  at,
  by,
  deciding,
  factsOf,
  nowMs,
  one,
  reading,
  type OpenedStore,
} from './fixtures.contract.ts'
import { insertOrder, postponeLook, readOrder, recordDecision } from './orders.ts'
import { markAmountFixed } from './change-order.ts'
import { recordOrphans } from './orphans.ts'
import { orphanPayments, paymentsOfOrder, readPayment, readProof, type HeldPayment } from './payments.ts'
import { timelineOf } from './timeline.ts'

const aReturn: Return = {
  says: 'failure',
  paymentId: 'imp_1',
  atMs: nowMs,
  failReason: 'limit',
  message: '한도 초과',
  looks: 2,
}

const anOrphan = (paymentId: string, about: Partial<Payment> = {}): Payment => ({
  ...aPayment(paymentId, 'theirs'),
  standing: 'orphan',
  ...about,
})

const open1 = async (db: Database) => {
  await insertOrder(db, anOrder('ord-1'), nowMs)
  return reading(db, 'ord-1')
}

/** An unregistered order's payment, recorded with the review that calls a person for it. */
async function reviewedOrphan(db: Database) {
  const review = aReview('orphan', { reviewId: 'orphan-imp_1', paymentId: 'imp_1' })
  const payment = anOrphan('imp_1', { orderId: 'ord-1' })
  const order = { ...anOrder('ord-1'), reviews: [review] }
  await recordOrphans(db, null, { payments: [payment], timeline: [], order }, nowMs, [])
  return { review, payment, order }
}

/** What every engine promises about what is recorded: each value comes back, and nothing else has changed. */
export function recordsContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: an order's record`, () => {
    test('an order nobody registered is none', async () => {
      await using store = await open()
      const db = await store.connect()
      expect(await readOrder(db, 'ord-1')).toBeNull()
      expect(await paymentsOfOrder(db, 'ord-1')).toEqual([])
      expect(await readPayment(db, 'imp_1')).toBeNull()
      expect(await readProof(db, 'ord-1')).toBeNull()
    })

    test('an order that is registered with all there is to say about it comes back so', async () => {
      await using store = await open()
      const db = await store.connect()
      const order: Order = {
        ...anOrder('ord-1'),
        status: 'expired',
        keptPaymentId: 'imp_1',
        emptyAfterDeadline: true,
        reviews: [aReview('late')],
        sequence: 4,
        returns: [aReturn],
      }
      await insertOrder(db, order, nowMs)
      expect((await reading(db, 'ord-1')).order).toEqual(order)
      const row = one(await db.query.select().from(db.tables.orders))
      expect(row).toMatchObject({ attempts: 0, leaseUntilMs: 0, lease: '' }) // not leased yet
    })

    test('an order that an earlier version stored adopts for a day, and takes deposits for thirty', async () => {
      await using store = await open()
      const db = await store.connect()
      const order = anOrder('ord-1')
      await insertOrder(db, order, nowMs)
      const { orders } = db.tables
      await db.atomically([
        (query) => query.update(orders).set({ adoptsFromMs: null, accountsUntilMs: null }),
      ])
      expect((await reading(db, order.orderId)).order).toMatchObject({
        adoptsFromMs: order.registeredAtMs - 86_400_000,
        accountsUntilMs: order.expiresAtMs + 30 * 86_400_000,
      })
    })

    test('all that a decision changes of an order is recorded, and the rest stays', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      await insertOrder(db, anOrder('ord-2'), nowMs)
      const change = {
        status: 'paid',
        keptPaymentId: 'imp_1',
        emptyAfterDeadline: true,
        reviews: [aReview('surplus'), aReview('late', { reviewId: 'late-2', sinceMs: nowMs + 1 })],
        sequence: 3,
        returns: [aReturn],
      } satisfies Partial<Order>
      // What was agreed with the shop is never changed by what is seen.
      const meddled = { ...change, name: 'another', amount: 1, expiresAtMs: 1, registeredAtMs: 1 }
      expect(await recordDecision(db, read, deciding(read, meddled), at)).toBe('done')
      expect(await reading(db, 'ord-1')).toEqual({
        order: { ...anOrder('ord-1'), ...change },
        version: 2,
        payments: [],
        attempts: 0,
        lookedAtMs: at.lookedAtMs,
        dueAtMs: at.dueAtMs,
      })
      const back = await reading(db, 'ord-1')
      const reviews = change.reviews.map((each) => ({ ...each, endedAtMs: nowMs, endNote: 'back' }))
      const emptied = { keptPaymentId: null, emptyAfterDeadline: false, reviews, returns: [] }
      expect(await recordDecision(db, back, deciding(back, emptied), at)).toBe('done')
      expect((await reading(db, 'ord-1')).order).toEqual({ ...anOrder('ord-1'), ...change, ...emptied })
      expect(await reading(db, 'ord-2')).toMatchObject({ order: anOrder('ord-2'), version: 1 })
    })

    test('a look that failed notes the return, is due when it says, and frees the order', async () => {
      await using store = await open()
      const db = await store.connect()
      await open1(db)
      await insertOrder(db, anOrder('ord-2'), nowMs + 1e6)
      await leaseOrders(db, by('worker'))
      const read = await reading(db, 'ord-1')
      expect(await postponeLook(db, read, { returns: [aReturn], dueAtMs: nowMs + 5 })).toBe('done')
      expect(await reading(db, 'ord-1')).toEqual({
        ...read,
        order: { ...read.order, returns: [aReturn] },
        version: 2,
        attempts: 1,
        dueAtMs: nowMs + 5,
      })
      expect(await leaseOrders(db, by('early', nowMs + 4))).toEqual([])
      expect(await leaseOrders(db, by('another', nowMs + 5))).toEqual(['ord-1'])
      const again = await reading(db, 'ord-1')
      await postponeLook(db, again, { returns: [], dueAtMs: nowMs + 9 })
      expect(await reading(db, 'ord-1')).toMatchObject({ attempts: 2, order: { returns: [] } })
      expect(await reading(db, 'ord-2')).toMatchObject({ version: 1, attempts: 0, dueAtMs: nowMs + 1e6 })
    })

    test('a look is brought forward, and an amount fixed, for that order alone', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const id of ['ord-1', 'ord-2']) await insertOrder(db, anOrder(id), nowMs + 100)
      await lookNoLaterThan(db, 'ord-1', nowMs + 7)
      await markAmountFixed(db, 'ord-1', nowMs)
      const fixed = { amountFixedAtMs: nowMs }
      expect(await reading(db, 'ord-1')).toMatchObject({ dueAtMs: nowMs + 7, order: fixed, version: 1 })
      expect(await reading(db, 'ord-2')).toMatchObject({
        dueAtMs: nowMs + 100,
        order: { amountFixedAtMs: null },
      })
    })
  })

  describe(`${engine}: payments and their proof`, () => {
    test("each of an order's payments is written at its own version, in the order of their ids", async () => {
      await using store = await open()
      const db = await store.connect()
      const pay = async (...payments: Payment[]) => {
        const read = await reading(db, 'ord-1')
        return recordDecision(db, read, deciding(read, {}, { payments }), at)
      }
      await open1(db)
      const [first, second] = [aPayment('imp_1', 'ord-1'), aPayment('imp_2', 'ord-1')]
      expect(await pay(second)).toBe('done')
      expect(await pay(first, { ...second, cancelledAmount: 1 })).toBe('done')
      const changed: Payment = {
        ...second,
        cancelledAmount: 2,
        standing: 'rejected',
        rejectReason: 'currency',
        contradiction: { what: 'two amounts', sinceMs: nowMs, isCertain: true },
      }
      expect(await pay(changed)).toBe('done')
      const held: HeldPayment[] = [
        { payment: first, version: 1 },
        { payment: changed, version: 3 },
      ]
      expect(await paymentsOfOrder(db, 'ord-1')).toEqual(held)
      expect((await reading(db, 'ord-1')).payments).toEqual(held)
      expect(await readPayment(db, 'imp_1')).toEqual(held[0])
    })

    test('a row of a payment tells beside its facts what it is found by', async () => {
      await using store = await open()
      const db = await store.connect()
      const payment = anOrphan('imp_1', {
        contradiction: { what: 'two amounts', sinceMs: 5, isCertain: false },
        rejectReason: 'amount',
      })
      await recordOrphans(db, null, { payments: [payment], timeline: [] }, nowMs + 3)
      const { facts, ...row } = one(await db.query.select().from(db.tables.payments))
      expect(row).toEqual({
        paymentId: 'imp_1',
        orderId: 'theirs',
        version: 1,
        status: 'paid',
        standing: 'orphan',
        rejectReason: 'amount',
        contradiction: 'two amounts',
        contradictionSinceMs: 5,
        contradictionIsCertain: 0,
        late: 0,
        recordedAtMs: nowMs + 3,
      })
      // What was decided of it stands in its own columns, and there alone.
      expect(JSON.parse(facts)).toEqual(factsOf('imp_1', 'theirs'))
    })

    test('orphans are those and no other payments, the same moment in the order of their ids', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const payment of [anOrphan('imp_2'), anOrphan('imp_1'), anOrphan('imp_3', { standing: null })])
        await recordOrphans(db, null, { payments: [payment], timeline: [] }, nowMs)
      const listed = await orphanPayments(db, '', 9)
      expect(listed).toEqual([anOrphan('imp_1'), anOrphan('imp_2')])
    })

    test('one that a person was called for while its order was being registered keeps its review', async () => {
      await using store = await open()
      const db = await store.connect()
      const { review } = await reviewedOrphan(db)
      // The registration had read its number's reviews before.
      await insertOrder(db, anOrder('ord-1'), nowMs)
      expect((await reading(db, 'ord-1')).order.reviews).toEqual([review])
    })

    test('S-11: of a registration and the end of a review that it takes over, one is refused', async () => {
      await using store = await open()
      const db = await store.connect()
      const { review, payment, order } = await reviewedOrphan(db)
      const before = await readPayment(db, 'imp_1')
      if (before === null) throw new Error('the payment is not there')
      const ended = { ...review, endedAtMs: nowMs, endNote: 'back', end: 'facts' as const }
      const end = (held: typeof before) =>
        recordOrphans(
          db,
          held,
          {
            payments: [{ ...payment, cancelledAmount: 1 }],
            timeline: [],
            order: { ...order, reviews: [ended] },
          },
          nowMs,
          [review],
        )
      expect(await end(before)).toBe('done')
      const seen = { payments: [before], reviews: [review] }
      expect(await insertOrder(db, order, nowMs, [], seen)).toBe(false)
      expect(await readOrder(db, 'ord-1')).toBe(null)
      const now = await readPayment(db, 'imp_1')
      if (now === null) throw new Error('the payment is not there')
      const again = { payments: [now], reviews: [ended] }
      expect(await insertOrder(db, { ...order, reviews: [ended] }, nowMs, [], again)).toBe(true)
      expect(await end(now)).toBe('stale')
    })

    test('a proof keeps when it was looked up and when it was recorded', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      await recordDecision(db, read, deciding(read, {}, { proof: factsOf('imp_1', 'ord-1') }), at)
      expect(one(await db.query.select().from(db.tables.proofs))).toEqual({
        orderId: 'ord-1',
        paymentId: 'imp_1',
        observation: JSON.stringify(factsOf('imp_1', 'ord-1')),
        lookedUpAtMs: at.lookedAtMs,
        recordedAtMs: nowMs,
      })
    })

    test('a decision that changes no payment of an unknown order writes nothing', async () => {
      await using store = await open()
      const db = await store.connect()
      expect(await recordOrphans(db, null, { payments: [], timeline: [anEntry] }, nowMs)).toBe('done')
      expect(await db.query.select().from(db.tables.timeline)).toEqual([])
    })
  })

  describe(`${engine}: the history`, () => {
    const lines = (count: number): TimelineEntry[] =>
      Array.from({ length: count }, (_, index) => ({ ...anEntry, reason: `line ${index}` }))

    test('a line keeps all that it tells', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      const entry: TimelineEntry = {
        event: 'payment.paid',
        paymentId: 'imp_1',
        from: 'open',
        to: 'paid',
        reason: 'money of the order',
        actor: 'key:till',
        because: 'webhook',
      }
      await recordDecision(db, read, deciding(read, {}, { timeline: [anEntry, entry] }), at)
      const [first, second] = await timelineOf(db, 'ord-1')
      expect(first).toMatchObject({
        paymentId: null,
        fromStatus: null,
        toStatus: null,
        actor: null,
        because: null,
      })
      expect(second).toEqual({
        entryId: 'ord-1/00000002/001',
        orderId: 'ord-1',
        paymentId: 'imp_1',
        atMs: nowMs,
        event: 'payment.paid',
        fromStatus: 'open',
        toStatus: 'paid',
        reason: 'money of the order',
        actor: 'key:till',
        because: 'webhook',
      })
    })

    test('of one moment the tenth version and the tenth line come after the ninth', async () => {
      await using store = await open()
      const db = await store.connect()
      await open1(db)
      const told: string[] = []
      for (let round = 1; round <= 10; round += 1) {
        const read = await reading(db, 'ord-1')
        const timeline = lines(round === 8 ? 11 : 1).map((line) => ({
          ...line,
          reason: `${round}: ${line.reason}`,
        }))
        told.push(...timeline.map(({ reason }) => reason))
        await recordDecision(db, read, deciding(read, {}, { timeline }), at)
      }
      expect((await timelineOf(db, 'ord-1')).map(({ reason }) => reason)).toEqual(told)
    })

    test('a later moment is told later, and no line of another order is among them', async () => {
      await using store = await open()
      const db = await store.connect()
      const orphan = anOrphan('imp_1')
      const record = async (reason: string, atMs: number) =>
        recordOrphans(
          db,
          await readPayment(db, 'imp_1'),
          { payments: [orphan], timeline: [{ ...anEntry, reason }] },
          atMs,
        )
      // The clock was put back in between: the history is told by the clock.
      expect(await record('second', nowMs + 5)).toBe('done')
      expect(await record('first', nowMs)).toBe('done')
      const read = await open1(db)
      await recordDecision(db, read, deciding(read, {}, { timeline: [anEntry] }), at)
      expect((await timelineOf(db, 'imp_1')).map(({ entryId, reason }) => [entryId, reason])).toEqual([
        ['imp_1/00000002/000', 'first'],
        ['imp_1/00000001/000', 'second'],
      ])
      expect(await timelineOf(db, 'ord-1')).toHaveLength(1)
    })
  })

  describe(`${engine}: what one decision makes`, () => {
    test('notices, intents and lines of a decision are all there, with the words of the shop', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      const refundAccount = { bank: '088', account: '110-123-456789', holder: '김철수' }
      const intents = [anIntent('imp_1', { refundAccount }), anIntent('imp_2', { cause: 'shop' })]
      const decision = deciding(
        read,
        {},
        { intents, notices: [aNotice(read.order, 1)], timeline: [anEntry, anEntry] },
      )
      expect(await recordDecision(db, read, decision, at, { request: 'digest', actor: 'key:till' })).toBe(
        'done',
      )
      expect((await cancelsOfOrder(db, 'ord-1')).map(({ intentId }) => intentId).toSorted()).toEqual([
        'cancel:imp_1',
        'cancel:imp_2',
      ])
      expect(await readCancel(db, 'cancel:imp_1')).toMatchObject({
        ...intents[0],
        request: 'digest',
        state: 'requested',
        sentAtMs: null,
        unchangedLooks: 0,
        cancelledBefore: -1,
        refusals: 0,
        attempts: 0,
        createdAtMs: nowMs,
        lease: '',
      })
      expect(await timelineOf(db, 'ord-1')).toHaveLength(2)
    })

    test('an intent that is there already makes the whole decision stale: money goes back once (S-08)', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      await recordDecision(db, read, deciding(read, {}, { intents: [anIntent()] }), at)
      const again = await reading(db, 'ord-1')
      const twice = deciding(again, { sequence: 1 }, { intents: [anIntent('imp_1', { amount: 1 })] })
      expect(await recordDecision(db, again, twice, at)).toBe('stale')
      expect(await reading(db, 'ord-1')).toEqual(again)
      expect(await cancelsOfOrder(db, 'ord-1')).toMatchObject([{ amount: 14_000, request: '' }])
      expect(await readCancel(db, 'cancel:imp_9')).toBeNull()
    })

    test('a notice that is there already makes the whole decision stale: no number is told twice (S-02)', async () => {
      await using store = await open()
      const db = await store.connect()
      const read = await open1(db)
      const notices = [aNotice(read.order, 1)]
      expect(await recordDecision(db, read, deciding(read, {}, { notices }), at)).toBe('done')
      const again = await reading(db, 'ord-1')
      expect(await recordDecision(db, again, deciding(again, {}, { notices }), at)).toBe('stale')
      expect(await reading(db, 'ord-1')).toEqual(again)
    })
  })
}
