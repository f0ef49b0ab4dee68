import { describe, expect, test } from 'vitest'
import {
  type Claim,
  claimFromList,
  claimFromReturn,
  claimFromWebhook,
  RETURN_PARAMETERS_MAX,
  ReturnFields,
  returnFieldsFromLink,
  returnFieldsFromQuery,
  WebhookBody,
} from '../index.ts'

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
    ['imp_status=false', 'failure'],
    ['imp_status=true', 'success'],
    ['imp_status=False', 'failure'],
    ['imp_status=paid', 'success'],
    ['imp_status=FAILED', 'failure'],
    ['imp_status=ready', 'nothing'],
    ['imp_success=fail', 'failure'],
    ['imp_success=undefined_&imp_status=failed', 'failure'],
    ['imp_success=&imp_status=false', 'failure'],
    ['imp_success=true&imp_status=false', 'success'],
    ['success=false&imp_status=true', 'failure'],
  ])('R-03, R-04, R-28: %s only says %s', (flags, says) => {
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

  test.each(['imp_uid', 'merchant_uid', 'imp_success', 'success', 'imp_status'])(
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
      gateway: 'portone-v1',
      paymentId: 'imp_448280090638',
      orderId: 'ord-1001',
      says: 'failure',
      status: null,
      cancellationId: null,
      failReason: 'balance',
      message: '카드사 거절',
    })
  })

  test.each([
    ['F1002', 'already_paid'],
    ['F1001', 'window_not_opened'],
    ['F500', 'window_not_opened'],
    ['F0005', 'closed_by_customer'],
    ['IAMPORT_CORDOVA', 'closed_by_customer'],
    ['F9999', 'unknown'],
  ])('R-02, R-04: the protocol’s own code %s says %s', (code, reason) => {
    expect(read(`${ids}&error_code=${code}`).failReason).toBe(reason)
    expect(read(`${ids}&error_code=${code}&error_msg=${encodeURIComponent('한도초과')}`).failReason).toBe(
      'limit',
    )
  })

  test('§1.3: the code that an old script misspells is read, when there is no other', () => {
    expect(read(`${ids}&error_coe=CC10`).failReason).toBe('balance')
    expect(read(`${ids}&error_code=&error_coe=CC10`).failReason).toBe('balance')
    expect(read(`${ids}&error_code=CC61&error_coe=CC10`).failReason).toBe('limit')
  })

  test('W-20: the callback’s object may hold booleans, numbers, nulls and anything else', () => {
    const fields = ReturnFields.parse({
      imp_uid: 'imp_1',
      merchant_uid: 1001,
      success: true,
      error_msg: ['x'],
      paid_amount: 1,
    })
    expect(claimFromReturn(fields)).toMatchObject({ paymentId: 'imp_1', orderId: '1001', says: 'success' })
    for (const merchant_uid of [0.5, -1, 2 ** 53, true])
      expect(claimFromReturn(ReturnFields.parse({ merchant_uid })).orderId).toBeNull()
  })
})

