import { describe, expect, test } from 'vitest'
import {
  type Claim,
  claimFromReturnV2,
  paymentTokenOf,
  RETURN_PARAMETERS_MAX,
  ReturnFieldsV2,
  returnFieldsFromLinkV2,
  returnFieldsFromQueryV2,
} from '../index.ts'
import { TRANSACTION_ID } from '../../test/portone-v2.ts'

const ids = `paymentId=ord-1001&transactionType=PAYMENT&txId=${TRANSACTION_ID}`

function fieldsOf(query: string): ReturnFieldsV2 {
  const fields = returnFieldsFromQueryV2(query)
  if (!fields.ok) throw new Error(fields.problem.where)
  return fields.value
}
const read = (query: string): Claim => claimFromReturnV2(fieldsOf(query))
const linked = (query: string) => {
  const { fields, odd } = returnFieldsFromLinkV2(query)
  return { claim: claimFromReturnV2(fields), odd, token: paymentTokenOf(fields) }
}

describe('a return', () => {
  test.each<[string, Claim['says']]>([
    [ids, 'success'],
    ['paymentId=ord-1001', 'success'],
    ['payment_id=ord-1001', 'success'],
    [`${ids}&code=FAILURE_TYPE_PG`, 'failure'],
    [`${ids}&code=UnknownError&message=x`, 'failure'],
    [`${ids}&code=&message=x`, 'success'],
    [`${ids}&code=null`, 'success'],
    // OAuth's code: nothing of it is PortOne's.
    ['code=4%2F0AX4XfWh&state=xyz', 'nothing'],
    ['code=FAILURE_TYPE_PG&message=x', 'nothing'],
    ['transactionType=PAYMENT&code=FAILURE_TYPE_PG', 'failure'],
    ['transactionType=IDENTITY_VERIFICATION&code=x&paymentId=ord-1001', 'nothing'],
    ['transactionType=ISSUE_BILLING_KEY&paymentId=ord-1001', 'nothing'],
    ['transactionType=ISSUE_BILLING_KEY_AND_PAY&paymentId=ord-1001', 'success'],
    ['', 'nothing'],
    ['imp_success=false&imp_uid=imp_1', 'nothing'],
  ])('R-05: %s only says %s', (query, says) => {
    expect(read(query).says).toBe(says)
  })

  test('R-05: V2’s names lead to the same claim as V1’s', () => {
    expect(
      read(
        `${ids}&code=FAILURE_TYPE_PG&message=a&pgCode=CC10&pgMessage=%EC%9E%94%EC%95%A1%20%EB%B6%80%EC%A1%B1`,
      ),
    ).toEqual({
      source: 'return',
      gateway: 'portone-v2',
      paymentId: TRANSACTION_ID,
      orderId: 'ord-1001',
      says: 'failure',
      status: null,
      cancellationId: null,
      failReason: 'balance',
      message: '잔액 부족',
    })
  })

  test.each([
    ['payment_id=ord-1001', 'ord-1001', null],
    ['payment_id=ord-1001&paymentId=ord-1001', 'ord-1001', null],
    // Of two names with two values neither is believed.
    [`payment_id=ord-1001&paymentId=ord-1002&txId=${TRANSACTION_ID}`, null, TRANSACTION_ID],
    ['paymentId=%EC%A3%BC%EB%AC%B8&payment_id=ord-1001', 'ord-1001', null],
    ['paymentId=ord-1001&txId=NEEDS_CONFIRMATION', 'ord-1001', null],
    ['paymentId=ord-1001&txId=..%2Fcancel', 'ord-1001', null],
    ['paymentId=null&txId=undefined', null, null],
    [`paymentId=${'a'.repeat(41)}&txId=${'1'.repeat(65)}`, null, null],
    ['paymentId=ord%00&txId=tx%0D%0A', null, null],
  ])('R-05, R-19: %s names what can be looked up', (query, orderId, paymentId) => {
    expect(read(query)).toMatchObject({ orderId, paymentId })
  })

  test.each<[code: string, pgMessage: string, reason: Claim['failReason']]>([
    // The same codes stand for a refusal and for a window that the customer closed: the PG's text alone tells.
    ['FAILURE_TYPE_PG', '', 'unknown'],
    ['USER_CANCEL', '', 'unknown'],
    ['PAY_PROCESS_CANCELED', '', 'unknown'],
    ['Cancelled', '', 'unknown'],
    ['FAILURE_TYPE_PG', '사용자가 결제를 취소하였습니다', 'closed_by_customer'],
    ['FAILURE_TYPE_PG', '한도초과', 'limit'],
    ['USER_CANCEL', '잔액이 부족합니다', 'balance'],
    ['PaymentAlreadyPaid', '', 'already_paid'],
    ['ChannelNotFound', '', 'window_not_opened'],
    ['StoreNotFound', '', 'window_not_opened'],
    ['ParseChannelFailed', '', 'window_not_opened'],
    ['ParsePrepareResponseFailed', '', 'window_not_opened'],
    ['AmountNotEqualToPredefined', '', 'unknown'],
  ])('R-28: %s with «%s» is %s', (code, pgMessage, reason) => {
    const query = `${ids}&code=${code}&pgMessage=${encodeURIComponent(pgMessage)}`
    expect(read(query).failReason).toBe(reason)
  })

  test('R-28: the gateway’s own text and the PG’s code give no reason, but the text is shown', () => {
    const query = `${ids}&code=PG_PROVIDER_ERROR&message=${encodeURIComponent('사용자가 결제를 취소')}&pgCode=CC10`
    expect(read(query)).toMatchObject({ failReason: 'unknown', message: '사용자가 결제를 취소' })
  })

  test('R-14: a text of the PG is read as it was sent, plus signs and ampersands included', () => {
    const text = '카드사 A&B 1+1 행사 = 종료'
    const query = `${ids}&code=FAILURE_TYPE_PG&pgMessage=${encodeURIComponent(text)}`
    expect(read(query).message).toBe(text)
    // A text that is broken, a success's and a stranger's are not shown.
    expect(read(`${ids}&code=x&pgMessage=%BB%E7`).message).toBeNull()
    expect(read(`${ids}&pgMessage=x`).message).toBeNull()
  })

  test('R-17: floods, lists and contradictions are refused without the order’s own link', () => {
    const flood = Array.from({ length: RETURN_PARAMETERS_MAX + 1 }, (_, index) => `p${index}=1`).join('&')
    for (const [query, where] of [
      [flood, 'too many parameters'],
      ['paymentId[]=a', 'paymentId as a list'],
      ['txId[0]=a', 'txId as a list'],
      ['code[]=a', 'code as a list'],
      ['transactionType[]=a', 'transactionType as a list'],
      ['paymentToken[]=a', 'paymentToken as a list'],
      [`${ids}&txId=other`, 'txId twice'],
      [`${ids}&code=a&code=b`, 'code twice'],
    ] as const)
      expect(returnFieldsFromQueryV2(query)).toEqual({ ok: false, problem: { kind: 'bad_input', where } })
  })
})

