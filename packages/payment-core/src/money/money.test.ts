import { expect, test } from 'vitest'
import { Currency, MinorUnits, minorDigits, Money, sameMoney } from '../index.ts'

test('the won and the yen have no minor unit, the dollar has cents, the dinar of Kuwait thousandths', () => {
  expect(['KRW', 'JPY', 'USD', 'EUR', 'KWD'].map((currency) => minorDigits(currency))).toEqual([
    0, 0, 2, 2, 3,
  ])
  expect(minorDigits('XQZ')).toBe(2)
})

test.each([
  [0, 'KRW JPY VND CLP ISK PYG UGX RWF XAF XOF XPF KMF GNF DJF BIF VUV UYI'],
  // Those that shops write without decimals all the same have two of them by ISO 4217.
  [2, 'USD EUR CNY HUF TWD IDR COP LAK LBP IRR RSD MMK SYP YER ALL AFN SOS PKR MGA CZK THB CRC TZS'],
  [3, 'KWD BHD OMR JOD TND LYD IQD'],
  [4, 'CLF UYW'],
])('M-33: ISO 4217 gives %d digits to %s', (digits, codes) => {
  for (const code of codes.split(' ')) expect([code, minorDigits(code)]).toEqual([code, digits])
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
