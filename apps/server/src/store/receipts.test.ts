import { expect, test } from 'vitest'
import { aClaim } from './fixtures.contract.ts'
import { receiptIdOf } from './receipts.ts'

test('W-04: a claim of V1 has the id that earlier versions gave it, and V2’s like it another', () => {
  const claim = aClaim('imp_1', 'ord-1')
  expect(receiptIdOf(claim)).toBe('webhook|imp_1|ord-1|success|paid||')
  expect(receiptIdOf({ ...claim, gateway: 'portone-v2' })).not.toBe(receiptIdOf(claim))
})
