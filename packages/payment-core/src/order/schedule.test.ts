import { describe, expect, test } from 'vitest'
import { contradiction, MINUTE_MS, NOW_MS, order, returned, seen } from '../../test/samples.ts'
import {
  NOTICE_ATTEMPTS_MAX,
  nextLookAt,
  noticeDelayMs,
  OrderStatus,
  retryDelayMs,
  noVerdict,
  SETTLE_FAILURE_MS,
  SETTLE_LOOKS_MIN,
  SETTLE_SILENT_MS,
} from '../index.ts'

const DAY_MS = 24 * 60 * MINUTE_MS

/** The looks of an order nobody speaks of again. */
function looksFrom(theOrder: ReturnType<typeof order>, fromMs: number, count: number): number[] {
  const looks: number[] = []
  let nowMs = fromMs
  for (let index = 0; index < count; index++) {
    nowMs = nextLookAt(theOrder, [], nowMs) ?? Number.NaN
    looks.push(nowMs - fromMs)
  }
  return looks
}

describe('the next look', () => {
  test('L-10: is due for every order that waits, and for no other', () => {
    const due = OrderStatus.options.filter((status) => nextLookAt(order({ status }), [], NOW_MS) !== null)
    expect(due).toEqual(['open', 'awaiting_deposit'])
  })

  test('L-01: comes often enough that money nobody told of is found within 120 s', () => {
    const far = { expiresAtMs: NOW_MS + 30 * DAY_MS }
    for (const ageMs of [0, 30_000, MINUTE_MS, 30 * MINUTE_MS, 59 * MINUTE_MS]) {
      const next = nextLookAt(order({ ...far, registeredAtMs: NOW_MS - ageMs }), [], NOW_MS) ?? Infinity
      expect(next - NOW_MS).toBeLessThanOrEqual(120_000)
    }
  })

  test('S-14: lies always ahead, also when the clock was wrong', () => {
    for (const registeredAtMs of [0, NOW_MS, NOW_MS + DAY_MS])
      for (const expiresAtMs of [0, NOW_MS, NOW_MS + DAY_MS]) {
        const next = nextLookAt(order({ registeredAtMs, expiresAtMs }), [], NOW_MS) ?? 0
        expect(next).toBeGreaterThan(NOW_MS)
        expect(next).toBeLessThanOrEqual(NOW_MS + 60 * MINUTE_MS)
      }
  })

  test('V-04: comes right after the deadline, because only that look can expire the order', () => {
    const theOrder = order({ registeredAtMs: NOW_MS - DAY_MS * 2, expiresAtMs: NOW_MS + 5_000 })
    const next = nextLookAt(theOrder, [], NOW_MS) ?? 0
    expect(next).toBeGreaterThanOrEqual(theOrder.expiresAtMs)
    expect(next - theOrder.expiresAtMs).toBeLessThanOrEqual(1_000)
  })

  test.each([
    ['failure', SETTLE_FAILURE_MS],
    ['nothing', SETTLE_SILENT_MS],
  ] as const)(
    'S-22: after a return that says %s, two looks and one past the settling time are made',
    (says, ms) => {
      const theOrder = order({ returns: [returned({ says })], expiresAtMs: NOW_MS + DAY_MS })
      const looks = looksFrom(theOrder, NOW_MS, 14)
      expect(looks.filter((each) => each <= ms).length).toBeGreaterThanOrEqual(SETTLE_LOOKS_MIN)
      const first = looks.find((each) => each >= ms) ?? Infinity
      expect(first - ms).toBeLessThanOrEqual(1_000)
    },
  )
})

