import { expect, test } from 'vitest'
import { order } from '../../test/samples.ts'
import { partsOf } from '../index.ts'

const taxed = order({ amount: 14_000, taxFree: 4_000, vat: 909 })

test('M-28: of the whole sum the parts are those that the shop said', () => {
  expect(partsOf(taxed, 14_000)).toEqual({ taxFree: 4_000, vat: 909 })
})

test('M-28: of a part of it they are in proportion, rounded down', () => {
  expect(partsOf(taxed, 7_000)).toEqual({ taxFree: 2_000, vat: 454 })
  expect(partsOf(taxed, 1)).toEqual({ taxFree: 0, vat: 0 })
})

test('M-28: of a payment of another sum they are in the order’s proportion, also of all of it', () => {
  expect(partsOf(taxed, 28_000)).toEqual({ taxFree: 8_000, vat: 1_818 })
  expect(partsOf(taxed, 14_000)).toEqual({ taxFree: 4_000, vat: 909 })
})

test('M-28: where the shop said nothing, there are none', () => {
  expect(partsOf(order({ taxFree: null, vat: 5 }), 7_000)).toEqual({ taxFree: null, vat: 2 })
  expect(partsOf(order({ taxFree: 0, vat: null }), 14_000)).toEqual({ taxFree: 0, vat: null })
})

test('M-28: products of two sums that leave the safe range are exact all the same', () => {
  const large = order({ amount: 9_007_199_254_740_991, taxFree: 9_007_199_254_740_990, vat: null })
  expect(partsOf(large, 9_007_199_254_740_990)).toEqual({ taxFree: 9_007_199_254_740_989, vat: null })
})
