import { describe, expect, test } from 'vitest'
import type { LastReturn } from './order.ts'
import { newestReturn } from './settling.ts'

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
