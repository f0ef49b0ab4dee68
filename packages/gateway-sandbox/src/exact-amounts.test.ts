import { expect, test } from 'vitest'
import { add, subtract } from './exact-amounts.ts'

test('sums of decimals are exact', () => {
  expect(add(0.1, 0.2)).toBe(0.3)
  expect(subtract(10, 0.3)).toBe(9.7)
  expect(subtract(0.3, 0.1)).toBe(0.2)
  expect(add(1.005, 0.0005)).toBe(1.0055)
})

test('integers, zero and negative amounts stay unchanged', () => {
  expect(add(14_000, 1)).toBe(14_001)
  expect(subtract(5, 5)).toBe(0)
  expect(subtract(0.25, 14_000)).toBe(-13_999.75)
  expect(add(-0.5, 0.25)).toBe(-0.25)
})

test('an excessive amount is limited and causes no error', () => {
  expect(add(1e300, 0)).toBe(1e15)
})
