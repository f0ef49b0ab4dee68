import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Currency, MinorUnits, minorDigits, Money, sameMoney, toMinor, toUnits } from './index.ts'

test('the won and the yen have no minor unit, the dollar has cents, the dinar of Kuwait thousandths', () => {
  expect(['KRW', 'JPY', 'USD', 'EUR', 'KWD'].map((currency) => minorDigits(currency))).toEqual([
    0, 0, 2, 2, 3,
  ])
  expect(toMinor(1.005, 'KWD')).toBe(1_005)
  expect(minorDigits('XQZ')).toBe(2)
})

describe('from the gateway’s units', () => {
  test.each([
    [14_000, 'KRW', 14_000],
    [0, 'KRW', 0],
    [-0, 'KRW', 0],
    [19.99, 'USD', 1_999],
    [0.1, 'USD', 10],
    [1.005, 'USD', null],
    [0.5, 'KRW', null],
    [-1, 'KRW', null],
    [2 ** 53, 'KRW', null],
    [2 ** 53 - 1, 'KRW', 2 ** 53 - 1],
    [2 ** 53, 'USD', null],
    [Number.NaN, 'KRW', null],
    [Number.POSITIVE_INFINITY, 'KRW', null],
    [1e300, 'USD', null],
    [1e-300, 'KRW', null],
  ])('G-08: %d %s is %s, never rounded', (units, currency, minor) => {
    expect(toMinor(units, currency)).toBe(minor)
  })

  test('every amount survives the way there and back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000_000_000 }), fc.constantFrom('KRW', 'USD'), (minor, currency) => {
        expect(toMinor(toUnits(minor, currency), currency)).toBe(minor)
      }),
    )
  })
})

test('M-04: an amount is a whole number, not negative, within what a number holds', () => {
  for (const amount of [-1, 0.5, 2 ** 53, Number.NaN, '1', null])
    expect(MinorUnits.safeParse(amount).success).toBe(false)
  for (const amount of [0, 1, 2 ** 53 - 1]) expect(MinorUnits.safeParse(amount).success).toBe(true)
})

test('M-02: the right number in another currency is not the same money', () => {
  const won = Money.parse({ amount: 14_000, currency: 'KRW' })
  expect(sameMoney(won, { amount: 14_000, currency: 'KRW' })).toBe(true)
  expect(sameMoney(won, { amount: 14_000, currency: 'USD' })).toBe(false)
  expect(sameMoney(won, { amount: 14_001, currency: 'KRW' })).toBe(false)
  for (const code of ['krw', 'KR', 'KRWW', '']) expect(Currency.safeParse(code).success).toBe(false)
})