describe('a return through an order’s own link', () => {
  const linked = (query: string) => {
    const { fields, odd } = returnFieldsFromLink(query)
    const { paymentId, orderId, says, message } = claimFromReturn(fields)
    return { paymentId, orderId, says, message, odd }
  }
  const sane = { paymentId: 'imp_448280090638', orderId: 'ord-1001', says: 'failure', message: null }

  test.each([
    ['imp_uid=imp_448280090638?merchant_uid=ord-1001?imp_success=false'],
    ['?imp_uid=imp_448280090638&merchant_uid=ord-1001&imp_success=false'],
    ['a=1?imp_uid=imp_448280090638;merchant_uid=ord-1001;imp_success=false'],
    ['imp_uid=imp_448280090638%26merchant_uid=ord-1001%3Fimp_success=false'],
    ['imp_uid%3Dimp_448280090638%26merchant_uid%3Dord-1001%26imp_status%3Dfalse'],
    ['imp_uid=imp_448280090638%3bmerchant_uid=ord-1001%23success=0'],
    ['/imp_uid=imp_448280090638#merchant_uid=ord-1001/imp_success=false'],
  ])('R-24: %s is read as if it had been put together well', (query) => {
    expect(linked(query)).toEqual({ ...sane, odd: ['wrapped parameters'] })
  })

  test.each([
    [`${ids}&imp_uid=imp_2`, { paymentId: null, orderId: 'ord-1001' }, 'imp_uid twice'],
    [`${ids}&merchant_uid=ord-2`, { paymentId: 'imp_448280090638', orderId: null }, 'merchant_uid twice'],
    [`${ids}&imp_success=true&imp_success=false`, { says: 'nothing' }, 'imp_success twice'],
    [`${ids}&imp_uid=&imp_uid=null`, { paymentId: 'imp_448280090638' }, 'imp_uid twice'],
    [`${ids}&imp_uid=../x`, { paymentId: 'imp_448280090638' }, 'imp_uid unreadable'],
    ['imp_uid=imp_1?x&merchant_uid=ord-1001', { paymentId: null, orderId: 'ord-1001' }, 'imp_uid unreadable'],
    [`${ids}&imp_uid[]=imp_2`, { paymentId: 'imp_448280090638' }, 'imp_uid as a list'],
    ['imp_uid[]=imp_2&imp_uid[]=imp_3', { paymentId: null }, 'imp_uid as a list'],
    [
      `${ids}&${'u=1&'.repeat(70)}`,
      { paymentId: 'imp_448280090638', orderId: 'ord-1001' },
      'too many parameters',
    ],
    [`${ids}&x=%E0%A4%A&y=%`, { paymentId: 'imp_448280090638', orderId: 'ord-1001' }, 'broken escapes'],
  ])('R-24: of %s what can be read is used, and what was odd is said', (query, expected, odd) => {
    const read = linked(query)
    expect(read).toMatchObject(expected)
    expect(read.odd).toContain(odd)
  })

  test.each([
    '',
    ids,
    `${ids}&imp_success=false&error_msg=${encodeURIComponent('왜? 한도;초과')}`,
    `${ids}&error_msg=why?really;yes/no&utm_source=a&utm_source=b`,
    `merchant_uid=ord-1001&${ids}`,
    'a=1&b=2imp_uid=imp_7&merchant_uid=ord-1001',
    'imp_uid=null&merchant_uid=undefined&imp_success=',
    `${ids}&IMP_UID=imp_2`,
  ])('R-24: nothing is odd about «%s», and it is read like any other', (query) => {
    expect(linked(query)).toEqual({
      ...(({ paymentId, orderId, says, message }) => ({ paymentId, orderId, says, message }))(read(query)),
      odd: [],
    })
  })

  test('R-24: what is said to be odd quotes nothing of it, and is said once', () => {
    const { odd } = returnFieldsFromLink(`${'imp_uid[<evil>]=1&'.repeat(500)}imp_uid=<evil>&%<evil>`)
    expect(odd).toEqual(['too many parameters', 'broken escapes', 'imp_uid unreadable', 'imp_uid as a list'])
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
    [{ imp_uid: '../x', merchant_uid: 'a b' }, 'merchant_uid'],
    [{ imp_uid: 'imp1234567890' }, 'imp_uid'],
    [{ imp_uid: 1_234_567_890 }, 'imp_uid'],
    [{ imp_uid: {}, merchant_uid: [] }, 'imp_uid'],
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
        gateway: 'portone-v1',
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
    const blank = { imp_uid: ' ', merchant_uid: 'ord-1001', status: ' ', cancellation_id: ' ' }
    expect(webhook({ merchant_uid: ' ' })).toMatchObject({ problem: { where: 'imp_uid' } })
    expect(webhook({ merchant_uid: 'a b' })).toMatchObject({ problem: { where: 'merchant_uid' } })
    expect(webhook(blank)).toMatchObject({
      value: { paymentId: null, status: null, cancellationId: null, says: 'nothing' },
    })
    expect(webhook({ imp_uid: 'imp_1', merchant_uid: null, status: null })).toMatchObject({
      value: { paymentId: 'imp_1', orderId: null, status: null },
    })
  })

  test.each([
    [{ imp_uid: 'imp1234567890', merchant_uid: 'ord-1001' }, null, 'ord-1001'],
    [{ imp_uid: '../x', merchant_uid: 'ord-1001' }, null, 'ord-1001'],
    [{ imp_uid: 'i'.repeat(500), merchant_uid: 'ord-1001' }, null, 'ord-1001'],
    [{ imp_uid: { $gt: '' }, merchant_uid: 'ord-1001' }, null, 'ord-1001'],
    [{ imp_uid: 'null', merchant_uid: 'ord-1001' }, null, 'ord-1001'],
    [{ imp_uid: 1_234_567_890, merchant_uid: 20_261_130 }, null, '20261130'],
    [{ imp_uid: 'imp_1', merchant_uid: 20_261_130 }, 'imp_1', '20261130'],
    [{ imp_uid: 'imp_1', merchant_uid: 2 ** 60 }, 'imp_1', null],
    [{ imp_uid: 'imp_1', merchant_uid: 'o'.repeat(500) }, 'imp_1', null],
    [{ imp_uid: 'imp_1', merchant_uid: ['ord-1001'] }, 'imp_1', null],
  ])('W-20: of %j what is good is taken', (body, paymentId, orderId) => {
    expect(webhook({ ...body, status: 'paid' })).toMatchObject({ ok: true, value: { paymentId, orderId } })
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
    gateway: 'portone-v2',
    paymentId: 'imp_1',
    orderId: 'ord-1001',
    status: 'paid',
    cancelledAmount: 400,
    deposited: 0,
  } as const

  test('V-08, M-10: says nothing, and is a claim of its own for each sum that has changed', () => {
    expect(claimFromList(listed)).toStrictEqual({
      ok: true,
      value: {
        source: 'list',
        gateway: 'portone-v2',
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
    for (const paymentId of ['', '../x', 'imp 1', 'i'.repeat(65)])
      expect(claimFromList({ ...listed, paymentId })).toEqual({
        ok: false,
        problem: { kind: 'bad_input', where: 'paymentId' },
      })
  })
})
