import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import type { Database } from './engines/open.ts'
import { aClaim, by, nowMs, one, type OpenedStore } from './fixtures.contract.ts'
import { insertListedClaims } from './poll-cursors.ts'
import { insertReceipt, leaseReceipts, receiptIdOf, makeReceiptsDue, settleReceipt } from './receipts.ts'
import { NEVER_MS } from './work-tables.ts'

const listed = (paymentId: string, orderId: string | null = 'ord-1') => ({
  ...aClaim(paymentId, orderId),
  source: 'list' as const,
})
const filed = { orderId: 'ord-1', isStranger: false, dueAtMs: nowMs }

const onlyRow = async (db: Database) => {
  const rows = await db.query.select().from(db.tables.receipts)
  expect(rows).toHaveLength(1)
  return one(rows)
}

/** What every engine promises about claims: how they are filed, taken, put off, and told apart. */
export function claimsContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: a claim as it is filed`, () => {
    test('a receipt id derives from everything that a claim states, and from nothing else (W-04)', () => {
      const claim = { ...aClaim('imp_1', null, 'a|b'), message: 'told by nobody' }
      expect(receiptIdOf(claim)).toBe('webhook|imp_1||success|a%7Cb||')
      const others = [
        { source: 'return' as const },
        { paymentId: null },
        { orderId: 'ord-1' },
        { says: 'nothing' as const },
        { status: 'paid' },
        { cancellationId: 'C1' },
        { failReason: 'limit' as const },
      ]
      const ids = others.map((other) => receiptIdOf({ ...claim, ...other }))
      expect(new Set([receiptIdOf(claim), ...ids]).size).toBe(8)
      expect(receiptIdOf({ ...claim, message: null })).toBe(receiptIdOf(claim))
    })

    test('the returned receipt of a new claim is the one that a worker reads later', async () => {
      await using store = await open()
      const db = await store.connect()
      const claim = { ...aClaim('imp_1', 'ord-1'), cancellationId: 'C1', message: '취소' }
      const taken = await insertReceipt(db, claim, by('door'))
      expect(taken).toEqual({
        receiptId: receiptIdOf(claim),
        claim,
        firstAtMs: nowMs,
        receivedAtMs: nowMs,
        attempts: 0,
        lease: 'door',
        isStranger: false,
      })
      expect(await onlyRow(db)).toEqual({
        receiptId: taken.receiptId,
        orderId: 'ord-1',
        paymentId: 'imp_1',
        claim: JSON.stringify(claim),
        firstAtMs: nowMs,
        receivedAtMs: nowMs,
        times: 1,
        state: 'waiting',
        stranger: null,
        dueAtMs: nowMs,
        attempts: 0,
        leaseUntilMs: nowMs + 10,
        lease: 'door',
      })
      const heir = one(await leaseReceipts(db, by('heir', nowMs + 10)))
      expect(heir).toMatchObject({ ...taken, lease: 'heir' })
    })

    test('a claim that names neither order nor payment is filed under neither', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertReceipt(db, { ...aClaim('imp_1', null), paymentId: null }, by('door'))
      expect(await onlyRow(db)).toMatchObject({ orderId: '', paymentId: '' })
      await insertListedClaims(db, [{ ...listed('imp_1', null), paymentId: null }], nowMs)
      const rows = await db.query.select().from(db.tables.receipts)
      expect(rows.map(({ orderId, paymentId }) => [orderId, paymentId])).toEqual([
        ['', ''],
        ['', ''],
      ])
    })

    test('a claim about nothing we know is filed as such, when it is due and for whom', async () => {
      await using store = await open()
      const db = await store.connect()
      const filing = { orderId: 'theirs', isStranger: true, dueAtMs: nowMs + 500 }
      const taken = await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('door'), filing)
      expect(taken.isStranger).toBe(true)
      expect(await onlyRow(db)).toMatchObject({ orderId: 'theirs', stranger: 1, dueAtMs: nowMs + 500 })
      const strangers = { ...by('worker', nowMs + 499), strangers: true }
      expect(await leaseReceipts(db, strangers)).toEqual([])
      expect(await leaseReceipts(db, { ...strangers, nowMs: nowMs + 500 })).toMatchObject([
        { isStranger: true, attempts: 0 },
      ])
    })

    test('a claim that comes again while it waits is filed anew, is due anew, and is as old as it was', async () => {
      await using store = await open()
      const db = await store.connect()
      const claim = aClaim('imp_1', 'ord-1')
      const first = await insertReceipt(db, claim, by('first'), { ...filed, isStranger: true })
      await settleReceipt(db, first, { state: 'waiting', dueAtMs: nowMs + 1e6 })
      expect(await onlyRow(db)).toMatchObject({ attempts: 1, dueAtMs: nowMs + 1e6, leaseUntilMs: 0 })
      await insertReceipt(db, claim, by('second', nowMs + 50), {
        orderId: 'ord-2',
        isStranger: false,
        dueAtMs: nowMs + 60,
      })
      expect(await onlyRow(db)).toMatchObject({
        orderId: 'ord-2',
        stranger: null,
        firstAtMs: nowMs,
        receivedAtMs: nowMs + 50,
        times: 2,
        state: 'waiting',
        attempts: 0,
        dueAtMs: nowMs + 60,
        leaseUntilMs: nowMs + 60,
        lease: 'second',
      })
    })
  })

  describe(`${engine}: claims of our own timer`, () => {
    test('they are due at once, and nobody holds them', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertListedClaims(db, [listed('imp_1'), listed('imp_2')], nowMs)
      expect(await leaseReceipts(db, by('early', nowMs - 1))).toEqual([])
      const taken = await leaseReceipts(db, by('worker'))
      expect(taken.map(({ claim }) => claim.paymentId ?? '').toSorted()).toEqual(['imp_1', 'imp_2'])
      for (const receipt of taken)
        expect(receipt).toMatchObject({
          firstAtMs: nowMs,
          receivedAtMs: nowMs,
          attempts: 0,
          isStranger: false,
          claim: { source: 'list', orderId: 'ord-1' },
        })
    })

    test('one that still waits stays as it is, also when it is listed again and again', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertListedClaims(db, [listed('imp_1')], nowMs)
      const held = one(await leaseReceipts(db, by('worker')))
      await settleReceipt(db, held, { state: 'waiting', dueAtMs: nowMs + 1e6 })
      const before = await onlyRow(db)
      expect(before).toMatchObject({ times: 1, attempts: 1 })
      for (const later of [1, 2]) await insertListedClaims(db, [listed('imp_1')], nowMs + later)
      expect(await onlyRow(db)).toEqual(before)
    })

    test('one that has come to its end starts anew, with its whole age before it', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertListedClaims(db, [listed('imp_1')], nowMs)
      const held = one(await leaseReceipts(db, by('worker')))
      await settleReceipt(db, held, { state: 'dropped', dueAtMs: null })
      await insertListedClaims(db, [listed('imp_1')], nowMs + 1e9)
      expect(await onlyRow(db)).toMatchObject({
        state: 'waiting',
        attempts: 0,
        times: 2,
        firstAtMs: nowMs + 1e9,
        receivedAtMs: nowMs + 1e9,
        dueAtMs: nowMs + 1e9,
        leaseUntilMs: 0,
        lease: '',
      })
    })
  })

  describe(`${engine}: claims that are taken`, () => {
    test('a worker takes no more claims than it asks for, the longest due first', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const [index, dueAtMs] of [nowMs - 1, nowMs - 3, nowMs - 2].entries())
        await insertReceipt(db, aClaim(`imp_${index}`, 'ord-1'), by('door', nowMs - 10), {
          ...filed,
          dueAtMs,
        })
      const taken = await leaseReceipts(db, by('worker', nowMs, 2))
      expect(taken.map(({ claim }) => claim.paymentId ?? '').toSorted()).toEqual(['imp_1', 'imp_2'])
    })

    test('a claim that was put off is counted, free, and due again at its time', async () => {
      await using store = await open()
      const db = await store.connect()
      const receipt = await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('door'))
      await settleReceipt(db, receipt, { state: 'waiting', dueAtMs: nowMs + 5 })
      expect(await leaseReceipts(db, by('early', nowMs + 4))).toEqual([])
      // Five milliseconds before the door's own lease would have run out.
      const again = one(await leaseReceipts(db, by('worker', nowMs + 5)))
      expect(again.attempts).toBe(1)
      await settleReceipt(db, again, { state: 'done', dueAtMs: null })
      expect(await onlyRow(db)).toMatchObject({ state: 'done', attempts: 2, dueAtMs: NEVER_MS })
    })

    test('an unreadable claim is reported, rescheduled by ten minutes, and delays no other (L-05)', async () => {
      await using store = await open()
      const db = await store.connect()
      const { receipts } = db.tables
      const rewritten = async (paymentId: string, claim: string): Promise<string> => {
        const { receiptId } = await insertReceipt(db, aClaim(paymentId, 'ord-1'), by('door', nowMs - 10))
        await db.atomically([
          (query) => query.update(receipts).set({ claim }).where(eq(receipts.receiptId, receiptId)),
        ])
        return receiptId
      }
      const unreadable = [
        await rewritten('imp_damaged', '{'),
        await rewritten('imp_newer', JSON.stringify({ ...aClaim('imp_1', null), source: 'telepathy' })),
      ]
      const sound = await insertReceipt(db, aClaim('imp_sound', 'ord-1'), by('door', nowMs - 10))
      const told: string[] = []
      const taken = await leaseReceipts(db, by('worker'), (id) => void told.push(id))
      expect(taken.map(({ receiptId }) => receiptId)).toEqual([sound.receiptId])
      expect(told.toSorted()).toEqual(unreadable.toSorted())
      await settleReceipt(db, one(taken), { state: 'done', dueAtMs: null })
      expect(await leaseReceipts(db, by('early', nowMs + 599_999))).toEqual([])
      const rows = await db.query.select().from(receipts).where(eq(receipts.state, 'waiting'))
      expect(rows.map(({ dueAtMs, leaseUntilMs }) => [dueAtMs, leaseUntilMs])).toEqual([
        [nowMs + 600_000, 0],
        [nowMs + 600_000, 0],
      ])
      await leaseReceipts(db, by('later', nowMs + 600_000), (id) => void told.push(id))
      expect(told).toHaveLength(4)
    })

    test('claims that came before their order lose the stranger mark at its registration, and keep their lease (W-06)', async () => {
      await using store = await open()
      const db = await store.connect()
      const filing = { orderId: 'ord-1', isStranger: true, dueAtMs: nowMs + 1e6 }
      await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('door'), filing)
      await makeReceiptsDue(db, 'ord-1', nowMs + 3)
      expect(await onlyRow(db)).toMatchObject({
        stranger: null,
        dueAtMs: nowMs + 3,
        leaseUntilMs: nowMs + 10,
        lease: 'door',
        attempts: 0,
      })
    })
  })
}
