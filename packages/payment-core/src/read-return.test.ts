import { describe, expect, test } from 'vitest'
import { readReturnLink, readReturnObject, readReturnQuery } from './read-return.ts'

const TX = '0193c5a1-7e2f-5b1d-3c4a-9d0e1f2a3b4c'
const claimOf = (query: string) => {
  const read = readReturnQuery(query)
  return read.ok ? read.value.claim : read.problem
}

describe('R-05: a return of either protocol', () => {
  test.each([
    ['imp_uid=imp_1&merchant_uid=ord-1&imp_success=true', 'portone-v1', 'imp_1', 'success'],
    ['merchant_uid=ord-1&error_code=F500', 'portone-v1', null, 'failure'],
    [`paymentId=ord-1&txId=${TX}&transactionType=PAYMENT`, 'portone-v2', TX, 'success'],
    ['paymentId=ord-1', 'portone-v2', null, 'success'],
    ['payment_id=ord-1&code=FAILURE_TYPE_PG&message=x', 'portone-v2', null, 'failure'],
    // Ids of V1 make it V1's, whatever the shop's own query holds.
    [`imp_uid=imp_1&merchant_uid=ord-1&txId=${TX}&code=x`, 'portone-v1', 'imp_1', 'nothing'],
    // `null` is what scripts make of a missing value.
    [`imp_uid=null&paymentId=ord-1&txId=${TX}`, 'portone-v2', TX, 'success'],
  ])('%s is read by its own names', (query, gateway, paymentId, says) => {
    const expected = { gateway, paymentId, orderId: 'ord-1', says, source: 'return' }
    expect(claimOf(query)).toMatchObject(expected)
    expect(readReturnLink(query)).toMatchObject({ claim: expected, isEmpty: false, odd: [] })
    expect(readReturnObject(Object.fromEntries(new URLSearchParams(query))).claim).toMatchObject(expected)
  })

  test('`code` alone is anybody’s, such as a sign-in’s: it is no failure, and twice no oddity', () => {
    for (const query of ['code=abc&state=x', 'code=abc&code=def', 'merchant_uid=ord-1&code=abc'])
      expect(claimOf(query)).toMatchObject({ gateway: 'portone-v1', says: 'nothing', failReason: null })
    expect(readReturnLink('code=abc&code=def')).toMatchObject({ isEmpty: true, odd: [] })
  })

  test('R-17: a name of its own protocol with two values is refused, and of the other ignored', () => {
    expect(claimOf('paymentId=ord-1&paymentId=ord-2')).toMatchObject({ kind: 'bad_input' })
    expect(claimOf('imp_uid=imp_1&merchant_uid=ord-1&txId=a&txId=b')).toMatchObject({ paymentId: 'imp_1' })
  })

  test('R-23: without a value of either it is empty', () => {
    for (const query of ['', 'a=b', 'imp_uid=&paymentId=']) expect(readReturnLink(query).isEmpty).toBe(true)
    expect(readReturnObject({}).isEmpty).toBe(true)
  })

  test('a token to confirm comes with V2’s success alone', () => {
    const token = (query: string) => readReturnLink(query).paymentToken
    expect(token(`paymentId=ord-1&txId=${TX}&paymentToken=t+1`)).toBe('t+1')
    expect(token(`paymentId=ord-1&paymentToken=t&code=x`)).toBeNull()
    expect(token('imp_uid=imp_1&paymentToken=t')).toBeNull()
  })
})
