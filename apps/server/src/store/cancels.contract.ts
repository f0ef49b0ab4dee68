import type { CancelIntent } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import {
  cancelsOfOrder,
  holdsLease,
  readCancel,
  settleCancel,
  type HeldCancel,
  movedWrites,
} from './cancels.ts'
import { leaseCancels, noteSending } from './due-cancels.ts'
import type { Database } from './engines/open.ts'
import {
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
import { NEVER_MS } from './work-tables.ts'

const refundAccount = { bank: '088', account: '110-123-456789', holder: '김철수' }

/** Intents recorded at a moment, and due at once. */
async function asked(db: Database, atMs: number, ...intents: CancelIntent[]): Promise<void> {
  await insertOrder(db, anOrder('ord-1'), nowMs)
  const read = await reading(db, 'ord-1')
  await recordDecision(db, read, deciding(read, {}, { intents }), { ...at, nowMs: atMs })
}

const namesOf = (rows: readonly HeldCancel[]): string[] => rows.map(({ intentId }) => intentId)

/** Contract of every engine: cancel intents are leased in order and settled by their worker alone. */
export function cancelsContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: cancel intents`, () => {
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

    test('V-05: an account that was to be closed before stays as it is, and the later decision is recorded', async () => {
      await using store = await open()
      const db = await store.connect()
      const closing = anIntent('imp_1', { intentId: 'close-imp_1', cause: 'account', amount: 0 })
      await asked(db, nowMs - 5, closing)
      const held = one(await leaseCancels(db, by('worker')))
      await settleCancel(db, held, { state: 'over', dueAtMs: null, lastProblem: 'refused' })
      const read = await reading(db, 'ord-1')
      const again = deciding(read, { keptPaymentId: 'imp_2' }, { intents: [closing] })
      expect(await recordDecision(db, read, again, at)).toBe('done')
      expect((await reading(db, 'ord-1')).order.keptPaymentId).toBe('imp_2')
      expect(await cancelsOfOrder(db, 'ord-1')).toMatchObject([{ state: 'over', lastProblem: 'refused' }])
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
      await db.atomically([(query) => query.update(cancels).set({ answers: '[{"atMs":0.5}]' })])
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

    test('M-25: a person sends a refused intent again, with everything that counts begun anew, or ends it', async () => {
      await using store = await open()
      const db = await store.connect()
      await asked(db, nowMs, anIntent('imp_1'), anIntent('imp_2', { refundAccount }))
      const refused = { state: 'refused', dueAtMs: nowMs + 5, lastProblem: 'why', refusals: 2 } as const
      for (const row of await leaseCancels(db, by('worker'))) await settleCancel(db, row, refused)
      const [again, ended] = ['cancel:imp_1', 'cancel:imp_2']
      const from = 'refused' as const
      const moves = [
        { intentId: again, from, to: 'requested', refundAccount },
        { intentId: ended, from, to: 'over', refundAccount: null },
      ] as const
      expect(await db.atomically(movedWrites(db, moves, nowMs + 7))).toBe('done')
      expect(await readCancel(db, again)).toMatchObject({
        state: 'requested',
        dueAtMs: nowMs + 7,
        createdAtMs: nowMs + 7,
        refusals: 0,
        attempts: 0,
        unchangedLooks: 0,
        leaseUntilMs: 0,
        refundAccount,
      })
      expect(await readCancel(db, ended)).toMatchObject({
        state: 'over',
        dueAtMs: NEVER_MS,
        refundAccount: null,
        attempts: 1,
      })
      // What has moved on since is left as it is.
      expect(await db.atomically(movedWrites(db, [moves[0]], nowMs + 8))).toBe('stale')
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
}
