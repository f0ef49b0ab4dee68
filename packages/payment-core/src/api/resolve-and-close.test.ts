import { describe, expect, test } from 'vitest'
import { CloseInput, ResolveAnswer, ResolveInput } from '../index.ts'

const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
const end = { orderId: 'ord-1001', reviewId: 'late-imp_1', action: 'return', note: 'seen', refundAccount }
const answer = {
  orderId: 'ord-1001',
  reviewId: 'late-imp_1',
  end: 'return',
  endedAt: 5,
  endedBy: 'key:till',
  note: 'seen',
  order: null,
}

describe('how a person ends a review', () => {
  test('is read whole; where the money goes back to may be left out, and blanks around a note', () => {
    expect(ResolveInput.parse(end)).toStrictEqual(end)
    const { refundAccount: _, ...rest } = end
    expect(ResolveInput.parse({ ...rest, note: ' seen ' })).toStrictEqual(rest)
  })

  test.each<[string, unknown[], unknown[]]>([
    ['orderId', ['', 'o'.repeat(101)], ['o', 'o'.repeat(100), 'any number / of the gateway’s']],
    ['reviewId', ['', 'r'.repeat(201)], ['r', 'r'.repeat(200)]],
    ['note', ['', ' ', 'n'.repeat(501)], ['n', 'n'.repeat(500)]],
    ['action', ['facts', ''], ['accept', 'return', 'retry', 'dismiss']],
    ['refundAccount', [{}, null], [undefined]],
    ['other', ['x'], []],
  ])('its %s has bounds', (field, bad, good) => {
    for (const value of bad) expect(ResolveInput.safeParse({ ...end, [field]: value }).success).toBe(false)
    for (const value of good) expect(ResolveInput.safeParse({ ...end, [field]: value }).success).toBe(true)
  })

  test('is answered with the end, by whom, and the order afterwards', () => {
    expect(ResolveAnswer.parse(answer)).toStrictEqual(answer)
    for (const field of Object.keys(answer))
      expect(ResolveAnswer.safeParse({ ...answer, [field]: undefined }).success, field).toBe(false)
  })
})

describe('how an order is called off', () => {
  test('by its id, with a note or without', () => {
    expect(CloseInput.parse({ orderId: 'ord-1001', reason: ' sold out ' })).toStrictEqual({
      orderId: 'ord-1001',
      reason: 'sold out',
    })
    expect(CloseInput.parse({ orderId: 'ord-1001' })).toStrictEqual({ orderId: 'ord-1001' })
  })

  test('and nothing else', () => {
    for (const bad of [
      { orderId: 'a/b' },
      { reason: 'x' },
      { orderId: 'a', reason: '' },
      { orderId: 'a', why: 'x' },
    ])
      expect(CloseInput.safeParse(bad).success, JSON.stringify(bad)).toBe(false)
  })
})
