import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { budgetContract } from './budget.contract.ts'
import { claimsContract } from './claims.contract.ts'
import type { Write } from './engines/open.ts'
import {
  anOrder,
  anyOf,
  at,
  deciding,
  failing,
  noted,
  noting,
  nowMs,
  paying,
  reading,
  recordUnguarded,
  touchingNothing,
  type OpenedStore,
} from './fixtures.contract.ts'
import { intakeContract } from './known-claims.contract.ts'
import { listsContract } from './lists.contract.ts'
import { ordersContract } from './orders.contract.ts'
import { insertOrder, readOrder, recordDecision } from './orders.ts'
import { noticesOfOrder } from './outbox.ts'
import { cancelsContract } from './cancels.contract.ts'
import { messagesContract } from './messages.contract.ts'
import { noticesContract } from './notices.contract.ts'
import { paymentsOfOrder, readProof } from './payments.ts'
import { recallContract } from './clock-skew.contract.ts'
import { recordsContract } from './records.contract.ts'
import { timelineOf } from './timeline.ts'
import { maintenanceContract } from './maintenance.contract.ts'
import { leasesContract } from './leases.contract.ts'

/** What every engine promises. Nothing here is about one of them. */
export function storeContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: units of work`, () => {
    test('the same order registered again stays as it was first (M-04)', async () => {
      await using store = await open()
      const db = await store.connect()
      expect(await insertOrder(db, anOrder('ord-1'), nowMs)).toBe(true)
      expect(await insertOrder(db, { ...anOrder('ord-1'), amount: 1 }, nowMs)).toBe(false)
      expect((await reading(db, 'ord-1')).order.amount).toBe(14_000)
    })

    test('an order and who registered it are written together, by the one who is first', async () => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      const by = (actor: string) =>
        ({
          event: 'order.registered',
          paymentId: null,
          from: null,
          to: 'open',
          reason: 'asked',
          actor,
        }) as const
      const isNew = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          insertOrder(anyOf(servers, index), anOrder('ord-1'), nowMs, [by(`key:${index}`)]),
        ),
      )
      const [line, ...others] = await timelineOf(anyOf(servers), 'ord-1')
      expect(isNew.filter(Boolean)).toHaveLength(1)
      expect([line, others]).toMatchObject([
        {
          entryId: 'ord-1/00000001/000',
          event: 'order.registered',
          atMs: anOrder('ord-1').registeredAtMs,
          fromStatus: null,
          toStatus: 'open',
          actor: `key:${isNew.indexOf(true)}`,
          because: null,
        },
        [],
      ])
    })

    test('a write at an old version is stale and changes nothing', async () => {
      await using store = await open()
      const [db, other] = [await store.connect(), await store.connect()]
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const old = await reading(db, 'ord-1')
      expect(await recordDecision(other, old, deciding(old, { sequence: 7 }), at)).toBe('done')
      expect(await recordDecision(db, old, deciding(old, { status: 'expired' }), at)).toBe('stale')
      expect(await reading(db, 'ord-1')).toMatchObject({
        version: 2,
        order: { status: 'open', sequence: 7 },
      })
    })

    test('of fifty servers that decide on one reading, one writes', async () => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      await insertOrder(anyOf(servers), anOrder('ord-1'), nowMs)
      const read = await reading(anyOf(servers), 'ord-1')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          recordDecision(anyOf(servers, index), read, paying(read, `imp_${index}`), at),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
      const { order, version } = await reading(anyOf(servers), 'ord-1')
      expect(version).toBe(2)
      expect((await paymentsOfOrder(anyOf(servers), 'ord-1')).map((held) => held.payment.paymentId)).toEqual([
        order.keptPaymentId,
      ])
      expect(await noticesOfOrder(anyOf(servers), 'ord-1')).toHaveLength(1)
    })

    // Shows why the guard exists: through a write that does not name the version it read, both servers get `done` and the
    // first update is lost. Without the guard in `recordDecision`, the guard's test fails in this way.
    test.each([
      ['with the guard no update is lost', recordDecision, { outcomes: ['done', 'stale'], lost: false }],
      [
        'without the guard the race below loses an update, and would be noticed',
        recordUnguarded,
        { outcomes: ['done', 'done'], lost: true },
      ],
    ])('%s', async (_, record, expected) => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      await insertOrder(anyOf(servers), anOrder('ord-1'), nowMs)
      const read = await reading(anyOf(servers), 'ord-1')
      const outcomes = [
        await record(anyOf(servers, 0), read, deciding(read, { sequence: 7 }), at),
        await record(anyOf(servers, 1), read, deciding(read, { emptyAfterDeadline: true }), at),
      ]
      const lost = outcomes[0] === 'done' && (await reading(anyOf(servers), 'ord-1')).order.sequence !== 7
      expect({ outcomes, lost }).toEqual(expected)
    })

    test('a decision is written whole or not at all (S-11)', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const orderId of ['ord-1', 'ord-2']) await insertOrder(db, anOrder(orderId), nowMs)
      const first = await reading(db, 'ord-1')
      expect(await recordDecision(db, first, paying(first, 'imp_1'), at)).toBe('done')
      // The second order's decision is sound but for its payment, which the first order already has.
      const second = await reading(db, 'ord-2')
      expect(await recordDecision(db, second, paying(second, 'imp_1'), at)).toBe('stale')
      expect(await reading(db, 'ord-2')).toEqual(second)
      expect([
        await noticesOfOrder(db, 'ord-2'),
        await timelineOf(db, 'ord-2'),
        await readProof(db, 'ord-2'),
      ]).toEqual([[], [], null])
    })

    test('of units given at one moment a stale one undoes only itself', async () => {
      await using store = await open()
      const db = await store.connect()
      const outcomes = await Promise.all([
        db.atomically([noting(db, 'a')]),
        db.atomically([noting(db, 'b'), touchingNothing(db), noting(db, 'c')]),
        db.atomically([noting(db, 'd')]),
      ])
      expect(outcomes).toEqual(['done', 'stale', 'done'])
      expect(await noted(db)).toEqual(['a', 'd'])
    })

    test('a unit that fails is told so and undoes only itself', async () => {
      await using store = await open()
      const db = await store.connect()
      const outcomes = await Promise.allSettled([
        db.atomically([noting(db, 'a')]),
        db.atomically([noting(db, 'b'), failing(db, 'b')]),
        db.atomically([noting(db, 'c'), noting(db, 'd')]),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await noted(db)).toEqual(['a', 'c', 'd'])
    })

    test('more units than one commit takes are all written', async () => {
      await using store = await open()
      const [db, other] = [await store.connect(), await store.connect()]
      const ids = Array.from({ length: 1_100 }, (_, index) => `u${String(index).padStart(4, '0')}`)
      const outcomes = await Promise.all(
        ids.map((id, index) => (index % 2 === 0 ? db : other).atomically([noting(db, id)])),
      )
      expect(new Set(outcomes)).toEqual(new Set(['done']))
      expect(await noted(other)).toEqual(ids)
    })

    test('units that take the same rows in opposite orders are all written in the end (K-05)', async () => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      const { timeline } = anyOf(servers).tables
      await anyOf(servers).atomically([noting(anyOf(servers), 'a'), noting(anyOf(servers), 'b')])
      const touching =
        (entryId: string): Write =>
        (query) =>
          query.update(timeline).set({ reason: 'touched' }).where(eq(timeline.entryId, entryId))
      const outcomes = await Promise.all(
        Array.from({ length: 4 }, (_, index) => {
          const both = [touching('a'), touching('b')]
          return anyOf(servers, index).atomically(index % 2 === 0 ? both : both.toReversed())
        }),
      )
      expect(new Set(outcomes)).toEqual(new Set(['done']))
    })

    test('what is answered «done» is there for every other connection', async () => {
      await using store = await open()
      const [db, other] = [await store.connect(), await store.connect()]
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          await insertOrder(db, anOrder(`ord-${index}`), nowMs)
          expect(await readOrder(other, `ord-${index}`)).not.toBeNull()
        }),
      )
    })

    test('a later write of a unit sees the earlier ones', async () => {
      await using store = await open()
      const db = await store.connect()
      const { timeline } = db.tables
      const renaming: Write = (query) =>
        query.update(timeline).set({ reason: 'renamed' }).where(eq(timeline.entryId, 'a'))
      expect(await db.atomically([noting(db, 'a'), renaming])).toBe('done')
    })
  })

  ordersContract(engine, open)
  recordsContract(engine, open)
  leasesContract(engine, open)
  claimsContract(engine, open)
  intakeContract(engine, open)
  cancelsContract(engine, open)
  noticesContract(engine, open)
  messagesContract(engine, open)
  budgetContract(engine, open)
  maintenanceContract(engine, open)
  recallContract(engine, open)
  listsContract(engine, open)
}
