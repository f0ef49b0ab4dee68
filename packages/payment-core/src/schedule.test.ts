import { describe, expect, test } from 'vitest'
import { MINUTE_MS, NOW_MS, order, returned, seen } from '../test/samples.ts'
import {
  NOTICE_ATTEMPTS_MAX,
  nextLookAt,
  noticeDelayMs,
  OrderStatus,
  retryDelayMs,
  SETTLE_FAILURE_MS,
  SETTLE_LOOKS_MIN,
  SETTLE_SILENT_MS,
} from './index.ts'

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
      const theOrder = order({ lastReturn: returned({ says }), expiresAtMs: NOW_MS + DAY_MS })
      const looks = looksFrom(theOrder, NOW_MS, 14)
      expect(looks.filter((each) => each <= ms).length).toBeGreaterThanOrEqual(SETTLE_LOOKS_MIN)
      const first = looks.find((each) => each >= ms) ?? Infinity
      expect(first - ms).toBeLessThanOrEqual(1_000)
    },
  )
})

describe('V-08: an order that is over and whose account still takes money is looked at once a day for a month', () => {
  const paidOrder = order({ status: 'paid', keptPaymentId: 'imp_1' })
  const kept = (facts: Parameters<typeof seen>[0] = {}) => ({
    ...seen(facts),
    standing: 'kept' as const,
    rejectReason: null,
    contradiction: null,
  })
  const after = (days: number) => paidOrder.expiresAtMs + days * DAY_MS

  test('a fixed account, which lists its deposits', () => {
    expect(nextLookAt(paidOrder, [kept({ deposited: 14_000 })], after(1))).toBe(after(2))
    expect(nextLookAt(paidOrder, [kept({ deposited: 14_000 })], after(30))).toBe(null)
  })

  test('nothing else', () => {
    expect(nextLookAt(paidOrder, [kept()], after(1))).toBe(null)
    expect(nextLookAt(order({ status: 'expired' }), [], after(1))).toBe(null)
  })
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
  expect(delays.slice(0, -1)).not.toContain(null)
})
