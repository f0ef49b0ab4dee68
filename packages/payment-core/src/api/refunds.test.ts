import { describe, expect, test } from 'vitest'
import { spared } from '../../test/lacking.ts'
import { RefundCause, RefundList, RefundsInput } from '../index.ts'

test('closing an account gives no money back, and is no refund', () => {
  expect(RefundCause.options).toEqual(['rejected', 'surplus', 'late', 'shop', 'person'])
})

describe('what refunds are asked for', () => {
  const asked = { from: 0, to: 1, cause: 'late', cursor: 'c', limit: 5 }

  test('a range of time; the rest may be left out, and a page has twenty', () => {
    expect(RefundsInput.parse(asked)).toStrictEqual(asked)
    expect(RefundsInput.parse({ from: 0, to: 1 })).toStrictEqual({ from: 0, to: 1, limit: 20 })
    expect(spared(RefundsInput, asked)).toEqual(['cause', 'cursor', 'limit'])
  })

  test('it begins before it ends, and whoever turns it round is told so', () => {
    for (const [from, to] of [
      [1, 1],
      [2, 1],
    ])
      expect(RefundsInput.safeParse({ from, to }).error?.issues).toMatchObject([
        { path: ['from'], message: 'is not before to' },
      ])
  })

  test.each<[string, unknown[]]>([
    ['from', [-1, 0.5]],
    ['to', [0.5]],
    ['cause', ['account', 'x']],
    ['cursor', ['c'.repeat(201)]],
    ['limit', [0, 101]],
    ['other', [1]],
  ])('has bounds: %s', (field, bad) => {
    for (const value of bad) expect(RefundsInput.safeParse({ ...asked, [field]: value }).success).toBe(false)
  })
})

test('nothing of the list may be missing', () => {
  const list = {
    refunds: [
      {
        id: 'shop:k',
        paymentId: 'imp_1',
        amount: 400,
        cause: 'shop',
        state: 'refused',
        tries: 2,
        lastAnswer: null,
        requestedAt: 5,
        actor: null,
        orderId: 'o',
        currency: 'KRW',
      },
    ],
    nextCursor: null,
    totals: [{ cause: 'account', state: 'done', currency: 'KRW', count: 1, amount: 400 }],
  }
  expect(RefundList.parse(list)).toStrictEqual(list)
  expect(RefundList.parse({ ...list, totals: null })).toStrictEqual({ ...list, totals: null })
  expect(spared(RefundList, list)).toEqual(['refunds.0', 'totals.0'])
  expect(RefundList.safeParse({ ...list, totals: [{ ...list.totals[0], count: 0.5 }] }).success).toBe(false)
})