describe('when nobody speaks of an order', () => {
  const far = { expiresAtMs: NOW_MS + 300 * DAY_MS }
  const lookAfter = (ageMs: number) =>
    (nextLookAt(order({ ...far, registeredAtMs: NOW_MS - ageMs }), [], NOW_MS) ?? Number.NaN) - NOW_MS

  test.each([
    ['a minute old', MINUTE_MS, 20_000, MINUTE_MS],
    ['an hour old', 60 * MINUTE_MS, MINUTE_MS, 10 * MINUTE_MS],
    ['a day old', DAY_MS, 10 * MINUTE_MS, 60 * MINUTE_MS],
  ])('its looks lie further apart once it is %s', (_, ageMs, before, after) => {
    expect(lookAfter(ageMs - 1)).toBe(before)
    expect(lookAfter(ageMs)).toBe(after)
  })

  test('an order from the future is looked at as a new one', () => {
    expect(lookAfter(-DAY_MS)).toBe(20_000)
  })

  test('V-04: the look that can expire it comes a second after its deadline, and again each minute until it has', () => {
    const old = (expiresAtMs: number) => order({ registeredAtMs: NOW_MS - 2 * DAY_MS, expiresAtMs })
    expect(nextLookAt(old(NOW_MS + 1), [], NOW_MS)).toBe(NOW_MS + 1_001)
    expect(nextLookAt(old(NOW_MS), [], NOW_MS)).toBe(NOW_MS + MINUTE_MS)
    expect(nextLookAt(old(NOW_MS - DAY_MS), [], NOW_MS)).toBe(NOW_MS + MINUTE_MS)
  })

  test('a return brings twelve looks within three minutes, and then its age says when', () => {
    const old = order({ ...far, registeredAtMs: NOW_MS - 2 * DAY_MS, returns: [returned()] })
    const seconds = [1, 3, 6, 10.2, 15, 25, 40, 60, 90, 120, 150, 181, 3_781]
    expect(looksFrom(old, NOW_MS, 13)).toEqual(seconds.map((each) => each * 1_000))
  })
})

describe('V-08: an order that is over and whose account still takes money is looked at once a day for a month', () => {
  const paidOrder = order({ status: 'paid', keptPaymentId: 'imp_1' })
  const kept = (facts: Parameters<typeof seen>[0] = {}) => ({
    ...seen(facts),
    ...noVerdict,
    standing: 'kept' as const,
  })
  const after = (days: number) => paidOrder.expiresAtMs + days * DAY_MS

  test('a fixed account, which lists its deposits', () => {
    expect(nextLookAt(paidOrder, [kept({ deposited: 14_000 })], after(1))).toBe(after(2))
    expect(nextLookAt(paidOrder, [kept({ deposited: 14_000 })], after(30) - 1)).toBe(after(31) - 1)
    expect(nextLookAt(paidOrder, [kept({ deposited: 14_000 })], after(30))).toBe(null)
    expect(nextLookAt(paidOrder, [kept(), kept({ deposited: 1 })], after(1))).toBe(after(2))
  })

  test('any account of an order that expired', () => {
    const waiting = kept({ status: 'awaiting_deposit' })
    expect(nextLookAt(order({ status: 'expired' }), [waiting], after(1))).toBe(after(2))
    expect(nextLookAt(paidOrder, [kept(), waiting], after(1))).toBe(null)
    expect(nextLookAt(order({ status: 'expired' }), [kept({ status: 'failed' })], after(1))).toBe(null)
  })

  test('nothing else', () => {
    expect(nextLookAt(paidOrder, [kept()], after(1))).toBe(null)
    expect(nextLookAt(order({ status: 'expired' }), [], after(1))).toBe(null)
  })
})

describe('V-06, M-10: an order of V2 is looked at as a whole after it has its money, because its lists show one try', () => {
  const paidOrder = order({ status: 'paid', keptPaymentId: 'imp_1', gateway: 'portone-v2' })
  const kept = { ...seen(), ...noVerdict, standing: 'kept' as const }
  const other = { ...seen({ paymentId: 'imp_2', status: 'ready' }), ...noVerdict }
  const next = (payments: Parameters<typeof nextLookAt>[1], looked?: 'order' | 'payment') =>
    nextLookAt(paidOrder, payments, NOW_MS, looked)

  test('minutes after a look-up of the payment alone', () => {
    expect(next([kept], 'payment')).toBe(NOW_MS + 10 * MINUTE_MS)
    expect(next([kept, other], 'payment')).toBe(NOW_MS + 10 * MINUTE_MS)
  })

  test('again a day after it was paid, because the list of its tries may have failed', () => {
    const paidAtMs = NOW_MS - 20 * MINUTE_MS
    const dated = { ...kept, details: { ...kept.details, paidAtMs } }
    expect(next([dated])).toBe(paidAtMs + DAY_MS)
    expect(nextLookAt(paidOrder, [dated], paidAtMs + DAY_MS)).toBe(null)
    const undated = { ...kept, details: { ...kept.details, paidAtMs: null } }
    expect(next([undated])).toBe(paidOrder.registeredAtMs + DAY_MS)
  })

  test('and once a day for a month, if it has several tries', () => {
    expect(next([kept, other])).toBe(NOW_MS + DAY_MS)
    const last = paidOrder.expiresAtMs + 30 * DAY_MS
    expect(nextLookAt(paidOrder, [kept, other], last - 1)).toBe(last - 1 + DAY_MS)
    expect(nextLookAt(paidOrder, [kept, other], last)).toBe(null)
  })

  test('not without money, and not by V1, whose lists show each payment', () => {
    expect(nextLookAt({ ...paidOrder, status: 'expired' }, [other], NOW_MS, 'payment')).toBe(null)
    const byV1 = { ...paidOrder, gateway: 'portone-v1' } as const
    expect(nextLookAt(byV1, [kept, other], NOW_MS, 'payment')).toBe(null)
  })
})

