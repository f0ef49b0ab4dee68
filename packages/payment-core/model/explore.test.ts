import { describe, expect, test } from 'vitest'
import { boxes, realRules, type Box } from './box.ts'
import { explore } from './explore.ts'

const quietly = (): void => undefined
const exploring = (box: Box) => explore(box, realRules, quietly)

/** How an order can end, everything having been done that can be: `held` is money that a person was given. */
const endsOfOne = [
  'cancelled',
  'cancelled, review: cancel_failed',
  'expired',
  'expired, rejected held, review: cancel_failed',
  'expired, rejected returned',
  'expired, rejected returned in part, review: cancel_failed',
  'expired, rejected returned, review: cancel_failed',
  'open, rejected held, review: cancel_failed',
  'open, rejected returned in part, review: cancel_failed',
  'paid',
  'paid, review: cancel_failed',
  'partially_cancelled',
  'partially_cancelled, review: cancel_failed',
]

describe('everything that can happen', () => {
  test('S-01…S-08, S-12, S-13, S-15, S-20, S-21, S-22, K-01, K-02, C-03: hold in every state of one payment, and each end is reached', () => {
    const found = exploring(boxes.small)
    expect(found.broken).toBeNull()
    expect(found.toTheEnd).toBe(true)
    expect([...found.ends.keys()].toSorted()).toEqual(endsOfOne)
    expect(found.states).toBeGreaterThan(50_000)
  })

  test('S-04, S-12: of two payments that are good one is kept and the other goes back, or goes before a person', () => {
    const found = exploring(boxes.two)
    expect(found.broken).toBeNull()
    expect(found.toTheEnd).toBe(true)
    expect([...found.ends.keys()].toSorted()).toEqual([
      'open',
      'paid',
      'paid, surplus held, review: cancel_failed',
      'paid, surplus returned',
      'paid, surplus returned, review: cancel_failed',
    ])
  })

  test('W-06, M-17: nor does it matter that payments are seen before their order is registered', () => {
    const found = exploring({ ...boxes.orphan, looksAtOnce: 1, fraudReview: false })
    expect(found.broken).toBeNull()
    expect(found.toTheEnd).toBe(true)
    expect([...found.ends.keys()].toSorted()).toEqual(
      endsOfOne.filter((end) => !/^(cancelled|paid|partially_cancelled), review/.test(end)),
    )
  })

  test('two webhooks and two returns, counted one by one, come to no end that any number of them does not', () => {
    const box: Box = { ...boxes.counted, accounts: false, fraudReview: false, consoleCancels: 0, times: 1 }
    const [counted, uncounted] = [exploring(box), exploring({ ...box, claims: null })]
    expect([counted.broken, uncounted.broken]).toEqual([null, null])
    expect([...counted.ends.keys()].toSorted()).toEqual([...uncounted.ends.keys()].toSorted())
    expect(counted.states).toBeGreaterThan(uncounted.states)
  })

  test.for(['small', 'two'] as const)(
    'S-15: two looks under way at once reach no record that one at a time does not, in box %s',
    (name) => {
      const box = { ...boxes[name], fraudReview: false }
      const [both, one, none] = ([2, 1, 0] as const).map((looksAtOnce) => exploring({ ...box, looksAtOnce }))
      expect(both?.reached()).toEqual(one?.reached())
      expect(one?.reached()).toEqual(none?.reached())
      expect([...(both?.ends.keys() ?? [])].toSorted()).toEqual([...(none?.ends.keys() ?? [])].toSorted())
      expect(both?.states).toBeGreaterThan(none?.states ?? 0)
    },
  )
})
