import { describe, expect, test } from 'vitest'
import { held, look, NOW_MS, order, seen, type Held } from '../../test/samples.ts'
import type { Observation } from '../payment/observation.ts'
import type { Return } from './order.ts'
import { hasSettled, countLook, settlesAt, withReturn } from './returns.ts'

const returned = (says: Return['says'], atMs: number, paymentId: string | null): Return => ({
  says,
  atMs,
  paymentId,
  failReason: null,
  message: null,
  looks: 0,
})

describe('what the customer said of each try', () => {
  test('is one word a try, and the newest of it', () => {
    const [first, second] = [returned('failure', 1, 'imp_1'), returned('failure', 2, 'imp_2')]
    expect(withReturn([first], second)).toEqual([first, second])
    expect(withReturn([second], first)).toEqual([first, second])
    const newer = returned('nothing', 3, 'imp_1')
    expect(withReturn([first, second], newer)).toEqual([second, newer])
    expect(withReturn([newer], first)).toEqual([newer])
    expect(withReturn([first], null)).toEqual([first])
  })

  test('of two of one moment the one that is held stays', () => {
    const first = returned('nothing', 1, 'imp_1')
    expect(withReturn([first], returned('failure', 1, 'imp_1'))).toEqual([first])
  })

  test('S-22: a claimed success is not taken back, nor made younger by a page that is reloaded', () => {
    const success = returned('success', 1, 'imp_1')
    for (const says of ['failure', 'nothing', 'success'] as const)
      expect(withReturn([success], returned(says, 2, 'imp_1'))).toEqual([success])
  })

  test('R-26: is not made younger by a page that is reloaded, nor by one that names no payment, unless it may be another try’s', () => {
    for (const says of ['failure', 'nothing'] as const) {
      const first = returned(says, 1, 'imp_1')
      expect(withReturn([first], returned(says, 2, 'imp_1'))).toEqual([first])
      const unnamed = returned(says, 1, null)
      expect(withReturn([unnamed], returned(says, settlesAt(unnamed) - 1, null))).toEqual([unnamed])
      const another = returned(says, settlesAt(unnamed), null)
      expect(withReturn([unnamed], another)).toEqual([another])
    }
  })

  test('is kept of the last eight tries', () => {
    let held: readonly Return[] = []
    for (let at = 1; at <= 10; at += 1) held = withReturn(held, returned('failure', at, `imp_${at}`))
    expect(held.map(({ paymentId }) => paymentId)).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((at) => `imp_${at}`))
  })

  test('counts its looks as far as they matter', () => {
    const [once] = countLook([returned('failure', 1, null)])
    expect(once?.looks).toBe(1)
    expect(countLook(countLook(countLook([returned('failure', 1, null)])))[0]?.looks).toBe(2)
  })
})

test('S-22: a return has settled with its second look and its time, and not before both', () => {
  const last = { ...returned('failure', 1_000, null), looks: 2 }
  expect(settlesAt(last)).toBe(11_000)
  expect(hasSettled(last, 11_000)).toBe(true)
  expect(hasSettled(last, 10_999)).toBe(false)
  expect(hasSettled({ ...last, looks: 1 }, 11_000)).toBe(false)
})

test('ten seconds for a failure, three minutes for no flag or as long as the PG takes, for ever for a success', () => {
  expect(settlesAt(returned('failure', NOW_MS, null))).toBe(NOW_MS + 10_000)
  expect(settlesAt(returned('nothing', NOW_MS, null))).toBe(NOW_MS + 180_000)
  expect(settlesAt(returned('nothing', NOW_MS, null), 3_600_000)).toBe(NOW_MS + 3_600_000)
  expect(hasSettled({ ...returned('success', NOW_MS, null), looks: 99 }, Number.MAX_SAFE_INTEGER)).toBe(false)
})

describe('W-05: what is told of money of the order’s that comes back', () => {
  const cancel = (id: string, amount: number) => ({ id, amount, atMs: NOW_MS, reason: null })
  const paid = (facts: Partial<Observation> = {}): Held => ({
    order: order({ status: facts.cancelledAmount ? 'partially_cancelled' : 'paid', keptPaymentId: 'imp_1' }),
    payments: [held({ ...facts, standing: 'kept' })],
  })
  const told = (before: Held, facts: Partial<Observation>) =>
    look(before, [seen({ status: 'cancelled', ...facts })]).notices.map(({ type, body: { data } }) => [
      type,
      data.payment?.cancelledAmount,
      data.payment?.status,
      data.order.status,
    ])
  const part = (sum: number) => [
    'payment.partially_cancelled',
    sum,
    'partially_cancelled',
    'partially_cancelled',
  ]
  const whole = ['payment.cancelled', 14_000, 'cancelled', 'cancelled']

  test('is each sum by itself, those held first and the rest in its order', () => {
    const [a, b, c] = [cancel('a', 100), cancel('b', 200), cancel('c', 400)]
    expect(told(paid(), { cancelledAmount: 300, cancels: [a, b] })).toEqual([part(100), part(300)])
    const before: Partial<Observation> = { cancelledAmount: 400, cancels: [c], status: 'cancelled' }
    expect(told(paid(before), { cancelledAmount: 700, cancels: [a, b, c] })).toEqual([part(500), part(700)])
    expect(told(paid(before), { cancelledAmount: 400, cancels: [c] })).toEqual([])
  })

  test('is the sum alone where the gateway lists no cancels', () => {
    expect(told(paid(), { cancelledAmount: 300 })).toEqual([part(300)])
    expect(told(paid(), { cancelledAmount: 14_000 })).toEqual([whole])
  })

  test('is a sum once, though a cancel of nothing is listed beside it', () => {
    const cancels = [cancel('a', 300), cancel('b', 0)]
    expect(told(paid(), { cancelledAmount: 300, cancels })).toEqual([part(300)])
  })

  test('M-26: is its end alone when it came and went before anybody looked', () => {
    const none: Held = { order: order(), payments: [] }
    expect(told(none, { cancelledAmount: 14_000, cancels: [cancel('a', 100), cancel('b', 13_900)] })).toEqual(
      [whole],
    )
  })
})

test('W-05: a return that names no payment counts as a try of its own', () => {
  const [none, other] = [returned('failure', 1, null), returned('failure', 2, 'imp_1')]
  expect(withReturn([none], other)).toEqual([none, other])
  expect(withReturn([none, other], returned('nothing', 3, null))).toEqual([
    other,
    returned('nothing', 3, null),
  ])
})

test('S-22: a failure settles in its own time, whatever its PG may do later', () => {
  expect(settlesAt(returned('failure', NOW_MS, null), 3_600_000)).toBe(NOW_MS + 10_000)
  const silent = { ...returned('nothing', NOW_MS, null), looks: 2 }
  expect(hasSettled(silent, NOW_MS + 180_000, 3_600_000)).toBe(false)
  expect(hasSettled(silent, NOW_MS + 3_600_000, 3_600_000)).toBe(true)
})
