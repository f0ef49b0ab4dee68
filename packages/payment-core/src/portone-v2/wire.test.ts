import { describe, expect, test } from 'vitest'
import { ErrorAnswerV2, ReturnFieldsV2 } from './wire.ts'

test('R-14: of a long text 4,000 characters are read', () => {
  const { message, code } = ReturnFieldsV2.parse({ message: '가'.repeat(10_000), code: 'x'.repeat(4_000) })
  expect(message).toBe('가'.repeat(4_000))
  expect(code).toHaveLength(4_000)
})

describe('an error of the gateway itself', () => {
  test.each(['PAYMENT_NOT_FOUND', 'PG_PROVIDER', 'A1', `A${'B'.repeat(99)}`])('%s', (type) => {
    expect(ErrorAnswerV2.parse({ type })).toMatchObject({ type })
  })

  test.each([
    '',
    'A',
    'payment_not_found',
    '_PAYMENT',
    '1ST',
    'PAYMENT NOT',
    'PAYMENT_é',
    `A${'B'.repeat(100)}`,
  ])('is not marked by «%s»', (type) => {
    expect(ErrorAnswerV2.safeParse({ type }).success).toBe(false)
  })
})
