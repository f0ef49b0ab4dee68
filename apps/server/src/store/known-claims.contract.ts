import { describe, expect, test } from 'vitest'
import {
  aClaim,
  aPayment,
  anOrder,
  by,
  deciding,
  nowMs,
  at,
  reading,
  type OpenedStore,
} from './fixtures.contract.ts'
import { countClaims, readEarlierReceipt, readKnownClaim } from './known-claims.ts'
import { insertOrder, readAbout, readOrder, recordDecision } from './orders.ts'
import { recordOrphans } from './orphans.ts'
import { readPayment } from './payments.ts'
import { insertReceipt, receiptIdOf } from './receipts.ts'

const filed = { orderId: 'ord-1', isStranger: false, dueAtMs: nowMs }

/** What every engine promises about what the doors ask: what a claim names, and what came before it. */
export function intakeContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: what the store knows about a claim`, () => {
    test('the order is the one a payment of ours belongs to, whatever order the claim names (R-13)', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      await insertOrder(db, { ...anOrder('ord-2'), status: 'expired' }, nowMs)
      const read = await reading(db, 'ord-1')
      await recordDecision(db, read, deciding(read, {}, { payments: [aPayment('imp_1', 'ord-1')] }), at)
      const open1 = { orderId: 'ord-1', status: 'open' }
      const expired2 = { orderId: 'ord-2', status: 'expired' }
      const known = (paymentId: string | null, orderId: string | null) =>
        readKnownClaim(db, { paymentId, orderId, receiptId: 'none' })
      const held = await readPayment(db, 'imp_1')
      expect(held).not.toBeNull()
      expect(await known('imp_1', 'ord-2')).toEqual({ order: open1, held, earlier: null })
      expect(await known('imp_1', null)).toEqual({ order: open1, held, earlier: null })
      expect(await known('imp_2', 'ord-2')).toEqual({ order: expired2, held: null, earlier: null })
      expect(await known(null, 'ord-2')).toEqual({ order: expired2, held: null, earlier: null })
      expect(await known('imp_2', 'ord-3')).toEqual({ order: null, held: null, earlier: null })
      expect(await known(null, null)).toEqual({ order: null, held: null, earlier: null })
    })

    test('a payment of an order nobody registered is held, and names no order of ours', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const orphan = { ...aPayment('imp_1', 'theirs'), standing: 'orphan' as const }
      await recordOrphans(db, null, { payments: [orphan], timeline: [] }, nowMs)
      expect(await readKnownClaim(db, { paymentId: 'imp_1', orderId: 'ord-1', receiptId: 'none' })).toEqual({
        order: null,
        held: await readPayment(db, 'imp_1'),
        earlier: null,
      })
    })

    test('R-12: a payment is read with the order it is recorded for, whatever order is named with it', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const id of ['ord-1', 'ord-2']) await insertOrder(db, anOrder(id), nowMs)
      const paid = ['imp_3', 'imp_1'].map((id) => aPayment(id, 'ord-1'))
      const before = await reading(db, 'ord-1')
      await recordDecision(db, before, deciding(before, {}, { payments: paid }), at)
      const [payment, itsOrder] = [await readPayment(db, 'imp_1'), await readOrder(db, 'ord-1')]
      expect(itsOrder?.payments).toEqual([payment, await readPayment(db, 'imp_3')])
      for (const named of ['ord-1', 'ord-2', 'ord-3', ''])
        expect([named, await readAbout(db, 'imp_1', named)]).toEqual([named, { payment, record: itsOrder }])
      expect(await readAbout(db, 'imp_2', 'ord-1')).toEqual({ payment: null, record: itsOrder })
      expect(await readAbout(db, 'imp_2', 'ord-2')).toEqual({
        payment: null,
        record: await readOrder(db, 'ord-2'),
      })
      for (const named of ['ord-3', ''])
        expect(await readAbout(db, 'imp_2', named)).toEqual({ payment: null, record: null })
    })

    test('the earlier receipt of an equal claim is returned, or null', async () => {
      await using store = await open()
      const db = await store.connect()
      const claim = aClaim('imp_1', 'ord-1')
      expect(await readEarlierReceipt(db, receiptIdOf(claim))).toBeNull()
      const receipt = await insertReceipt(db, claim, by('door', nowMs + 1), { ...filed, dueAtMs: nowMs + 7 })
      const earlier = {
        state: 'waiting',
        receivedAtMs: nowMs + 1,
        dueAtMs: nowMs + 7,
        leaseUntilMs: nowMs + 11,
      }
      expect(await readEarlierReceipt(db, receipt.receiptId)).toEqual(earlier)
      const { receiptId } = receipt
      expect(await readKnownClaim(db, { paymentId: 'imp_1', orderId: 'ord-1', receiptId })).toEqual({
        order: null,
        held: null,
        earlier,
      })
      expect(await readEarlierReceipt(db, receiptIdOf(aClaim('imp_2', 'ord-1')))).toBeNull()
    })

    test('claims about an order are counted from after a moment on, and no further than asked', async () => {
      await using store = await open()
      const db = await store.connect()
      for (let index = 0; index < 4; index += 1)
        await insertReceipt(db, aClaim(`imp_${index}`, 'ord-1'), by('door', nowMs + index))
      await insertReceipt(db, aClaim('imp_9', 'ord-2'), by('door', nowMs + 9))
      expect(await countClaims(db, 'ord-1', nowMs - 1, 10)).toBe(4)
      expect(await countClaims(db, 'ord-1', nowMs, 10)).toBe(3)
      expect(await countClaims(db, 'ord-1', nowMs + 3, 10)).toBe(0)
      expect(await countClaims(db, 'ord-1', nowMs - 1, 2)).toBe(2)
      expect(await countClaims(db, 'ord-3', 0, 10)).toBe(0)
    })
  })
}
