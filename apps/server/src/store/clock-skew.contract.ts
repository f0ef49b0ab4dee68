import { describe, expect, test } from 'vitest'
import type { Database } from './engines/open.ts'
import {
  aClaim,
  aNotice,
  aPayment,
  anIntent,
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
import { recordOrphans } from './orphans.ts'
import { moveDueTimes, repairClockSkew } from './clock-skew.ts'
import { noteDeployment, readDeployment } from './deployment.ts'
import { insertReceipt } from './receipts.ts'
import { openRounds } from './poll-cursors.ts'
import { NEVER_MS } from './work-tables.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** What every engine promises about work that a wrong clock has put off. */
export function recallContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: times from a clock that was ahead (K-03)`, () => {
    const waits = {
      orphanAfterMs: minuteMs,
      listEveryMs: minuteMs,
      workLeaseMs: 30_000,
      cancelLeaseMs: 30_000,
    }
    const dueOf = async (db: Database) => {
      const { orders, receipts, cancels, notices, rounds } = db.tables
      const first = async (
        table: typeof orders | typeof receipts | typeof cancels | typeof notices | typeof rounds,
      ) =>
        one(await db.query.select({ dueAtMs: table.dueAtMs, leaseUntilMs: table.leaseUntilMs }).from(table))
      return {
        orders: await first(orders),
        receipts: await first(receipts),
        cancels: await first(cancels),
        notices: await first(notices),
        rounds: await first(rounds),
      }
    }
    /** One row of each kind, due or held as given. */
    const rowsDue = async (db: Database, dueIn: Readonly<Record<string, number>>, heldForMs = 0) => {
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const read = await reading(db, 'ord-1')
      const decision = deciding(read, {}, { intents: [anIntent()], notices: [aNotice(read.order, 1)] })
      await recordDecision(db, read, decision, { ...at, dueAtMs: nowMs })
      await insertReceipt(db, aClaim('imp_1', 'ord-1'), { lease: 'door', nowMs, leaseUntilMs: nowMs })
      await openRounds(db, ['paid'], nowMs, nowMs)
      const { orders, receipts, cancels, notices, rounds } = db.tables
      for (const [name, table] of Object.entries({ orders, receipts, cancels, notices, rounds }))
        await db.atomically([
          (query) =>
            query.update(table).set({ dueAtMs: nowMs + (dueIn[name] ?? 0), leaseUntilMs: nowMs + heldForMs }),
        ])
    }
    const recalled = { dueAtMs: nowMs, leaseUntilMs: 0 }
    /** The longest that each is ever put off. */
    const longest = {
      orders: hourMs + 5 * minuteMs,
      receipts: 25 * minuteMs,
      cancels: 25 * 60 * minuteMs,
      notices: 27 * hourMs,
      rounds: waits.listEveryMs + 2 * minuteMs,
    }
    const all = (row: object) => ({ orders: row, receipts: row, cancels: row, notices: row, rounds: row })

    test('a row within the longest regular delay stays as it is', async () => {
      await using store = await open()
      const db = await store.connect()
      await rowsDue(db, longest, waits.workLeaseMs + 5_000)
      const before = await dueOf(db)
      await repairClockSkew(db, nowMs, waits)
      expect(await dueOf(db)).toEqual(before)
    })

    test('a row beyond it is due now', async () => {
      await using store = await open()
      const db = await store.connect()
      const later = Object.entries(longest).map(([name, ms]) => [name, ms + 1])
      await rowsDue(db, Object.fromEntries(later))
      await repairClockSkew(db, nowMs, waits)
      expect(await dueOf(db)).toEqual(all(recalled))
    })

    test('what is held longer than any worker holds it is free, and due now', async () => {
      await using store = await open()
      const db = await store.connect()
      await rowsDue(db, {}, waits.workLeaseMs + 5_001)
      await repairClockSkew(db, nowMs, waits)
      expect(await dueOf(db)).toEqual(all(recalled))
    })

    test('what is held as long as a worker holds it, by a clock that is a little ahead, stays held', async () => {
      await using store = await open()
      const db = await store.connect()
      await rowsDue(db, {}, waits.workLeaseMs + 5_000)
      const before = await dueOf(db)
      await repairClockSkew(db, nowMs, waits)
      expect(await dueOf(db)).toEqual(before)
    })

    test('what is never due stays so, held or not', async () => {
      await using store = await open()
      const db = await store.connect()
      const never = Object.keys(longest).map((name) => [name, NEVER_MS - nowMs])
      await rowsDue(db, Object.fromEntries(never), hourMs)
      const before = await dueOf(db)
      await repairClockSkew(db, nowMs, waits)
      expect(await dueOf(db)).toEqual(before)
    })

    test.each([
      ['awaiting_deposit', hourMs + 5 * minuteMs],
      ['open', hourMs + 5 * minuteMs],
      ['paid', 25 * hourMs],
      ['partially_cancelled', 25 * hourMs],
      ['cancelled', 25 * hourMs],
      ['expired', 25 * hourMs],
    ] as const)('an order that is %s is looked at within %d ms', async (status, longestMs) => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, { ...anOrder('in-time'), status }, nowMs + longestMs)
      await insertOrder(db, { ...anOrder('too-late'), status }, nowMs + longestMs + 1)
      await repairClockSkew(db, nowMs, waits)
      expect((await reading(db, 'in-time')).dueAtMs).toBe(nowMs + longestMs)
      expect((await reading(db, 'too-late')).dueAtMs).toBe(nowMs)
    })

    test.each(['open', 'paid'] as const)(
      'an order that is %s and has money without a place is looked at within eleven minutes (W-06, L-02)',
      async (status) => {
        await using store = await open()
        const db = await store.connect()
        const dueAtMs = nowMs + 11 * minuteMs + 1
        const register = (orderId: string, due = dueAtMs, registeredAtMs = nowMs) =>
          insertOrder(db, { ...anOrder(orderId), status, registeredAtMs }, due)
        for (const orderId of ['late', 'placed', 'without']) await register(orderId)
        await register('in-time', dueAtMs - 1)
        await register('old', dueAtMs, nowMs - 30 * 24 * hourMs)
        for (const orderId of ['late', 'old', 'in-time', 'placed']) {
          const standing = orderId === 'placed' ? ('surplus' as const) : ('orphan' as const)
          const payment = { ...aPayment(`imp_${orderId}`, orderId), standing }
          await recordOrphans(db, null, { payments: [payment], timeline: [] }, nowMs)
        }
        await repairClockSkew(db, nowMs, waits)
        const due: Record<string, number> = {}
        for (const id of ['late', 'old', 'in-time', 'placed', 'without'])
          due[id] = (await reading(db, id)).dueAtMs
        expect(due).toEqual({
          late: nowMs,
          old: nowMs,
          'in-time': dueAtMs - 1,
          placed: dueAtMs,
          without: dueAtMs,
        })
      },
    )

    test('set back by an hour, every kind of work is due an hour earlier; what is due or never due stays', async () => {
      await using store = await open()
      const db = await store.connect()
      const kinds = Object.keys(longest)
      const dueIn = (ms: number) => Object.fromEntries(kinds.map((kind) => [kind, ms]))
      for (const [before, after] of [
        [3 * hourMs, 2 * hourMs],
        [minuteMs, minuteMs - hourMs],
        [0, 0],
        [-hourMs, -hourMs],
        [NEVER_MS - nowMs, NEVER_MS - nowMs],
      ] as const) {
        await using own = await open()
        const one = await own.connect()
        await rowsDue(one, dueIn(before))
        await moveDueTimes(one, nowMs, hourMs)
        expect(await dueOf(one)).toEqual(all({ dueAtMs: nowMs + after, leaseUntilMs: nowMs }))
      }
      // More rows than one commit moves, and many of one moment.
      for (let index = 0; index < 1_203; index += 1)
        await insertOrder(db, anOrder(`ord-${index}`), nowMs + 1 + Math.min(index, 600) * 1_000)
      await moveDueTimes(db, nowMs, 10_000)
      for (const index of [0, 5, 499, 500, 501, 600, 999, 1_202]) {
        const { dueAtMs } = await reading(db, `ord-${index}`)
        expect([index, dueAtMs - nowMs]).toEqual([index, 1 + Math.min(index, 600) * 1_000 - 10_000])
      }
    })

    test('of several servers one notes a correction; a later correction is another one', async () => {
      await using store = await open()
      const db = await store.connect()
      const note = (atMs: number) =>
        noteDeployment(db, 'clock_went_back', String(atMs), { nowMs: atMs, onceInMs: minuteMs })
      expect(await readDeployment(db, 'clock_went_back')).toBeNull()
      const outcomes = []
      for (const atMs of [nowMs, nowMs + 1_000, nowMs - 1_000, nowMs + minuteMs, nowMs - hourMs])
        outcomes.push(await note(atMs))
      expect(outcomes).toEqual(['done', 'stale', 'stale', 'done', 'done'])
      expect(await readDeployment(db, 'clock_went_back')).toBe(String(nowMs - hourMs))
    })

    test('claims that may wait for their order longer than usual are left alone as long, and a minute more', async () => {
      await using store = await open()
      const db = await store.connect()
      const patient = { ...waits, orphanAfterMs: hourMs }
      const due = async (dueAtMs: number) => {
        const filing = { orderId: 'theirs', isStranger: false, dueAtMs }
        await insertReceipt(db, aClaim('imp_1', 'theirs'), by('door'), filing)
        await repairClockSkew(db, nowMs, patient)
        return one(await db.query.select().from(db.tables.receipts)).dueAtMs
      }
      expect(await due(nowMs + hourMs + minuteMs)).toBe(nowMs + hourMs + minuteMs)
      expect(await due(nowMs + hourMs + minuteMs + 1)).toBe(nowMs)
    })
  })
}
