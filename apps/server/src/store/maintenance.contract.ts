import type { Payment } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { readBacklog } from './backlog.ts'
import { settleCancel } from './cancels.ts'
import { leaseCancels } from './due-cancels.ts'
import type { Database } from './engines/open.ts'
import { leaseOrders } from './due-orders.ts'
import {
  aClaim,
  aNotice,
  aPayment,
  anEntry,
  anIntent,
  aReview,
  anOrder,
  at,
  by,
  deciding,
  nowMs,
  one,
  reading,
  type OpenedStore,
} from './fixtures.contract.ts'
import { insertOrder, recordDecision } from './orders.ts'
import { leaseNotices, settleNotice } from './outbox.ts'
import { recordOrphans } from './orphans.ts'
import { readPayment } from './payments.ts'
import { insertReceipt, leaseReceipts, settleReceipt } from './receipts.ts'
import { keepRound, leaseRounds, openRounds, settleRound } from './poll-cursors.ts'
import { deleteEndedClaims, deleteExcessClaims, deleteOldOrphans, dropOldStrangers } from './retention.ts'
import { timelineOf } from './timeline.ts'

const orphan = (db: Database, paymentId: string, atMs: number, standing: Payment['standing'] = 'orphan') =>
  recordOrphans(
    db,
    null,
    { payments: [{ ...aPayment(paymentId, 'theirs'), standing }], timeline: [anEntry] },
    atMs,
  )

const claimsLeft = async (db: Database): Promise<string[]> =>
  (await db.query.select().from(db.tables.receipts)).map(({ paymentId }) => paymentId).toSorted()

const lists = ['paid', 'cancelled']

