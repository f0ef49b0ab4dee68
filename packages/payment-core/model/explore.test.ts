import { describe, expect, test } from 'vitest'
import { presets, realRules, type Bounds } from './bounds.ts'
import { explore } from './explore.ts'

const quietly = (): void => undefined
const exploring = (bounds: Bounds) => explore(bounds, realRules, quietly)

/** Explored to the last state, without a broken promise: the ends that were reached. */
function endsOf(bounds: Bounds): string[] {
  const found = exploring(bounds)
  expect(found.broken).toBeNull()
  expect(found.toTheEnd).toBe(true)
  return [...found.ends.keys()].toSorted()
}

/** How an order can end, everything having been done that can be: `held` is money that a person was given. */
const endsOfOne = [
  'cancelled',
  'cancelled, review: returned_more',
  'expired',
  'expired, rejected held, review: cancel_failed',
  'expired, rejected returned',
  'expired, rejected returned in part, review: cancel_failed',
  'open, rejected held, review: cancel_failed',
  'open, rejected returned in part, review: cancel_failed',
  'paid',
  'paid, review: cancel_failed',
  'partially_cancelled',
  'partially_cancelled, review: cancel_failed',
]

describe('everything that can happen', () => {
  test('S-01…S-08, S-12, S-13, S-15, S-20…S-22, S-24, S-25, L-03, L-11, K-01, K-02, C-03, M-26: hold in every state of one payment, and each end is reached', () => {
    const found = exploring({ ...presets.small, fraudReview: false })
    expect(found.broken).toBeNull()
    expect(found.toTheEnd).toBe(true)
    expect([...found.ends.keys()].toSorted()).toEqual(endsOfOne)
    expect(found.states).toBeGreaterThan(50_000)
  })

  test('S-04, S-12, R-25, G-11: of two payments that are good one is kept and the other goes back, or goes before a person', () => {
    expect(endsOf({ ...presets.two, fraudReview: true })).toEqual([
      'open',
      'paid',
      'paid, surplus held, review: cancel_failed',
      'paid, surplus returned',
    ])
  })

  test('W-06, M-17: nor does it matter that payments are seen before their order is registered', () => {
    const begunInTime = {
      ...presets.orphan,
      flavours: ['good', 'test'],
      fraudReview: false,
      looksAtOnce: 1,
    } as const
    expect(endsOf(begunInTime)).toEqual(
      endsOfOne.filter((end) => !/^(cancelled|paid|partially_cancelled), review/.test(end)),
    )
  })

  test('S-23, M-20, M-21, M-22: money that no evidence ties to the order is neither kept nor sent back, and ends no order', () => {
    const ends = endsOf({ ...presets.doubt, consoleCancels: 0 })
    expect(ends).toContain('paid, undecided held, review: predates_order')
    expect(ends).toContain('open, undecided held, review: amount_conflict')
    expect(ends).toContain(
      'expired, undecided held, undecided held, review: amount_conflict and predates_order',
    )
    expect(ends.filter((end) => /undecided returned/.test(end))).toEqual([])
  })

  test('S-23: nor once a claim about it has waited for the order', () => {
    const ends = endsOf({ ...presets.orphan, flavours: ['earlier'], looksAtOnce: 1, fraudReview: false })
    expect(ends).toContain('expired, undecided held, review: predates_order')
    expect(ends.filter((end) => /^(paid|partially|cancelled)/.test(end))).toEqual([])
  })

  test('S-24, M-23, M-24: a cancel that is booked later, denied or lost is asked for once, and a person is called for what went back twice', () => {
    expect(endsOf(presets.slow)).toEqual([
      'cancelled',
      'cancelled, review: returned_more',
      'open',
      'open, rejected held, review: cancel_failed',
      'open, rejected returned',
      'open, rejected returned in part, review: cancel_failed',
      'paid',
      'paid, review: cancel_failed',
      'partially_cancelled',
      'partially_cancelled, review: cancel_failed',
      'partially_cancelled, review: returned_more',
    ])
  })

  test('G-18, S-22: an answer that lags behind freezes nothing, and changes no end', () => {
    const lagging = { ...presets.lagging, workers: 1 } as const
    expect(endsOf(lagging)).toEqual(endsOf({ ...lagging, lags: 0 }))
  })

  test('G-09, G-18: a contradiction for a person is dissolved by the look that agrees', () => {
    expect(endsOf({ ...presets.contradicted, asks: [] })).toEqual([
      'awaiting_deposit',
      'cancelled',
      'expired',
      'paid',
      'partially_cancelled',
    ])
  })

  test('two webhooks and two returns, counted one by one, come to no end that any number of them does not', () => {
    const bounds: Bounds = {
      ...presets.counted,
      accounts: false,
      fraudReview: false,
      consoleCancels: 0,
      times: 1,
    }
    const [counted, uncounted] = [exploring(bounds), exploring({ ...bounds, claims: null })]
    expect([counted.broken, uncounted.broken]).toEqual([null, null])
    expect([...counted.ends.keys()].toSorted()).toEqual([...uncounted.ends.keys()].toSorted())
    expect(counted.states).toBeGreaterThan(uncounted.states)
  })

  test.for(['small', 'two'] as const)(
    'S-15: two looks under way at once reach no record that one at a time does not, within bounds %s',
    (name) => {
      const bounds = { ...presets[name], accounts: false, fraudReview: false, refuses: false }
      const [both, one, none] = ([2, 1, 0] as const).map((looksAtOnce) =>
        exploring({ ...bounds, looksAtOnce }),
      )
      expect(both?.reached()).toEqual(one?.reached())
      expect(one?.reached()).toEqual(none?.reached())
      expect([...(both?.ends.keys() ?? [])].toSorted()).toEqual([...(none?.ends.keys() ?? [])].toSorted())
      expect(both?.states).toBeGreaterThan(none?.states ?? 0)
    },
  )
})