describe('an order’s own link, oddly wrapped', () => {
  test.each([
    [`a=1?${ids}`],
    [`a=1;${ids.replaceAll('&', ';')}`],
    [`next=%2Fx%3F${encodeURIComponent(ids)}`],
    [`a=1%26${ids.replaceAll('&', '%26')}`],
    [`%3F${ids}`],
    [`#${ids}`],
    [`${ids}&utm_source=kakao&state=abc`],
    [`${ids}&paymentId=`],
    [`${ids}&paymentId=%EC%A3%BC%EB%AC%B8`],
    [`${ids}&txId[]=x`],
  ])('R-24: %s', (query) => {
    expect(linked(query).claim).toMatchObject({
      orderId: 'ord-1001',
      paymentId: TRANSACTION_ID,
      says: 'success',
    })
  })

  test('R-24: a failure stays a failure in each wrapping', () => {
    const failure = `${ids}&code=FAILURE_TYPE_PG&pgMessage=${encodeURIComponent('한도초과')}`
    for (const query of [`a=1?${failure}`, failure.replaceAll('&', '%26'), failure.replaceAll('&', ';')])
      expect(linked(query).claim).toMatchObject({ says: 'failure', failReason: 'limit' })
  })

  test('R-24: of two different values neither is used, and the oddity is told without quoting it', () => {
    const { claim, odd } = linked(`paymentId=ord-1001&txId=a&txId=b`)
    expect(claim).toMatchObject({ orderId: 'ord-1001', paymentId: null })
    expect(odd).toEqual(['txId twice'])
    expect(linked('paymentId=<evil>&txId[<evil>]=1').odd).toEqual(['paymentId unreadable', 'txId as a list'])
  })
})

describe('the object that the browser script gives', () => {
  test.each([
    [{ transactionType: 'PAYMENT', txId: TRANSACTION_ID, paymentId: 'ord-1001' }, 'success', null],
    [
      {
        transactionType: 'PAYMENT',
        txId: TRANSACTION_ID,
        paymentId: 'ord-1001',
        code: 'FAILURE_TYPE_PG',
        message: 'PG사에서 오류를 전달했습니다.',
        pgCode: 'PAY_PROCESS_CANCELED',
        pgMessage: '사용자가 결제를 취소하였습니다',
      },
      'failure',
      'closed_by_customer',
    ],
    // A thrown PaymentError.
    [
      {
        __portOneErrorType: 'PaymentError',
        transactionType: 'PAYMENT',
        paymentId: 'ord-1001',
        code: 'PaymentAlreadyPaid',
        message: 'x',
      },
      'failure',
      'already_paid',
    ],
  ])('R-05: %j', (object, says, failReason) => {
    expect(claimFromReturnV2(ReturnFieldsV2.parse(object))).toMatchObject({
      orderId: 'ord-1001',
      says,
      failReason,
    })
  })
})

describe('the token of a payment that waits for its confirmation', () => {
  test.each([
    [`${ids}&paymentToken=tok_en-1`, 'tok_en-1'],
    // Base64 with a raw plus, and the same escaped.
    [`${ids}&paymentToken=a+b/c==`, 'a+b/c=='],
    [`${ids}&paymentToken=a%2Bb%2Fc%3D%3D`, 'a+b/c=='],
    [ids, null],
    [`${ids}&paymentToken=`, null],
    [`${ids}&paymentToken=t&code=FAILURE_TYPE_PG`, null],
    [`${ids}&paymentToken=a%20b`, null],
    [`${ids}&paymentToken=%0D%0A`, null],
    [`${ids}&paymentToken=${'t'.repeat(2_001)}`, null],
    ['transactionType=ISSUE_BILLING_KEY&paymentToken=t', null],
  ])('%s', (query, token) => {
    expect(paymentTokenOf(fieldsOf(query))).toBe(token)
  })

  test('R-24: of two tokens neither is used', () => {
    expect(linked(`${ids}&paymentToken=a&paymentToken=b`).token).toBeNull()
    expect(linked(`a=1?${ids}&paymentToken=a`).token).toBe('a')
  })
})
