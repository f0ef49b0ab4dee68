import type { CancelIntent } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { cancelsOfOrder, holdsLease, readCancel, settleCancel, type HeldCancel } from './cancels.ts'
import { leaseCancels, noteSending } from './due-cancels.ts'
import type { Database } from './engines/open.ts'
import {
  aNotice,
  anIntent,
  anOrder,
  at,
  by,
  deciding,
  nowMs,
  one,
  reading,
  type OpenedStore,
} from './examples.contract.ts'
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

const refundAccount = { bank: '088', account: '110-123-456789', holder: '김철수' }

/** Intents recorded at a moment, and due at once. */
async function asked(db: Database, atMs: number, ...intents: CancelIntent[]): Promise<void> {
  await insertOrder(db, anOrder('ord-1'), nowMs)
  const read = await reading(db, 'ord-1')
  await recordDecision(db, read, deciding(read, {}, { intents }), { ...at, nowMs: atMs })
}

/** Notices of an order with these numbers, recorded at a moment and due at once; their ids. */
async function owed(db: Database, orderId: string, atMs: number, ...sequences: number[]): Promise<string[]> {
  await insertOrder(db, anOrder(orderId), NEVER_MS)
  const read = await reading(db, orderId)
  const notices = sequences.map((sequence) => aNotice(read.order, sequence))
  await recordDecision(db, read, deciding(read, {}, { notices }), { ...at, nowMs: atMs })
  return notices.map(({ id }) => id)
}

const namesOf = (rows: readonly HeldCancel[]): string[] => rows.map(({ intentId }) => intentId)
const rowsOf = async (db: Database) =>
  db.query.select().from(db.tables.notices).orderBy(db.tables.notices.noticeId)

