import { describe, expect, test } from 'vitest'
import {
  type Claim,
  claimFromReturn,
  claimFromWebhook,
  RETURN_PARAMETERS_MAX,
  ReturnFields,
  returnFieldsFromQuery,
  WebhookBody,
} from './index.ts'

const ids = 'imp_uid=imp_448280090638&merchant_uid=ord-1001'

function read(query: string): Claim {
  const fields = returnFieldsFromQuery(query)
  if (!fields.ok) throw new Error(fields.problem.where)
  return claimFromReturn(fields.value)
}

describe('a return', () => {
  test.each<[string, Claim['says']]>([
    ['imp_success=true', 'success'],
    ['success=true', 'success'],
    ['imp_success=True', 'success'],
    ['imp_success=1', 'success'],
    ['imp_success=false', 'failure'],
    ['success=0', 'failure'],
    ['imp_success=', 'nothing'],
    ['imp_success=yes', 'nothing'],
    ['', 'nothing'],
    ['error_code=CC10', 'failure'],
    ['error_msg=x', 'failure'],
    ['imp_success=true&error_msg=x', 'success'],
    ['imp_success=&success=false', 'failure'],
  ])('R-03, R-04: %s only says %s', (flags, says) => {
    expect(read(`${ids}&${flags}`).says).toBe(says)
  })

  test.each([
    'imp_uid=&merchant_uid=',
    'imp_uid=null&merchant_uid=null',
    'imp_uid=undefined&merchant_uid=undefined',
    'imp_uid=%20&merchant_uid=%20',
    'imp_uid=../users/getToken&merchant_uid=a/b',
    'imp_uid=448280090638&merchant_uid=%EC%A3%BC%EB%AC%B8',
    `imp_uid=imp_${'1'.repeat(40)}&merchant_uid=${'a'.repeat(41)}`,
    'imp_uid=imp_1%0D%0A&merchant_uid=ord%00',
    'imp_success=true',
  ])('R-16, R-19: no call is ever made of %s', (query) => {
    expect(read(query)).toMatchObject({ paymentId: null, orderId: null })
  })

  test('R-06: with the order’s id alone the order is what is looked up', () => {
    expect(read('merchant_uid=ord-1001')).toMatchObject({ paymentId: null, orderId: 'ord-1001' })
  })

  test('R-17: a flood of parameters and arrays of ids are refused', () => {
    const flood = Array.from({ length: RETURN_PARAMETERS_MAX + 1 }, (_, index) => `p${index}=1`).join('&')
    expect(returnFieldsFromQuery(flood)).toMatchObject({ ok: false, problem: { kind: 'bad_input' } })
    expect(returnFieldsFromQuery('imp_uid[]=imp_1&imp_uid[]=imp_2').ok).toBe(false)
    expect(returnFieldsFromQuery('imp_uid[a][b][c]=imp_1').ok).toBe(false)
    // What is said of it quotes nothing that came from outside.
    expect(returnFieldsFromQuery('imp_uid[<evil>]=imp_1')).toMatchObject({
      problem: { where: 'imp_uid as a list' },
    })
  })

  test('R-17: __proto__ changes nothing that others share', () => {
    expect(read(`${ids}&__proto__[says]=success&__proto__=1&constructor=2`).says).toBe('nothing')
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('two values of one name are refused, the same value twice is not', () => {
    expect(returnFieldsFromQuery(`${ids}&imp_uid=imp_2`)).toMatchObject({
      ok: false,
      problem: { where: 'imp_uid twice' },
    })
    expect(read(`merchant_uid=ord-1001&${ids}`)).toMatchObject({ orderId: 'ord-1001' })
  })

  test('R-15: what a stranger adds is ignored', () => {
    expect(read(`${ids}&next=//evil&return_url=javascript:alert(1)`)).toEqual(read(ids))
  })

  test('R-21: the id that lost its separator is found', () => {
    expect(read('a=1&b=2imp_uid=imp_7&merchant_uid=ord-1001').paymentId).toBe('imp_7')
  })

  test('R-21: a query broken inside error_msg still names what to look up', () => {
    const claim = read(`${ids}&imp_success=false&error_msg=A&B#C=D%ZZ+E`)
    expect(claim).toMatchObject({
      paymentId: 'imp_448280090638',
      orderId: 'ord-1001',
      says: 'failure',
      message: 'A',
    })
  })

  test('R-14: a message of 10 kB is cut, not lost, and loses what steers text', () => {
    const message = `<b>${'가'.repeat(10_000)}`
    const claim = claimFromReturn(
      ReturnFields.parse({ imp_success: false, error_msg: `\u202E\u0000${message}` }),
    )
    expect([...(claim.message ?? '')]).toHaveLength(300)
    expect(claim.message?.startsWith('<b>가')).toBe(true)
    expect(claim.message?.endsWith('…')).toBe(true)
  })

  test('a message without a claim of failure is not kept', () => {
    expect(read(`${ids}&imp_success=true&error_msg=x`)).toMatchObject({ message: null, failReason: null })
  })

  test('the callback’s object may hold booleans, numbers, nulls and anything else', () => {
    const fields = ReturnFields.parse({
      imp_uid: 'imp_1',
      merchant_uid: 1001,
      success: true,
      error_msg: ['x'],
      paid_amount: 1,
    })
    expect(claimFromReturn(fields)).toMatchObject({ paymentId: 'imp_1', orderId: null, says: 'success' })
  })
})

describe('a webhook', () => {
  const webhook = (body: Record<string, unknown>) => claimFromWebhook(WebhookBody.parse(body))

  test.each<[string, Claim['says']]>([
    ['paid', 'success'],
    ['ready', 'success'],
    ['failed', 'failure'],
    ['cancelled', 'nothing'],
    ['chargeback', 'nothing'],
  ])('W-01, W-02, W-19: «%s» only says %s', (status, says) => {
    const claim = webhook({ imp_uid: 'imp_1', merchant_uid: 'ord-1001', status })
    expect(claim).toMatchObject({ ok: true, value: { source: 'webhook', says, status } })
  })

  test('M-17: an order id we could not have issued is dropped when a payment is named', () => {
    const claim = webhook({ imp_uid: 'imp_1', merchant_uid: '주문 1', status: 'paid' })
    expect(claim).toMatchObject({ ok: true, value: { paymentId: 'imp_1', orderId: null } })
  })

  test.each([
    [{}, 'imp_uid'],
    [{ imp_uid: '' }, 'imp_uid'],
    [{ imp_uid: '../x', merchant_uid: 'ord-1001' }, 'imp_uid'],
    [{ merchant_uid: 'a b' }, 'merchant_uid'],
  ])('W-13: %j cannot be read', (body, where) => {
    expect(webhook(body)).toEqual({ ok: false, problem: { kind: 'bad_input', where } })
  })

  test('W-12: fields we do not know are no error', () => {
    expect(webhook({ imp_uid: 'imp_1', status: 'paid', event: 'x', extra: { a: 1 } }).ok).toBe(true)
  })

  test('two cancels of one payment are two claims', () => {
    const ids = ['A', 'B'].map((cancellation_id) =>
      webhook({ imp_uid: 'imp_1', status: 'cancelled', cancellation_id }),
    )
    expect(ids[0]).not.toEqual(ids[1])
  })
})
