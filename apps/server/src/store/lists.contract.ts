import type { CancelIntent, Notice, Order, OrderStatus, Payment } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { changeOrder } from './change-order.ts'
import type { Database } from './engines/open.ts'
import {
  anIntent,
  aNotice,
  anOrder,
  aPayment,
  aReview,
  at,
  by,
  deciding,
  nowMs,
  one,
  reading,
  type OpenedStore,
} from './fixtures.contract.ts'
import { makeNoticesDue } from './make-notices-due.ts'
import { noticesAfter } from './notice-list.ts'
import { orderPlaces, orderIdsMatching, type OrderFilter, type OrderPlace } from './order-list.ts'
import { insertOrder, recordDecision } from './orders.ts'
import { recordOrphans } from './orphans.ts'
import { leaseNotices, replayNotices, settleNotice } from './outbox.ts'
import { cancelViews, refundsIn, refundTotals } from './refunds.ts'
import { reviewTotals } from './review-totals.ts'
import { timelineOf } from './timeline.ts'

const any: OrderFilter = {
  status: null,
  review: false,
  reviewReason: null,
  fromMs: null,
  toMs: null,
  reference: null,
}
async function registered(db: Database, orderId: string, about: Partial<Order> = {}): Promise<void> {
  const { reviews = [], ...rest } = about
  await insertOrder(db, { ...anOrder(orderId), ...rest }, nowMs)
  if (reviews.length === 0) return
  const read = await reading(db, orderId)
  expect(await recordDecision(db, read, deciding(read, { reviews }), at)).toBe('done')
}
const idsOf = (rows: readonly OrderPlace[]): string[] => rows.map(({ orderId }) => orderId)
const listed = async (db: Database, filter: Partial<OrderFilter> = {}, limit = 99): Promise<string[]> =>
  idsOf(await orderPlaces(db, { ...any, ...filter }, null, limit))

/** All pages of a list, one after the other; `between` is called after each. */
async function paged(
  db: Database,
  limit: number,
  filter: Partial<OrderFilter> = {},
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const seen: string[] = []
  let after: OrderPlace | null = null
  for (let page = 0; page < 50; page += 1) {
    const rows: OrderPlace[] = await orderPlaces(db, { ...any, ...filter }, after, limit)
    seen.push(...idsOf(rows))
    after = rows.at(-1) ?? null
    if (after === null) return seen
    await between(page)
  }
  throw new Error('the list has no end')
}

/** Moves an order along. */
async function moved(db: Database, orderId: string, status: OrderStatus): Promise<void> {
  const read = await reading(db, orderId)
  expect(await recordDecision(db, read, deciding(read, { status }), at)).toBe('done')
}