/** Contract of every engine: poll cursors, retention and the backlog. */
export function maintenanceContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: the gateway's lists`, () => {
    test('each list is there once, and is read from where the first server said', async () => {
      await using store = await open()
      const db = await store.connect()
      await openRounds(db, ['paid', 'cancelled'], nowMs - 700, nowMs)
      await openRounds(db, ['paid', 'cancelled'], nowMs, nowMs + 1e6)
      const free = { readUntilMs: nowMs - 700, dueAtMs: nowMs, attempts: 0, leaseUntilMs: 0, lease: '' }
      expect(await db.query.select().from(db.tables.rounds)).toMatchObject([free, free])
      expect(await leaseRounds(db, by('early', nowMs - 1), lists)).toEqual([])
      // A list of a gateway that is not configured stays where it is.
      expect(await leaseRounds(db, by('other'), ['portone-v2 paid'])).toEqual([])
      const taken = await leaseRounds(db, by('worker'), lists)
      expect(taken.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'paid'])
      for (const round of taken)
        expect(round).toMatchObject({ readUntilMs: nowMs - 700, attempts: 0, lease: 'worker' })
    })

    test('a list is read by one worker, and by another when its lease has run out (L-07)', async () => {
      await using store = await open()
      const [db, other] = [await store.connect(), await store.connect()]
      await openRounds(db, ['paid'], nowMs, nowMs)
      const taken = await Promise.all([
        leaseRounds(db, by('one'), lists),
        leaseRounds(other, by('two'), lists),
      ])
      expect(taken.flat()).toHaveLength(1)
      expect(await leaseRounds(other, by('early', nowMs + 9), lists)).toEqual([])
      expect(await leaseRounds(other, by('in time', nowMs + 10), lists)).toMatchObject([{ lease: 'in time' }])
    })

    test('a worker that goes on reading keeps its list; how far it came is noted', async () => {
      await using store = await open()
      const db = await store.connect()
      await openRounds(db, ['paid'], nowMs - 700, nowMs)
      await openRounds(db, ['cancelled'], nowMs - 700, nowMs + 1e6)
      const round = one(await leaseRounds(db, by('worker'), lists))
      const further = { readUntilMs: nowMs - 300, leaseUntilMs: nowMs + 50 }
      expect(await keepRound(db, round, further)).toBe('done')
      expect(await leaseRounds(db, by('early', nowMs + 49), lists)).toEqual([])
      expect(await leaseRounds(db, by('heir', nowMs + 50), lists)).toMatchObject([
        { readUntilMs: nowMs - 300 },
      ])
      expect(await keepRound(db, round, { ...further, readUntilMs: nowMs })).toBe('stale')
      const later = await leaseRounds(db, by('worker', nowMs + 1e6), lists)
      expect(Object.fromEntries(later.map(({ status, readUntilMs }) => [status, readUntilMs]))).toEqual({
        cancelled: nowMs - 700,
        paid: nowMs - 300,
      })
    })

    test('a list that was read is free and due again at its time; who lost it writes nothing (S-15)', async () => {
      await using store = await open()
      const db = await store.connect()
      await openRounds(db, ['paid'], nowMs - 700, nowMs)
      const round = one(await leaseRounds(db, by('worker'), lists))
      const next = { readUntilMs: nowMs, dueAtMs: nowMs + 5, attempts: 3 }
      expect(await settleRound(db, round, next)).toBe('done')
      expect(await leaseRounds(db, by('early', nowMs + 4), lists)).toEqual([])
      const heir = await leaseRounds(db, by('heir', nowMs + 5), lists)
      expect(heir).toMatchObject([{ readUntilMs: nowMs, attempts: 3 }])
      expect(await settleRound(db, round, { ...next, readUntilMs: 0 })).toBe('stale')
      expect(await leaseRounds(db, by('last', nowMs + 15), lists)).toMatchObject([{ readUntilMs: nowMs }])
    })
  })

  describe(`${engine}: old rows`, () => {
    test('claims that ended are deleted once they were last heard before the given moment, so many at once (D-04)', async () => {
      await using store = await open()
      const db = await store.connect()
      const ended = async (paymentId: string, atMs: number, state: 'waiting' | 'done' | 'dropped') => {
        const receipt = await insertReceipt(db, aClaim(paymentId, 'ord-1'), by('door', atMs))
        await settleReceipt(db, receipt, { state, dueAtMs: null })
      }
      await ended('imp_done', nowMs - 3, 'done')
      await ended('imp_dropped', nowMs - 3, 'dropped')
      await ended('imp_waiting', nowMs - 3, 'waiting')
      await ended('imp_edge', nowMs - 2, 'done')
      expect(await deleteEndedClaims(db, nowMs - 2, 1)).toBe(1)
      expect(await claimsLeft(db)).toHaveLength(3)
      expect(await deleteEndedClaims(db, nowMs - 2, 9)).toBe(1)
      expect(await claimsLeft(db)).toEqual(['imp_edge', 'imp_waiting'])
      expect(await deleteEndedClaims(db, nowMs - 2, 9)).toBe(0)
    })

    test('of claims about nothing we know the newest are kept, and none about what we know is deleted (D-01, D-04)', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      await orphan(db, 'imp_held', nowMs)
      for (let age = 1; age <= 5; age += 1)
        await insertReceipt(db, aClaim(`imp_${age}`, 'theirs'), by('door', nowMs - age))
      const known = [
        await insertReceipt(db, aClaim('imp_new', 'ord-1'), by('door', nowMs - 99)),
        await insertReceipt(db, aClaim('imp_held', 'theirs'), by('door', nowMs - 99)),
      ]
      const ended = await insertReceipt(db, aClaim('imp_ended', 'theirs'), by('door', nowMs - 99))
      await settleReceipt(db, ended, { state: 'done', dueAtMs: null })
      expect(await deleteExcessClaims(db, 5, 9)).toBe(0)
      expect(await deleteExcessClaims(db, 2, 1)).toBe(1)
      expect(await deleteExcessClaims(db, 2, 9)).toBe(2)
      const kept = [...known, ended].map(({ claim }) => claim.paymentId ?? '')
      expect(await claimsLeft(db)).toEqual(['imp_1', 'imp_2', ...kept].toSorted())
    })

    test('of due claims about nothing we know the old ones are dropped, unless the gateway knows their payment (G-23, D-04)', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const file = (
        paymentId: string,
        ageMs: number,
        dueInMs: number,
        orderId = 'theirs',
        isStranger = true,
      ) =>
        insertReceipt(
          db,
          aClaim(paymentId, orderId),
          { ...by('door', nowMs - ageMs), leaseUntilMs: nowMs - ageMs },
          { orderId, isStranger, dueAtMs: nowMs - ageMs + dueInMs },
        )
      await file('imp_old', 100, 0)
      await file('imp_asked', 100, 100)
      await file('imp_young', 99, 0)
      await file('imp_later', 100, 101)
      const confirmed = await file('imp_confirmed', 100, 0)
      await settleReceipt(db, confirmed, { state: 'waiting', dueAtMs: nowMs - 1, isConfirmed: true })
      await file('imp_ours', 100, 0, 'ord-1')
      await file('imp_listed', 100, 0, 'theirs', false)
      await insertReceipt(
        db,
        aClaim('imp_leased', 'theirs'),
        { lease: 'door', nowMs: nowMs - 100, leaseUntilMs: nowMs + 1 },
        { orderId: 'theirs', isStranger: true, dueAtMs: nowMs - 100 },
      )
      const old = { nowMs, beforeMs: nowMs - 99 }
      expect(await dropOldStrangers(db, old)).toBe(2)
      expect(await dropOldStrangers(db, old)).toBe(0)
      const { query, tables } = db
      const rows = await query.select().from(tables.receipts)
      const dropped = rows.filter(({ state }) => state === 'dropped').map(({ paymentId }) => paymentId)
      expect(dropped.toSorted()).toEqual(['imp_asked', 'imp_old'])
      expect(rows.filter(({ state, dueAtMs }) => state === 'dropped' && dueAtMs <= nowMs)).toEqual([])
    })

    test('payments of orders nobody registered are deleted with their history once they are old (M-17, D-04)', async () => {
      await using store = await open()
      const db = await store.connect()
      await orphan(db, 'imp_old', nowMs - 3)
      await orphan(db, 'imp_older', nowMs - 4)
      await orphan(db, 'imp_edge', nowMs - 2)
      await orphan(db, 'imp_kept', nowMs - 9, null)
      const by9 = { beforeMs: nowMs - 2, keep: 9, limit: 9 }
      expect(await deleteOldOrphans(db, { ...by9, limit: 1 })).toBe(1)
      expect(await deleteOldOrphans(db, by9)).toBe(1)
      for (const [paymentId, lines] of [
        ['imp_old', 0],
        ['imp_older', 0],
        ['imp_edge', 1],
        ['imp_kept', 1],
      ] as const) {
        expect(await timelineOf(db, paymentId)).toHaveLength(lines)
        expect(await readPayment(db, paymentId)).toEqual(lines === 0 ? null : expect.anything())
      }
      expect(await deleteOldOrphans(db, by9)).toBe(0)
    })

    test('of more orphans than are kept the oldest are deleted though they are not old, and the newest stay', async () => {
      await using store = await open()
      const db = await store.connect()
      for (let age = 0; age < 4; age += 1) await orphan(db, `imp_${age}`, nowMs - age)
      await orphan(db, 'imp_kept', nowMs - 9, null)
      expect(await deleteOldOrphans(db, { beforeMs: 0, keep: 4, limit: 9 })).toBe(0)
      await orphan(db, 'imp_first', 0) // as old as a time can be
      expect(await deleteOldOrphans(db, { beforeMs: 0, keep: 5, limit: 9 })).toBe(0)
      expect(await deleteOldOrphans(db, { beforeMs: 1, keep: 5, limit: 9 })).toBe(1)
      expect(await deleteOldOrphans(db, { beforeMs: 0, keep: 2, limit: 9 })).toBe(2)
      const left = await db.query.select().from(db.tables.payments)
      expect(left.map(({ paymentId }) => paymentId).toSorted()).toEqual(['imp_0', 'imp_1', 'imp_kept'])
    })
  })

  describe(`${engine}: the backlog`, () => {
    test('nothing waits in an empty store', async () => {
      await using store = await open()
      const none = { claims: 0, cancels: 0, notices: 0, orders: 0 }
      expect(await readBacklog(await store.connect(), nowMs)).toEqual({
        waiting: { ...none, parked_notices: 0, orders_for_review: 0, orphan_payments: 0 },
        oldestDueMs: none,
      })
    })

    test('each kind is counted separately, and its age is that of its most overdue row', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const read = await reading(db, 'ord-1')
      const notices = [1, 2, 3, 4].map((sequence) => aNotice(read.order, sequence))
      const intents = ['imp_1', 'imp_2', 'imp_3'].map((paymentId) => anIntent(paymentId))
      await recordDecision(db, read, deciding(read, { reviews: [aReview('late')] }, { notices, intents }), {
        ...at,
        nowMs: nowMs - 40,
        dueAtMs: nowMs - 10,
      })
      await insertOrder(db, { ...anOrder('ord-2'), reviews: [aReview('surplus')] }, nowMs + 1) // not due yet
      await insertOrder(db, anOrder('ord-3'), nowMs)
      for (const [paymentId, dueAtMs] of [
        ['imp_1', nowMs - 20],
        ['imp_2', nowMs + 20],
      ] as const)
        await insertReceipt(db, aClaim(paymentId, 'ord-1'), by('door', nowMs - 20), {
          orderId: 'ord-1',
          isStranger: false,
          dueAtMs,
        })
      const ended = { dueAtMs: null, lastAnswer: 'ended', lastProblem: null } as const
      const worker = by('worker', nowMs - 10)
      await settleCancel(db, one(await leaseCancels(db, worker)), { ...ended, state: 'over' })
      for (const state of ['delivered', 'parked', 'parked'] as const)
        await settleNotice(db, one(await leaseNotices(db, worker)), { ...ended, state })
      for (const paymentId of ['imp_7', 'imp_8', 'imp_9']) await orphan(db, paymentId, nowMs)
      await orphan(db, 'imp_6', nowMs, 'rejected')
      expect(await readBacklog(db, nowMs)).toEqual({
        waiting: {
          claims: 2,
          cancels: 2,
          notices: 1,
          orders: 2,
          parked_notices: 2,
          orders_for_review: 2,
          orphan_payments: 3,
        },
        oldestDueMs: { claims: 20, cancels: 40, notices: 40, orders: 10 },
      })
      // What is leased still waits: it has not come to its end.
      await leaseOrders(db, by('worker'))
      await leaseReceipts(db, by('worker'))
      expect((await readBacklog(db, nowMs)).waiting).toMatchObject({ claims: 2, orders: 2 })
    })
  })
}
