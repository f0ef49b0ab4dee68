import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toMinor, toUnits } from '../index.ts'

describe('from the gateway’s units', () => {
  test.each([
    [14_000, 'KRW', 14_000],
    [0, 'KRW', 0],
    [-0, 'KRW', 0],
    [19.99, 'USD', 1_999],
    [0.1, 'USD', 10],
    [1.005, 'USD', null],
    [1.005, 'KWD', 1_005],
    [0.5, 'KRW', null],
    [-1, 'KRW', null],
    [2 ** 53, 'KRW', null],
    [2 ** 53 - 1, 'KRW', 2 ** 53 - 1],
    [2 ** 53 + 2, 'KRW', null],
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
      fc.property(
        fc.nat({ max: 1_000_000_000_000 }),
        fc.constantFrom('KRW', 'USD', 'KWD', 'CLF'),
        (minor, currency) => {
          expect(toMinor(toUnits(minor, currency), currency)).toBe(minor)
        },
      ),
    )
  })

  test.each([
    [0.1 + 0.2, 'USD', 30],
    [0.1 + 0.7, 'USD', 80],
    [1.1 + 2.2, 'USD', 330],
    [4.35 * 3, 'USD', 1_305],
    [8.95 * 100, 'USD', 89_500],
    [0.001 + 0.002, 'KWD', 3],
    [1_000_000.1 + 0.2, 'USD', 100_000_030],
    [14_000.000000000002, 'KRW', 14_000],
    [0.305, 'USD', null],
    [0.3049, 'USD', null],
    [0.3000001, 'USD', null],
    [0.0005, 'KWD', null],
    [14_000.5, 'VND', null],
    [14_000_000_000.5, 'KRW', null],
    [99_999_999_999.999, 'USD', null],
    [1e-7, 'USD', null],
    [1e21, 'KRW', null],
    // 90,071,992,547,409.91 and …409.92 are one number: which sum it was is not known.
    [(2 ** 53 - 1) / 100, 'USD', null],
    // The same of this and one cent less, and of this and one cent more.
    [90_071_992_547_400.02, 'USD', null],
    [90_071_992_547_400.06, 'USD', null],
    [Number.MIN_VALUE, 'USD', null],
  ])(
    'M-33: %d %s is %s: what adding up floats makes is undone, a part of a minor unit is refused',
    (units, currency, minor) => {
      expect(toMinor(units, currency)).toBe(minor)
    },
  )

  test('M-33: whatever floats are added up, the sum is that of the minor units', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom('USD', 'KWD', 'CLF'),
        (sums, currency) => {
          const added = sums.reduce((total, minor) => total + toUnits(minor, currency), 0)
          expect(toMinor(added, currency)).toBe(sums.reduce((total, minor) => total + minor, 0))
        },
      ),
    )
  })
})