/** What every engine promises about what is owed: money to the customer, notices to the shop. */
export function owedContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: money that goes back`, () => {
    test('of one payment only the earliest intent that waits is taken, of the same moment the first by its id (M-08)', async () => {
      await using store = await open()
      const db = await store.connect()
      const of1 = (intentId: string) => anIntent('imp_1', { intentId })
      await asked(db, nowMs - 5, of1('z first'))
      await asked(db, nowMs - 4, of1('b third'), of1('a second'), anIntent('imp_2'))
      const ended = { state: 'over', dueAtMs: null, lastProblem: null } as const
      const first = await leaseCancels(db, by('worker'))
      expect(namesOf(first).toSorted()).toEqual(['cancel:imp_2', 'z first'])
      expect(namesOf(await leaseCancels(db, by('too early', nowMs + 9)))).toEqual([])
      for (const row of first) await settleCancel(db, row, ended)
      // Free at once: the first has ended, and its lease with it.
      const second = await leaseCancels(db, by('next', nowMs + 1))
      expect(namesOf(second)).toEqual(['a second'])
      await settleCancel(db, one(second), { ...ended, state: 'done' })
      expect(namesOf(await leaseCancels(db, by('last', nowMs + 2)))).toEqual(['b third'])
    })

    test('while a worker holds an intent no other of its payment is taken, though a clock behind has dated that one earlier (M-08, K-03)', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs - 5, anIntent('imp_1', { intentId: 'held' }))
      const held = await leaseCancels(db, by('worker'))
      await asked(db, nowMs - 9, anIntent('imp_1', { intentId: 'dated earlier' }), anIntent('imp_2'))
      expect(namesOf(await leaseCancels(db, by('another')))).toEqual(['cancel:imp_2'])
      await settleCancel(db, one(held), { state: 'done', dueAtMs: null, lastProblem: null })
      expect(namesOf(await leaseCancels(db, by('another')))).toEqual(['dated earlier'])
    })

    test('what the gateway answered is read with the cancel as it was stored; what cannot be read is none', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs, anIntent('imp_1'))
      const row = one(await leaseCancels(db, by('worker')))
      const answer = { atMs: nowMs, answer: 'refused: 정산 잔액 부족' }
      await settleCancel(db, row, { state: 'refused', dueAtMs: nowMs, lastProblem: null, answer })
      expect((await readCancel(db, row.intentId))?.answers).toEqual([answer])
      const { cancels } = db.tables
      await db.atomically([
        (query) =>
          query.update(cancels).set({ answers: '[{"atMs":0.5}]' }).returning({ id: cancels.intentId }),
      ])
      expect((await readCancel(db, row.intentId))?.answers).toEqual([])
    })

    test('a worker takes no more intents than it asks for, the longest due first', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs - 1, anIntent('imp_1'))
      await asked(db, nowMs - 3, anIntent('imp_2'))
      await asked(db, nowMs - 2, anIntent('imp_3'))
      const taken = namesOf(await leaseCancels(db, by('worker', nowMs, 2)))
      expect(taken.toSorted()).toEqual(['cancel:imp_2', 'cancel:imp_3'])
    })

    test('an intent that is put off is counted, due at its time, and keeps where its money goes', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs, anIntent('imp_1', { refundAccount }))
      const row = one(await leaseCancels(db, by('worker')))
      expect(row).toMatchObject({ ...anIntent('imp_1', { refundAccount }), lease: 'worker', attempts: 0 })
      const next = {
        state: 'refused',
        dueAtMs: nowMs + 5,
        lastProblem: '정산금액 부족',
        refusals: 2,
      } as const
      expect(await settleCancel(db, row, next)).toBe('done')
      expect(namesOf(await leaseCancels(db, by('early', nowMs + 4)))).toEqual([])
      expect(await readCancel(db, row.intentId)).toMatchObject({
        state: 'refused',
        dueAtMs: nowMs + 5,
        lastProblem: '정산금액 부족',
        attempts: 1,
        refusals: 2,
        leaseUntilMs: 0,
        refundAccount,
      })
      expect(namesOf(await leaseCancels(db, by('another', nowMs + 5)))).toEqual([row.intentId])
    })

    test.each(['done', 'over'] as const)(
      'an intent that is %s is never due again, and a person’s account is forgotten with it (P-04)',
      async (state) => {
        await using store = await open()
        const db = await store.connect()
        await asked(db, nowMs, anIntent('imp_1', { refundAccount }), anIntent('imp_2', { refundAccount }))
        const row = one(
          (await leaseCancels(db, by('worker'))).filter(({ paymentId }) => paymentId === 'imp_1'),
        )
        await settleCancel(db, row, { state, dueAtMs: null, lastProblem: 'why' })
        expect(await readCancel(db, 'cancel:imp_1')).toMatchObject({
          state,
          refundAccount: null,
          dueAtMs: NEVER_MS,
          lastProblem: 'why',
        })
        expect(await readCancel(db, 'cancel:imp_2')).toMatchObject({ state: 'requested', refundAccount })
      },
    )

    const sending = (cancelledAmount: number, fromMs = nowMs) => ({
      nowMs: fromMs,
      leaseUntilMs: fromMs + 50,
      cancelledAmount,
    })

    test('C-03, S-15: when it is sent, and what had gone back, is noted before by who holds the intent, and by nobody else', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs, anIntent('imp_1'), anIntent('imp_2'))
      const old = await leaseCancels(db, by('slow'))
      const slow = one(old.filter(({ paymentId }) => paymentId === 'imp_1'))
      expect(await noteSending(db, slow, sending(0))).toBe('done')
      expect(await readCancel(db, slow.intentId)).toMatchObject({
        state: 'unknown',
        sentAtMs: nowMs,
        cancelledBefore: 0,
      })
      // The lease lasts as long as the call may.
      expect(namesOf(await leaseCancels(db, by('early', nowMs + 49)))).toEqual(['cancel:imp_2'])
      await leaseCancels(db, by('quick', nowMs + 60))
      expect(await noteSending(db, slow, sending(700))).toBe('stale')
      const before = (await cancelsOfOrder(db, 'ord-1')).map((row) => [row.paymentId, row.cancelledBefore])
      expect(Object.fromEntries(before)).toEqual({ imp_1: 0, imp_2: -1 })
    })

    test('M-08, S-24: of two intents of one payment that two servers took at one moment, one is sent', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs - 5, anIntent('imp_1', { intentId: 'first' }))
      await asked(db, nowMs - 4, anIntent('imp_1', { intentId: 'second' }))
      const hold = async (intentId: string) => {
        const { cancels } = db.tables
        await db.query
          .update(cancels)
          .set({ lease: intentId, leaseUntilMs: nowMs + 10 })
          .where(eq(cancels.intentId, intentId))
        return one((await cancelsOfOrder(db, 'ord-1')).filter((row) => row.intentId === intentId))
      }
      const [first, second] = [await hold('first'), await hold('second')]
      expect(await noteSending(db, second, sending(0))).toBe('stale')
      expect(await noteSending(db, first, sending(0))).toBe('done')
      expect(await noteSending(db, second, sending(0))).toBe('stale')
    })

    test.each(['accepted', 'unknown'] as const)(
      'S-24: while one is %s no other of its payment is taken; what was refused is in nobody’s way',
      async (state) => {
        await using store = await open()
        const db = await store.connect()
        await asked(db, nowMs - 5, anIntent('imp_1', { intentId: 'first' }))
        const first = one(await leaseCancels(db, by('worker')))
        await settleCancel(db, first, { state, dueAtMs: nowMs + 1e6, lastProblem: null })
        await asked(db, nowMs - 4, anIntent('imp_1', { intentId: 'second' }))
        expect(namesOf(await leaseCancels(db, by('another')))).toEqual([])
        await db.query
          .update(db.tables.cancels)
          .set({ state: 'refused' })
          .where(eq(db.tables.cancels.intentId, 'first'))
        expect(namesOf(await leaseCancels(db, by('another')))).toEqual(['second'])
      },
    )

    test.each(['accepted', 'unknown'] as const)(
      'K-03, L-03: one that is %s is looked after, also beside another that a clock has dated earlier',
      async (state) => {
        await using store = await open()
        const db = await store.connect()
        await asked(db, nowMs, anIntent('imp_1', { intentId: 'first' }))
        const first = one(await leaseCancels(db, by('worker')))
        await settleCancel(db, first, { state, dueAtMs: nowMs, lastProblem: null })
        await asked(db, nowMs - 60_000, anIntent('imp_1', { intentId: 'second' }))
        expect(namesOf(await leaseCancels(db, by('another')))).toEqual(['first'])
      },
    )

    test('M-25: what the record shows done is done, whoever holds it, and its worker writes no more', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs, anIntent('imp_1', { refundAccount }))
      const held = one(await leaseCancels(db, by('worker')))
      expect(await holdsLease(db, held)).toBe(true)
      const read = await reading(db, 'ord-1')
      await recordDecision(db, read, deciding(read, {}, { executed: [held.intentId] }), at)
      expect(await holdsLease(db, held)).toBe(false)
      expect(await settleCancel(db, held, { state: 'over', dueAtMs: null, lastProblem: 'x' })).toBe('stale')
      expect(await readCancel(db, held.intentId)).toMatchObject({
        state: 'done',
        dueAtMs: NEVER_MS,
        refundAccount: null,
      })
      const again = await reading(db, 'ord-1')
      expect(await recordDecision(db, again, deciding(again, {}, { executed: [held.intentId] }), at)).toBe(
        'done',
      )
    })
  })

  describe(`${engine}: notices as they are told`, () => {
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

  describe(`${engine}: notices sent again and given up`, () => {
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
      await callOf('idle', 9) // all wait already: nobody's wish is fulfilled, and none is told of
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
