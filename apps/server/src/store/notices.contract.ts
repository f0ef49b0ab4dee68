import { describe, expect, test } from 'vitest'
import type { Database } from './engines/open.ts'
import {
  aNotice,
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
import {
  leaseNotices,
  noticesOfOrder,
  parkNotices,
  replayNotices,
  settleNotice,
  type NoticePlace,
} from './outbox.ts'
import { NEVER_MS } from './work-tables.ts'

/** Notices of an order with these numbers, recorded at a moment and due at once; their ids. */
async function owed(db: Database, orderId: string, atMs: number, ...sequences: number[]): Promise<string[]> {
  await insertOrder(db, anOrder(orderId), NEVER_MS)
  const read = await reading(db, orderId)
  const notices = sequences.map((sequence) => aNotice(read.order, sequence))
  await recordDecision(db, read, deciding(read, {}, { notices }), { ...at, nowMs: atMs })
  return notices.map(({ id }) => id)
}

const rowsOf = async (db: Database) =>
  db.query.select().from(db.tables.notices).orderBy(db.tables.notices.noticeId)

/** Contract of every engine: notices are stored, leased, settled, replayed and parked. */
export function noticesContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: notices`, () => {
    test('a notice is written with its number and its kind, free and due at once', async () => {
      await using store = await open()
      const db = await store.connect()
      const [, id] = await owed(db, 'ord-1', nowMs, 2, 1)
      const free = { state: 'waiting', dueAtMs: nowMs, attempts: 0, leaseUntilMs: 0, lease: '' }
      expect(await rowsOf(db)).toMatchObject([free, free])
      expect(await noticesOfOrder(db, 'ord-1')).toMatchObject([
        { id, type: 'payment.failed', sequence: 1, state: 'waiting' },
        { sequence: 2 },
      ])
      const row = one(await leaseNotices(db, by('worker')))
      expect(row).toMatchObject({
        noticeId: id,
        orderId: 'ord-1',
        sequence: 1,
        type: 'payment.failed',
        state: 'waiting',
        createdAtMs: nowMs,
        lastAnswer: null,
        attempts: 0,
        lease: 'worker',
      })
      expect(await noticesOfOrder(db, 'ord-2')).toEqual([])
    })

    test('a worker takes no more notices than it asks for, the longest due first', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const [orderId, dueAtMs] of [
        ['ord-1', nowMs - 1],
        ['ord-2', nowMs - 3],
        ['ord-3', nowMs - 2],
      ] as const)
        await owed(db, orderId, dueAtMs, 1)
      const taken = await leaseNotices(db, by('worker', nowMs, 2))
      expect(taken.map(({ orderId }) => orderId).toSorted()).toEqual(['ord-2', 'ord-3'])
    })

    test('an attempt is counted, its answer kept, and the next one is due when it says', async () => {
      await using store = await open()
      const db = await store.connect()
      await owed(db, 'ord-1', nowMs, 1)
      const row = one(await leaseNotices(db, by('worker')))
      expect(await settleNotice(db, row, { state: 'waiting', dueAtMs: nowMs + 5, lastAnswer: '503' })).toBe(
        'done',
      )
      expect(await leaseNotices(db, by('early', nowMs + 4))).toEqual([])
      const again = one(await leaseNotices(db, by('another', nowMs + 5)))
      expect(again).toMatchObject({ attempts: 1, lastAnswer: '503', dueAtMs: nowMs + 5 })
      expect(await settleNotice(db, again, { state: 'delivered', dueAtMs: null, lastAnswer: '204' })).toBe(
        'done',
      )
      expect(one(await rowsOf(db))).toMatchObject({
        state: 'delivered',
        attempts: 2,
        lastAnswer: '204',
        dueAtMs: NEVER_MS,
        leaseUntilMs: 0,
      })
    })
  })

  describe(`${engine}: replayed and parked notices`, () => {
    /** Takes what is due, and ends it so. */
    const end = async (db: Database, state: 'delivered' | 'parked') => {
      for (const row of await leaseNotices(db, by('worker', nowMs, 99)))
        await settleNotice(db, row, { state, dueAtMs: null, lastAnswer: 'ended' })
    }

    test('one notice that was delivered is sent again from the start, and no other with it (N-01)', async () => {
      await using store = await open()
      const db = await store.connect()
      const [id = ''] = await owed(db, 'ord-1', nowMs, 1)
      await owed(db, 'ord-2', nowMs, 1)
      expect(await replayNotices(db, { id }, nowMs)).toEqual([]) // it waits anyway
      await end(db, 'delivered')
      expect(await replayNotices(db, { id }, nowMs + 7)).toEqual([
        { id, createdAtMs: nowMs, orderId: 'ord-1' },
      ])
      const row = one((await rowsOf(db)).filter(({ state }) => state === 'waiting'))
      expect(row).toMatchObject({ noticeId: id, dueAtMs: nowMs + 7, attempts: 0, leaseUntilMs: 0, lease: '' })
      expect(await replayNotices(db, { id: 'nobody' }, nowMs)).toEqual([])
      expect((await leaseNotices(db, by('again', nowMs + 7))).map(({ noticeId }) => noticeId)).toEqual([id])
    })

    test('a range begins with its first moment and ends before its last, delivered or parked', async () => {
      await using store = await open()
      const db = await store.connect()
      const [[a = ''], [b = ''], [c = ''], [d = '']] = [
        await owed(db, 'ord-1', nowMs - 4, 1),
        await owed(db, 'ord-2', nowMs - 3, 1),
        await owed(db, 'ord-3', nowMs - 2, 1),
        await owed(db, 'ord-4', nowMs - 1, 1),
      ]
      await end(db, 'parked')
      const [waiting = ''] = await owed(db, 'ord-5', nowMs - 3, 1)
      const range = { fromMs: nowMs - 3, toMs: nowMs - 1, after: null, limit: 9 }
      const chosen = await replayNotices(db, range, nowMs)
      expect(chosen).toEqual([
        { id: b, createdAtMs: nowMs - 3, orderId: 'ord-2' },
        { id: c, createdAtMs: nowMs - 2, orderId: 'ord-3' },
      ])
      const states = Object.fromEntries((await rowsOf(db)).map((row) => [row.noticeId, row.state]))
      expect(states).toEqual({
        [a]: 'parked',
        [b]: 'waiting',
        [c]: 'waiting',
        [d]: 'parked',
        [waiting]: 'waiting',
      })
    })

    test('each order of which a notice is sent again is told once who asked, over all pages of one call', async () => {
      await using store = await open()
      const db = await store.connect()
      await owed(db, 'ord-1', nowMs, 1, 2, 3)
      await owed(db, 'ord-2', nowMs, 1)
      for (let turn = 0; turn < 3; turn += 1) await end(db, 'delivered')
      const entry = {
        event: 'notice.replayed',
        paymentId: null,
        from: null,
        to: null,
        reason: 'asked',
        actor: 'key:till',
      } as const
      const callOf = async (actId: string, limit: number) => {
        const told = new Set<string>()
        let after: NoticePlace | null = null
        for (let turn = 0; turn < 4; turn += 1) {
          const range = { fromMs: 0, toMs: nowMs + 1, after, limit }
          const act = { actId, entry, told }
          const page: Awaited<ReturnType<typeof replayNotices>> = await replayNotices(
            db,
            range,
            nowMs + 7,
            act,
          )
          for (const { orderId } of page) told.add(orderId)
          after = page.at(-1) ?? null
        }
      }
      await callOf('first', 1)
      await callOf('idle', 9) // all wait already: nothing is replayed, and no entry is written
      const lines = await db.query.select().from(db.tables.timeline)
      expect(lines.toSorted((a, b) => a.entryId.localeCompare(b.entryId))).toMatchObject([
        {
          entryId: 'ord-1/first',
          orderId: 'ord-1',
          event: 'notice.replayed',
          actor: 'key:till',
          atMs: nowMs + 7,
        },
        {
          entryId: 'ord-2/first',
          orderId: 'ord-2',
          event: 'notice.replayed',
          actor: 'key:till',
          atMs: nowMs + 7,
        },
      ])
    })

    test('pages of one moment go on by id, and those of a later moment by time', async () => {
      await using store = await open()
      const db = await store.connect()
      const same = [...(await owed(db, 'ord-1', nowMs - 2, 1)), ...(await owed(db, 'ord-2', nowMs - 2, 1))]
      const [last = ''] = await owed(db, 'ord-0', nowMs - 1, 1)
      await end(db, 'delivered')
      const range = { fromMs: 0, toMs: nowMs, limit: 1 }
      const pages: string[] = []
      for (
        let after: Parameters<typeof replayNotices>[1] | null = { ...range, after: null };
        after !== null;
      ) {
        const [place] = await replayNotices(db, after, nowMs)
        if (place !== undefined) pages.push(place.id)
        after = place === undefined ? null : { ...range, after: place }
      }
      expect(pages).toEqual([...same.toSorted(), last])
    })

    test('what has waited too long is parked with its reason, and who holds it ends it no more (N-01)', async () => {
      await using store = await open()
      const db = await store.connect()
      const [old = ''] = await owed(db, 'ord-1', nowMs - 9, 1)
      const [edge = ''] = await owed(db, 'ord-2', nowMs - 5, 1)
      expect(await parkNotices(db, nowMs - 9, 'nobody answers')).toBe(0)
      const held = one((await leaseNotices(db, by('worker'))).filter(({ noticeId }) => noticeId === old))
      expect(await parkNotices(db, nowMs - 5, 'nobody answers')).toBe(1)
      const rows = await rowsOf(db)
      expect(one(rows.filter(({ noticeId }) => noticeId === old))).toMatchObject({
        state: 'parked',
        dueAtMs: NEVER_MS,
        lastAnswer: 'nobody answers',
        leaseUntilMs: 0,
        lease: '',
      })
      expect(one(rows.filter(({ noticeId }) => noticeId === edge)).state).toBe('waiting')
      expect(await settleNotice(db, held, { state: 'delivered', dueAtMs: null, lastAnswer: '204' })).toBe(
        'stale',
      )
      expect(await parkNotices(db, nowMs - 5, 'again')).toBe(0)
    })

    test('what was delivered is never parked, however old', async () => {
      await using store = await open()
      const db = await store.connect()
      await owed(db, 'ord-1', nowMs - 9, 1)
      await end(db, 'delivered')
      expect(await parkNotices(db, nowMs, 'too old')).toBe(0)
      expect(one(await rowsOf(db))).toMatchObject({ state: 'delivered', lastAnswer: 'ended' })
    })
  })
}
