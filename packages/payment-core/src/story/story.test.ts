import { describe, expect, test } from 'vitest'
import { StoryInput } from '../index.ts'
import { storySay } from './story-words.ts'

test('a story is asked for by a string of 1 to 200 characters, without the blanks around it', () => {
  expect(StoryInput.parse({ orderId: ' C-7 ' })).toEqual({ orderId: 'C-7' })
  expect(StoryInput.safeParse({ orderId: 'o'.repeat(200) }).success).toBe(true)
  for (const orderId of ['', ' ', 'o'.repeat(201)])
    expect(StoryInput.safeParse({ orderId }).success).toBe(false)
})

describe('sums and times', () => {
  const midnight = Date.parse('2026-11-02T00:00:05+09:00')

  test('times are those of Seoul, and the day begins at 0', () => {
    const { en, ko } = storySay
    expect([en.time(midnight), en.day(midnight), en.moment(midnight)]).toEqual([
      '00:00:05',
      'Monday, 2 November 2026',
      '2 Nov 2026, 00:00:05',
    ])
    expect([ko.time(midnight), ko.day(midnight), ko.moment(midnight)]).toEqual([
      '0:00:05',
      '2026년 11월 2일 월요일',
      '2026. 11. 2. 0:00:05',
    ])
  })

  test.each([
    [14_000, 'KRW', '₩14,000', '₩14,000'],
    [1_999, 'USD', '$19.99', '$19.99'],
    // Shops write neither with these digits; ISO 4217 has them, and sums are held in them.
    [14_000, 'IQD', 'IQD\u00A014.000', 'IQD\u00A014.000'],
    [1_050, 'LAK', '₭10.50', '₭10.50'],
    // A gateway's own words for a currency are no code: the sum stays as it is held.
    [5, 'points', '5 points', '5 points'],
    [5, 'XKRW', '5 XKRW', '5 XKRW'],
    [5, 'KRWX', '5 KRWX', '5 KRWX'],
    [5, '', '5', '5'],
  ])('%d %s is written %s, and %s in Korean', (amount, currency, en, ko) => {
    expect([storySay.en.money(amount, currency), storySay.ko.money(amount, currency)]).toEqual([en, ko])
  })
})