export function listsContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: the list of orders`, () => {
    test('the oldest registration comes first, and of one moment the bytes of the ids decide, whatever the collation', async () => {
      await using store = await open()
      const db = await store.connect()
      // A dictionary has a before B and after A; bytes have capitals first, and `-` before `.` before digits before `:` before `_`.
      const ids = ['a.1', 'a-1', 'B_4', 'b:3', 'A-2', 'a_1', 'a:1', 'ord-10', 'ord-9', '0']
      for (const orderId of ids) await registered(db, orderId)
      await registered(db, 'zz', { registeredAtMs: nowMs - 1 })
      const ordered = ['zz', ...ids.toSorted((a, b) => (a < b ? -1 : 1))]
      expect(await listed(db)).toEqual(ordered)
      for (const limit of [1, 2, 3, 5, 11, 12]) expect(await paged(db, limit)).toEqual(ordered)
    })

    test('orders that change their status between two pages are neither skipped nor shown twice', async () => {
      await using store = await open()
      const db = await store.connect()
      const ids = Array.from({ length: 12 }, (_, index) => `ord-${String(index).padStart(2, '0')}`)
      const statuses = ['open', 'awaiting_deposit', 'paid', 'cancelled', 'expired'] as const
      for (const [index, orderId] of ids.entries())
        await registered(db, orderId, {
          status: statuses[index % statuses.length] ?? 'open',
          registeredAtMs: nowMs + Math.floor(index / 4),
        })
      const seen = await paged(db, 3, {}, async (page) => {
        for (const orderId of ids) await moved(db, orderId, statuses[(page + 2) % statuses.length] ?? 'open')
      })
      expect(seen).toEqual(ids)
    })

    test('it shows what was asked for: a status, a range of time with its first moment and without its last, what a person must see to', async () => {
      await using store = await open()
      const db = await store.connect()
      await registered(db, 'ord-1')
      await registered(db, 'ord-2', { status: 'expired', registeredAtMs: nowMs + 1 })
      const reviews = [aReview('late'), aReview('contradiction', { sinceMs: nowMs + 1 })]
      await registered(db, 'ord-3', { status: 'expired', registeredAtMs: nowMs + 2, reviews })
      const over = aReview('late', { endedAtMs: nowMs, end: 'facts' })
      await registered(db, 'ord-4', { registeredAtMs: nowMs + 3, reviews: [over, aReview('surplus')] })
      expect(await listed(db, { status: 'expired' })).toEqual(['ord-2', 'ord-3'])
      expect(await listed(db, { status: 'paid' })).toEqual([])
      expect(await listed(db, { fromMs: nowMs + 1, toMs: nowMs + 3 })).toEqual(['ord-2', 'ord-3'])
      expect(await listed(db, { review: true })).toEqual(['ord-3', 'ord-4'])
      expect(await listed(db, { review: true, status: 'expired' })).toEqual(['ord-3'])
      // By each of its reasons and not by the oldest alone; one that has ended is none.
      expect(await listed(db, { reviewReason: 'contradiction' })).toEqual(['ord-3'])
      expect(await listed(db, { reviewReason: 'late' })).toEqual(['ord-3'])
      expect(await paged(db, 1, { review: true })).toEqual(['ord-3', 'ord-4'])
    })

    test('an order is found by each string of its reference, also after that has changed, and by its payment', async () => {
      await using store = await open()
      const db = await store.connect()
      await registered(db, 'ord-1', { reference: { cart: 'C-7', customer: 'k/42', same: 'C-7' } })
      await registered(db, 'ord-2', { reference: ['k/42'] })
      await registered(db, 'ord-3')
      expect(await listed(db, { reference: 'C-7' })).toEqual(['ord-1'])
      expect(await listed(db, { reference: 'k/42' })).toEqual(['ord-1', 'ord-2'])
      expect(await paged(db, 1, { reference: 'k/42' })).toEqual(['ord-1', 'ord-2'])
      expect(await listed(db, { reference: 'c-7' })).toEqual([])
      const read = await reading(db, 'ord-1')
      const changes = { reference: ['D-8'], name: 'another' }
      const entry = { event: 'order.changed', paymentId: null, from: null, to: null, reason: 'name' } as const
      const when = { nowMs, dueAtMs: nowMs + 5 }
      expect(await changeOrder(db, read, { ...read.order, ...changes }, entry, when)).toBe('done')
      expect(await changeOrder(db, read, { ...read.order, name: 'a third' }, entry, when)).toBe('stale')
      expect(await reading(db, 'ord-1')).toMatchObject({ version: 2, dueAtMs: nowMs + 5, order: changes })
      expect((await timelineOf(db, 'ord-1')).map(({ event }) => event)).toEqual(['order.changed'])
      expect([await listed(db, { reference: 'C-7' }), await listed(db, { reference: 'D-8' })]).toEqual([
        [],
        ['ord-1'],
      ])
      const now = await reading(db, 'ord-1')
      expect(await changeOrder(db, now, { ...now.order, reference: null }, entry, when)).toBe('done')
      expect(await listed(db, { reference: 'D-8' })).toEqual([])
      const third = await reading(db, 'ord-3')
      const payments = [aPayment('imp_3', 'ord-3')]
      await recordDecision(db, third, deciding(third, {}, { payments }), at)
      expect(await orderIdsMatching(db, 'imp_3')).toEqual(['imp_3', 'ord-3'])
      expect(idsOf(await orderPlaces(db, any, null, 9, ['imp_3', 'ord-3']))).toEqual(['ord-3'])
    })

    test('what waits for a person is summed by reason and currency, what has ended is not', async () => {
      await using store = await open()
      const db = await store.connect()
      const surplus = (paymentId: string, atStake: number) =>
        aReview('surplus', { reviewId: `surplus-${paymentId}`, paymentId, atStake })
      await registered(db, 'ord-1', { reviews: [surplus('imp_1', 9_000_000_000_000), surplus('imp_2', 5)] })
      await registered(db, 'ord-2', { reviews: [surplus('imp_3', 7)], currency: 'USD' })
      const over = aReview('late', { endedAtMs: nowMs, end: 'facts' })
      await registered(db, 'ord-3', { reviews: [over, aReview('contradiction', { atStake: 1 })] })
      await registered(db, 'ord-4', { reviews: [over] })
      const orphan = { ...aPayment('imp_9', 'theirs'), standing: 'orphan', currencies: ['JPY'] } as const
      const told = { ...anOrder('theirs'), reviews: [aReview('orphan', { paymentId: 'imp_9' })] }
      const held = { payments: [{ ...orphan, currencies: ['JPY'] }], timeline: [], order: told }
      expect(await recordOrphans(db, null, held, nowMs)).toBe('done')
      expect(await reviewTotals(db)).toEqual([
        { reason: 'contradiction', currency: 'KRW', count: 1, atStake: 1 },
        { reason: 'orphan', currency: 'JPY', count: 1, atStake: 14_000 },
        { reason: 'surplus', currency: 'KRW', count: 2, atStake: 9_000_000_000_005 },
        { reason: 'surplus', currency: 'USD', count: 1, atStake: 7 },
      ])
    })
  })

  describe(`${engine}: the list of refunds`, () => {
    /** Records intents of one order at a moment. */
    async function asked(
      db: Database,
      orderId: string,
      atMs: number,
      intents: readonly CancelIntent[],
      payments: readonly Payment[] = [],
    ) {
      const read = await reading(db, orderId)
      const rest = { intents: intents.map((each) => ({ ...each, orderId })), payments }
      expect(await recordDecision(db, read, deciding(read, {}, rest), { ...at, nowMs: atMs })).toBe('done')
    }

    test('a range has its first moment and not its last, a cause alone, and never an account that is closed', async () => {
      await using store = await open()
      const db = await store.connect()
      await registered(db, 'ord-1')
      await registered(db, 'ord-2', { currency: 'USD' })
      // Paid in another currency than its order's: what goes back is that.
      const foreign = { ...aPayment('imp_3', 'ord-2'), currencies: ['JPY'] }
      await asked(db, 'ord-1', nowMs, [anIntent('imp_1', { amount: 100 })])
      await asked(db, 'ord-1', nowMs + 1, [
        anIntent('imp_b', { amount: 20, cause: 'late' }),
        anIntent('imp_B', { amount: 30 }),
        anIntent('imp_c', { amount: 0, cause: 'account' }),
      ])
      await asked(db, 'ord-2', nowMs + 2, [anIntent('imp_3', { amount: 7, cause: 'rejected' })], [foreign])
      const range = { fromMs: nowMs, toMs: nowMs + 2, cause: null }
      const rows = await refundsIn(db, range, null, 9)
      expect(rows.map(({ id }) => id)).toEqual(['cancel:imp_1', 'cancel:imp_B', 'cancel:imp_b'])
      const after = { requestedAtMs: nowMs + 1, id: 'cancel:imp_B' }
      expect((await refundsIn(db, range, after, 9)).map(({ id }) => id)).toEqual(['cancel:imp_b'])
      const late = await refundsIn(db, { ...range, cause: 'late' }, null, 9)
      expect(late).toEqual([
        {
          id: 'cancel:imp_b',
          orderId: 'ord-1',
          paymentId: 'imp_b',
          amount: 20,
          currency: 'KRW',
          cause: 'late',
          state: 'requested',
          tries: 0,
          lastAnswer: null,
          requestedAt: nowMs + 1,
          actor: null,
        },
      ])
      expect(await refundTotals(db, { ...range, toMs: nowMs + 3 })).toEqual([
        { cause: 'late', state: 'requested', currency: 'KRW', count: 1, amount: 20 },
        { cause: 'rejected', state: 'requested', currency: 'JPY', count: 1, amount: 7 },
        { cause: 'surplus', state: 'requested', currency: 'KRW', count: 2, amount: 130 },
      ])
      expect((await cancelViews(db, 'ord-1')).map(({ id, cause }) => [id, cause])).toEqual([
        ['cancel:imp_1', 'surplus'],
        ['cancel:imp_B', 'surplus'],
        ['cancel:imp_b', 'late'],
        ['cancel:imp_c', 'account'],
      ])
    })

    test('more refunds than are summed at once are all counted, once each', async () => {
      await using store = await open()
      const db = await store.connect()
      await registered(db, 'ord-1')
      const intents = Array.from({ length: 1_003 }, (_, index) => anIntent(`imp_${index}`, { amount: 1 }))
      await asked(db, 'ord-1', nowMs, intents)
      expect(await refundTotals(db, { fromMs: nowMs, toMs: nowMs + 1, cause: null })).toMatchObject([
        { count: 1_003, amount: 1_003 },
      ])
    })
  })

  describe(`${engine}: the list of notices`, () => {
    async function owed(db: Database, orderId: string, atMs: number, count: number): Promise<string[]> {
      await registered(db, orderId)
      const read = await reading(db, orderId)
      const notices: Notice[] = Array.from({ length: count }, (_, index) => aNotice(read.order, index + 1))
      await recordDecision(db, read, deciding(read, { sequence: count }, { notices }), { ...at, nowMs: atMs })
      return notices.map(({ id }) => id)
    }
    const everything = { orderId: null, state: null, fromMs: null, toMs: null } as const

    test('the oldest comes first; by order, state and time; no page skips or doubles one', async () => {
      await using store = await open()
      const db = await store.connect()
      const later = await owed(db, 'ord-1', nowMs + 1, 3)
      const sooner = [...(await owed(db, 'b-2', nowMs, 2)), ...(await owed(db, 'B-3', nowMs, 1))]
      const [taken] = await leaseNotices(db, by('worker', nowMs + 1, 1))
      if (taken === undefined) throw new Error('nothing is due')
      await settleNotice(db, taken, { state: 'parked', dueAtMs: null, lastAnswer: '410' })
      const all = [...sooner.toSorted((a, b) => (a < b ? -1 : 1)), ...later]
      for (const limit of [1, 2, 9]) {
        const seen: string[] = []
        let after: Parameters<typeof noticesAfter>[2] = null
        for (let page = 0; page < 9; page += 1) {
          const rows: Awaited<ReturnType<typeof noticesAfter>> = await noticesAfter(
            db,
            everything,
            after,
            limit,
          )
          const last = rows.at(-1)
          if (last === undefined) break
          seen.push(...rows.map(({ id }) => id))
          after = { createdAtMs: last.recordedAt, id: last.id }
        }
        expect(seen).toEqual(all)
      }
      const ids = async (filter: object) =>
        (await noticesAfter(db, { ...everything, ...filter }, null, 9)).map(({ id }) => id)
      expect(await ids({ orderId: 'ord-1' })).toEqual(later)
      expect(await ids({ state: 'parked' })).toEqual([taken.noticeId])
      expect(await ids({ orderId: 'ord-1', state: 'delivered' })).toEqual([])
      expect(await ids({ fromMs: nowMs + 1 })).toEqual(later)
      expect(await ids({ toMs: nowMs + 1 })).toHaveLength(3)
    })

    test('each attempt is kept with its answer, also of a notice that is replayed; of many the first three and the last seventeen', async () => {
      await using store = await open()
      const db = await store.connect()
      const [id = ''] = await owed(db, 'ord-1', nowMs, 1)
      for (let attempt = 1; attempt <= 25; attempt += 1) {
        const row = one(await leaseNotices(db, by('worker', nowMs + attempt * 100)))
        const answer = { atMs: nowMs + attempt * 100, answer: String(500 + attempt) }
        const state = attempt === 24 ? 'parked' : 'waiting'
        await settleNotice(db, row, {
          state,
          dueAtMs: state === 'parked' ? null : 0,
          lastAnswer: 'x',
          answer,
        })
        if (state === 'parked') await replayNotices(db, { id }, nowMs)
      }
      // No attempt: the lease alone is given back.
      const row = one(await leaseNotices(db, by('worker', nowMs + 9_000)))
      await settleNotice(db, row, { state: 'waiting', dueAtMs: 0, lastAnswer: '410' })
      const kept = one(await noticesAfter(db, everything, null, 1)).answers.map(({ answer }) => answer)
      expect(kept).toEqual(
        [1, 2, 3, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map((n) =>
          String(500 + n),
        ),
      )
    })

    test('answers that cannot be read do not keep a notice from being settled', async () => {
      await using store = await open()
      const db = await store.connect()
      await owed(db, 'ord-1', nowMs, 1)
      const row = one(await leaseNotices(db, by('worker')))
      const answer = { atMs: nowMs, answer: '204' }
      const odd = { ...row, answers: '[{"atMs":0.5}]' }
      expect(
        await settleNotice(db, odd, { state: 'delivered', dueAtMs: null, lastAnswer: '204', answer }),
      ).toBe('done')
      expect(one(await noticesAfter(db, everything, null, 1)).answers).toEqual([answer])
    })

    test('a waiting notice and the earlier ones of its order become due now, and a delivered one stays', async () => {
      await using store = await open()
      const db = await store.connect()
      const [, second = '', third = ''] = await owed(db, 'ord-1', nowMs, 3)
      await owed(db, 'ord-2', nowMs, 1)
      for (const row of await leaseNotices(db, by('worker')))
        await settleNotice(db, row, { state: 'waiting', dueAtMs: nowMs + 9_000, lastAnswer: '503' })
      const dues = async () =>
        (await noticesAfter(db, everything, null, 9)).map(({ orderId, sequence, dueAt, attempts }) => [
          `${orderId}/${sequence}`,
          dueAt,
          attempts,
        ])
      await makeNoticesDue(db, { id: second }, nowMs + 3)
      expect(await dues()).toEqual([
        ['ord-1/1', nowMs + 3, 0],
        ['ord-1/2', nowMs, 0],
        ['ord-1/3', nowMs, 0],
        ['ord-2/1', nowMs + 9_000, 1],
      ])
      await makeNoticesDue(db, { from: nowMs, to: nowMs + 1 }, nowMs + 4)
      expect(await dues()).toContainEqual(['ord-2/1', nowMs + 4, 0])
      await makeNoticesDue(db, { id: third }, nowMs + 5)
      await makeNoticesDue(db, { id: 'nobody' }, nowMs + 5)
    })
  })
}