test('W-06, L-02: an order is looked at within a minute, over or not, while money seen before it was registered has no place', () => {
  const kept = { ...seen(), ...noVerdict, standing: 'kept' as const }
  const orphan = { ...kept, paymentId: 'imp_2', standing: 'orphan' as const }
  for (const status of ['open', 'paid', 'cancelled', 'expired'] as const) {
    const its = order({ status, expiresAtMs: NOW_MS + 2 * DAY_MS })
    const next = (ageMs: number) => (nextLookAt(its, [kept, orphan], NOW_MS + ageMs) ?? 0) - NOW_MS - ageMs
    expect([0, 60 * MINUTE_MS, DAY_MS].map(next)).toEqual([MINUTE_MS, MINUTE_MS, MINUTE_MS])
    const placed = { ...orphan, standing: 'surplus' as const }
    if (status !== 'open') expect(nextLookAt(its, [kept, placed], NOW_MS)).toBe(null)
  }
})

test('G-18: what contradicts itself is looked at within seconds, and now and then once that is certain', () => {
  const odd = (isCertain: boolean) => [
    { ...seen(), ...noVerdict, contradiction: contradiction('x', isCertain) },
  ]
  const paid = order({ status: 'paid', keptPaymentId: 'imp_1' })
  expect(nextLookAt(paid, odd(false), NOW_MS)).toBe(NOW_MS + 11_000)
  expect(nextLookAt(paid, odd(true), NOW_MS)).toBe(NOW_MS + 60 * MINUTE_MS)
  expect(nextLookAt(paid, [...odd(true), ...odd(false)], NOW_MS)).toBe(NOW_MS + 11_000)
  // An order that waits is looked at by its age, and sooner where something contradicts itself.
  const old = order({ registeredAtMs: NOW_MS - 2 * DAY_MS, expiresAtMs: NOW_MS + 300 * DAY_MS })
  expect(nextLookAt(order(), odd(true), NOW_MS)).toBe(NOW_MS + MINUTE_MS)
  expect(nextLookAt(old, odd(false), NOW_MS)).toBe(NOW_MS + 11_000)
})

test('a failed piece of work is tried again after 1 s, doubling to a minute', () => {
  expect([0, 1, 2, 5, 6, 1_000].map((attempts) => retryDelayMs(attempts, 0.5))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ])
  expect(retryDelayMs(0, 0)).toBe(750)
  expect(retryDelayMs(0, 1)).toBe(1_250)
})

test('N-01, L-04: a notice is tried ten times over three days, then parked', () => {
  const delays = Array.from({ length: NOTICE_ATTEMPTS_MAX }, (_, made) => noticeDelayMs(made + 1, 0.5))
  expect(NOTICE_ATTEMPTS_MAX).toBe(10)
  expect(delays.at(-1)).toBeNull()
  const totalMs = delays.reduce<number>((sum, delay) => sum + (delay ?? 0), 0)
  expect(totalMs).toBeGreaterThan(3 * DAY_MS)
  const hours = [1 / 12, 0.5, 2, 5, 10, 14, 20, 24]
  expect(delays.slice(0, -1)).toEqual([5_000, ...hours.map((each) => each * 60 * MINUTE_MS)])
  expect([noticeDelayMs(1, 0), noticeDelayMs(1, 1)]).toEqual([4_500, 5_500])
})
