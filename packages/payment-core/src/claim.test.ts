import { describe, expect, test } from 'vitest'
import {
  type Claim,
  claimFromList,
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
    ['imp_success=%20true%20', 'success'],
    ['imp_success=FALSE', 'failure'],
    ['imp_success=null&success=1', 'success'],
    ['imp_success=true1', 'nothing'],
    ['imp_success=untrue', 'nothing'],
    ['imp_success=10', 'nothing'],
    ['imp_success=false0', 'nothing'],
    ['imp_success=xfalse', 'nothing'],
    ['imp_success=00', 'nothing'],
    ['error_coe=CC10', 'failure'],
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

  test('R-17: as many parameters as the limit are read, one more is not', () => {
    const many = (count: number) =>
      returnFieldsFromQuery(Array.from({ length: count }, (_, index) => `p${index}=1`).join('&'))
    expect(many(RETURN_PARAMETERS_MAX)).toStrictEqual({ ok: true, value: {} })
    expect(many(RETURN_PARAMETERS_MAX + 1)).toMatchObject({ problem: { where: 'too many parameters' } })
  })

  test.each(['imp_uid', 'merchant_uid', 'imp_success', 'success'])(
    'R-17: %s as a list is refused by its name',
    (name) => {
      expect(returnFieldsFromQuery(`${name}[]=1`)).toMatchObject({ problem: { where: `${name} as a list` } })
      expect(returnFieldsFromQuery(`shop_${name}[]=1&error_msg[]=1`)).toStrictEqual({ ok: true, value: {} })
    },
  )

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
    expect(read(`${ids}&tag=a&tag=b`)).toEqual(read(ids))
    expect(read(`${ids}&next=//evil&return_url=javascript:alert(1)`)).toEqual(read(ids))
  })

  test('R-21: the id that lost its separator is found', () => {
    expect(read('a=1&b=2imp_uid=imp_7&merchant_uid=ord-1001').paymentId).toBe('imp_7')
    expect(read('b=2imp_uid=imps_7-A_z&merchant_uid=ord-1001').paymentId).toBe('imps_7-A_z')
    expect(read('b=2imp_uid=other_7&merchant_uid=ord-1001').paymentId).toBeNull()
    expect(read('b=2imp_uid=imp_7&imp_uid=imp_1').paymentId).toBe('imp_1')
    expect(returnFieldsFromQuery('merchant_uid=ord-1001')).toStrictEqual({
      ok: true,
      value: { merchant_uid: 'ord-1001' },
    })
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

  test('is read whole: its ids, what it says, and why', () => {
    expect(
      read(`${ids}&imp_success=false&error_code=CC10&error_msg=${encodeURIComponent('카드사 거절')}`),
    ).toStrictEqual({
      source: 'return',
      paymentId: 'imp_448280090638',
      orderId: 'ord-1001',
      says: 'failure',
      status: null,
      cancellationId: null,
      failReason: 'balance',
      message: '카드사 거절',
    })
  })

  test('§1.3: the code that an old script misspells is read, when there is no other', () => {
    expect(read(`${ids}&error_coe=CC10`).failReason).toBe('balance')
    expect(read(`${ids}&error_code=&error_coe=CC10`).failReason).toBe('balance')
    expect(read(`${ids}&error_code=CC61&error_coe=CC10`).failReason).toBe('limit')
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

  test('is read whole: its ids, what it says, and what tells it from another', () => {
    const claim = webhook({
      imp_uid: 'imp_1',
      merchant_uid: 'ord-1001',
      status: 'cancelled',
      cancellation_id: 'C0',
    })
    expect(claim).toStrictEqual({
      ok: true,
      value: {
        source: 'webhook',
        paymentId: 'imp_1',
        orderId: 'ord-1001',
        says: 'nothing',
        status: 'cancelled',
        cancellationId: 'C0',
        failReason: null,
        message: null,
      },
    })
  })

  test('with one id alone names what to look up; blanks are no id, no status and no cancel', () => {
    expect(webhook({ merchant_uid: 'ord-1001', status: 'paid' })).toMatchObject({
      value: { paymentId: null, orderId: 'ord-1001' },
    })
    const blank = { imp_uid: ' ', merchant_uid: 'ord-1001', status: ' ', cancellation_id: '' }
    expect(webhook(blank)).toMatchObject({
      value: { paymentId: null, status: null, cancellationId: null, says: 'nothing' },
    })
    expect(webhook({ imp_uid: 'imp_1', merchant_uid: null, status: null })).toMatchObject({
      value: { paymentId: 'imp_1', orderId: null, status: null },
    })
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

describe('a payment of the gateway’s list of changes', () => {
  const listed = {
    paymentId: 'imp_1',
    orderId: 'ord-1001',
    status: 'paid',
    cancelledAmount: 400,
    deposited: 0,
  }

  test('V-08, M-10: says nothing, and is a claim of its own for each sum that has changed', () => {
    expect(claimFromList(listed)).toStrictEqual({
      ok: true,
      value: {
        source: 'list',
        paymentId: 'imp_1',
        orderId: 'ord-1001',
        says: 'nothing',
        status: 'paid 400 0',
        cancellationId: null,
        failReason: null,
        message: null,
      },
    })
    expect(claimFromList({ ...listed, deposited: 5 })).toMatchObject({ value: { status: 'paid 400 5' } })
  })

  test('M-17: an order id we could not have issued is nobody’s here, and without a payment’s there is no claim', () => {
    expect(claimFromList({ ...listed, orderId: '주문 1' })).toMatchObject({
      value: { paymentId: 'imp_1', orderId: null },
    })
    for (const paymentId of ['', '../x', 'ord-1001'])
      expect(claimFromList({ ...listed, paymentId })).toEqual({
        ok: false,
        problem: { kind: 'bad_input', where: 'imp_uid' },
      })
  })
})
