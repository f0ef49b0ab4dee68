import { expect, test } from 'vitest'
import { Rate, Rates } from './rate.ts'

test('allows the burst, then the rate, and no more after the clock jumps back (K-03)', () => {
  const rate = new Rate({ perSecond: 10, burst: 3 })
  const taken = (nowMs: number): number => [1, 2, 3, 4, 5].filter(() => rate.take(nowMs)).length
  expect([taken(1_000), taken(1_000), taken(1_100), taken(61_000)]).toEqual([3, 0, 1, 3])
  expect([taken(1_000), taken(1_200)]).toEqual([0, 2])
})

test('D-03: new addresses use bounded memory, and do not displace a frequent one', () => {
  const rates = new Rates({ perSecond: 1, burst: 2 }, 100)
  let often = 0
  for (let index = 0; index < 10_000; index += 1) {
    rates.take(`address ${index}`, 1_000)
    if (rates.take('often', 1_000)) often += 1
  }
  expect(rates.size).toBe(100)
  expect(often).toBe(2)
})
