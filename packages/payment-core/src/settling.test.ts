import { describe, expect, test } from 'vitest'
import { held as payment } from '../test/samples.ts'
import type { LastReturn } from './order.ts'
import { currentTry, hasSettled, newestReturn, settlesAt } from './settling.ts'

const returned = (says: LastReturn['says'], atMs: number, paymentId: string | null): LastReturn => ({
  says,
  atMs,
  paymentId,
  failReason: null,
  message: null,
  looks: 0,
})

describe('the return an order remembers', () => {
  test('is the newest', () => {
    const first = returned('failure', 1, 'imp_1')
    const second = returned('failure', 2, 'imp_2')
    expect(newestReturn(first, second)).toBe(second)
    expect(newestReturn(second, first)).toBe(second)
    expect(newestReturn(null, first)).toBe(first)
    expect(newestReturn(first, null)).toBe(first)
  })

  test('of two of one moment the one that is held stays', () => {
    const first = returned('nothing', 1, 'imp_1')
    expect(newestReturn(first, returned('failure', 1, 'imp_2'))).toBe(first)
  })

  test('S-22: a claimed success is not taken back by one about the same payment, or about none', () => {
    const success = returned('success', 1, 'imp_1')
    expect(newestReturn(success, returned('failure', 2, 'imp_1'))).toBe(success)
    expect(newestReturn(success, returned('failure', 2, null))).toBe(success)
    expect(newestReturn(success, returned('nothing', 2, null))).toBe(success)
  })

  test('another try’s return is about another try', () => {
    const other = returned('failure', 2, 'imp_2')
    expect(newestReturn(returned('success', 1, 'imp_1'), other)).toBe(other)
  })
})

test('without any return there is none to remember', () => {
  expect(newestReturn(null, null)).toBeNull()
})

test('a newer success takes the place of an older one', () => {
  const newer = returned('success', 2, 'imp_1')
  expect(newestReturn(returned('success', 1, 'imp_1'), newer)).toBe(newer)
})

test('what claims no success is taken back by what is newer', () => {
  const newer = returned('nothing', 2, 'imp_1')
  expect(newestReturn(returned('failure', 1, 'imp_1'), newer)).toBe(newer)
})

describe('the try a customer made', () => {
  const first = payment({ paymentId: 'imp_1' }, { startedAtMs: 1 })
  const second = payment({ paymentId: 'imp_2' }, { startedAtMs: 2 })
  const unknown = payment({ paymentId: 'imp_3' }, { startedAtMs: null })

  test('is the one the return names, and none while the gateway does not know that', () => {
    expect(currentTry(returned('failure', 1, 'imp_1'), [second, first])).toBe(first)
    expect(currentTry(returned('failure', 1, 'imp_9'), [second, first])).toBeNull()
  })

  test('is else the one begun last; one of no known beginning is begun first', () => {
    for (const payments of [
      [first, second, unknown],
      [unknown, second, first],
      [second, first, unknown],
    ]) {
      expect(currentTry(null, payments)).toBe(second)
      expect(currentTry(returned('nothing', 1, null), payments)).toBe(second)
    }
    expect(currentTry(null, [])).toBeNull()
    expect(currentTry(null, [unknown, first])).toBe(first)
  })
})

test('S-22: a return has settled with its second look and its time, and not before both', () => {
  const last = { ...returned('failure', 1_000, null), looks: 2 }
  expect(settlesAt(last)).toBe(11_000)
  expect(hasSettled(last, 11_000)).toBe(true)
  expect(hasSettled(last, 10_999)).toBe(false)
  expect(hasSettled({ ...last, looks: 1 }, 11_000)).toBe(false)
})
