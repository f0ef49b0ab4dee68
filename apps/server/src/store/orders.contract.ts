import type { Return, Order, Payment } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import {
  aPayment,
  anEntry,
  aReview,
  anOrder,
  anyOf,
  at,
  deciding,
  factsOf,
  nastyText,
  nowMs,
  reading,
  type OpenedStore,
} from './fixtures.contract.ts'
import { markAmountFixed } from './change-order.ts'
import { insertOrder, postponeLook, recordDecision } from './orders.ts'
import { recordOrphans } from './orphans.ts'
import { orphanPayments, readPayment, readProof } from './payments.ts'
import { NEVER_MS } from './work-tables.ts'
import { timelineOf } from './timeline.ts'

/** What every engine promises about orders and payments as they are stored, listed and read. */
export function ordersContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: orders and payments`, () => {
    test('an order comes back as it went in, whatever its texts hold', async () => {
      await using store = await open()
      const db = await store.connect()
      const aReturn: Return = {
        says: 'failure',
        paymentId: 'imp_1',
        atMs: nowMs,
        failReason: 'closed_by_customer',
        message: nastyText,
        looks: 3,
      }
      const order: Order = {
        ...anOrder('ord-1'),
        name: nastyText,
        amount: Number.MAX_SAFE_INTEGER,
        reviews: [
          aReview('surplus', { note: nastyText }),
          aReview('late', { sinceMs: nowMs + 1, endedAtMs: nowMs + 2, endNote: 'back' }),
        ],
        returns: [aReturn],
        taxFree: 1,
        vat: 2,
        amountFixedAtMs: 3,
      }
      await insertOrder(db, order, nowMs)
      expect(await reading(db, 'ord-1')).toEqual({
        order,
        version: 1,
        payments: [],
        attempts: 0,
        lookedAtMs: 0,
        dueAtMs: nowMs,
      })
    })

    test('a text with a NUL in it is written, and stops nothing', async () => {
      await using store = await open()
      const db = await store.connect()
      expect(await insertOrder(db, { ...anOrder('ord-1'), name: 'before\0after' }, nowMs)).toBe(true)
      expect((await reading(db, 'ord-1')).order.name).toMatch(/^before(\0|\ufffd)after$/)
    })

    test('times and amounts are whole numbers of 53 bits, also the time that never comes', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const [index, amount] of [2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1].entries()) {
        await insertOrder(db, { ...anOrder(`ord-${index}`), amount }, NEVER_MS)
        expect(await reading(db, `ord-${index}`)).toMatchObject({ order: { amount }, dueAtMs: NEVER_MS })
      }
    })

    test('facts come back as they went in', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const read = await reading(db, 'ord-1')
      const payment: Payment = {
        ...aPayment('imp_1', 'ord-1'),
        amounts: [0, 14_000, Number.MAX_SAFE_INTEGER],
        currencies: ['KRW', 'USD'],
        testChannel: true,
        cancelledAmount: 7,
        cancels: [{ id: 'C1', amount: 7, atMs: nowMs, reason: nastyText }],
        standing: 'rejected',
        rejectReason: 'amount',
        late: true,
        contradiction: { what: nastyText, sinceMs: nowMs, isCertain: false },
      }
      await recordDecision(db, read, deciding(read, {}, { payments: [payment] }), at)
      expect((await readPayment(db, 'imp_1'))?.payment).toEqual(payment)
      expect((await reading(db, 'ord-1')).payments).toEqual([{ payment, version: 1 }])
    })

    test('one payment belongs to one order, whoever else names it (S-03, R-13)', async () => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      const reads = await Promise.all(
        ['ord-1', 'ord-2'].map(async (orderId, index) => {
          await insertOrder(anyOf(servers, index), anOrder(orderId), nowMs)
          return reading(anyOf(servers, index), orderId)
        }),
      )
      const outcomes = await Promise.all(
        reads.map((read, index) =>
          recordDecision(
            anyOf(servers, index),
            read,
            deciding(read, {}, { payments: [aPayment('imp_1', read.order.orderId)] }),
            at,
          ),
        ),
      )
      expect(outcomes.toSorted()).toEqual(['done', 'stale'])
    })

    test('an order is proven paid once, and a payment proves one order (S-01, S-02)', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const orderId of ['ord-1', 'ord-2']) await insertOrder(db, anOrder(orderId), nowMs)
      const prove = async (orderId: string, paymentId: string) => {
        const read = await reading(db, orderId)
        return recordDecision(db, read, deciding(read, {}, { proof: factsOf(paymentId, orderId) }), at)
      }
      expect(await prove('ord-1', 'imp_1')).toBe('done')
      expect(await prove('ord-1', 'imp_2')).toBe('stale')
      expect(await prove('ord-2', 'imp_1')).toBe('stale')
      expect(await readProof(db, 'ord-1')).toEqual({
        orderId: 'ord-1',
        paymentId: 'imp_1',
        lookedUpAtMs: at.lookedAtMs,
        observation: factsOf('imp_1', 'ord-1'),
      })
      expect(await readProof(db, 'ord-2')).toBeNull()
    })

    test('a payment changed since it was read makes the whole decision stale', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const empty = await reading(db, 'ord-1')
      await recordDecision(db, empty, deciding(empty, {}, { payments: [aPayment('imp_1', 'ord-1')] }), at)
      const read = await reading(db, 'ord-1')
      const old = { ...read, payments: read.payments.map((held) => ({ ...held, version: 0 })) }
      expect(
        await recordDecision(
          db,
          old,
          deciding(old, { sequence: 1 }, { payments: [aPayment('imp_1', 'ord-1')] }),
          at,
        ),
      ).toBe('stale')
      expect(await reading(db, 'ord-1')).toEqual(read)
    })

    test('orphans are listed by their ids, and guarded by their own version', async () => {
      await using store = await open()
      const db = await store.connect()
      const orphan = (paymentId: string): Payment => ({
        ...aPayment(paymentId, 'stranger'),
        standing: 'orphan',
      })
      for (const [index, paymentId] of ['imp_1', 'imp_2', 'imp_3'].entries())
        expect(
          await recordOrphans(db, null, { payments: [orphan(paymentId)], timeline: [] }, nowMs + index),
        ).toBe('done')
      expect(await recordOrphans(db, null, { payments: [orphan('imp_1')], timeline: [] }, nowMs)).toBe(
        'stale',
      )
      expect((await orphanPayments(db, '', 2)).map(({ paymentId }) => paymentId)).toEqual(['imp_1', 'imp_2'])
      expect((await orphanPayments(db, 'imp_2', 2)).map(({ paymentId }) => paymentId)).toEqual(['imp_3'])
      const held = await readPayment(db, 'imp_1')
      const changed = { payments: [{ ...orphan('imp_1'), cancelledAmount: 1 }], timeline: [] }
      expect(await recordOrphans(db, held, changed, nowMs + 9)).toBe('done')
      expect(await recordOrphans(db, held, changed, nowMs + 9)).toBe('stale')
      expect(
        (await orphanPayments(db, '', 1)).map(({ paymentId, cancelledAmount }) => [
          paymentId,
          cancelledAmount,
        ]),
      ).toEqual([['imp_1', 1]])
    })

    test('the history is told in order and each line once', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      for (const round of [1, 2]) {
        const read = await reading(db, 'ord-1')
        const timeline = [0, 1].map((line) => ({ ...anEntry, reason: `${round}.${line}` }))
        expect(await recordDecision(db, read, deciding(read, {}, { timeline }), at)).toBe('done')
        expect(await recordDecision(db, read, deciding(read, {}, { timeline }), at)).toBe('stale')
      }
      expect((await timelineOf(db, 'ord-1')).map(({ reason }) => reason)).toEqual([
        '1.0',
        '1.1',
        '2.0',
        '2.1',
      ])
    })

    test('a failed look is counted and put off; a good one starts the count again', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const read = await reading(db, 'ord-1')
      expect(await postponeLook(db, read, { returns: [], dueAtMs: nowMs + 1_000 })).toBe('done')
      expect(await postponeLook(db, read, { returns: [], dueAtMs: nowMs + 1_000 })).toBe('stale')
      const again = await reading(db, 'ord-1')
      expect(again).toMatchObject({ version: 2, attempts: 1 })
      await recordDecision(db, again, deciding(again, {}), at)
      expect(await reading(db, 'ord-1')).toMatchObject({ attempts: 0, lookedAtMs: at.lookedAtMs })
    })

    test('an order keeps its gateway; one of an earlier version is V1’s', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, { ...anOrder('ord-2'), gateway: 'portone-v2' }, nowMs)
      await insertOrder(db, anOrder('ord-1'), nowMs)
      await db.query
        .update(db.tables.orders)
        .set({ gateway: null })
        .where(eq(db.tables.orders.orderId, 'ord-1'))
      const gateways = ['ord-1', 'ord-2'].map(async (id) => (await reading(db, id)).order.gateway)
      expect(await Promise.all(gateways)).toEqual(['portone-v1', 'portone-v2'])
    })

    test('since when an amount is fixed at the gateway is remembered', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      await markAmountFixed(db, 'ord-1', nowMs + 5)
      await markAmountFixed(db, 'ord-1', nowMs + 9)
      expect((await reading(db, 'ord-1')).order.amountFixedAtMs).toBe(nowMs + 5)
    })
  })
}
