import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  CancelEntry,
  Envelope,
  GatewayOrderId,
  ImpUid,
  PaymentAnnotation,
  PaymentPage,
  PrepareAnswer,
  ReturnFields,
  TokenAnswer,
  WebhookBody,
} from '../index.ts'

const takes = (schema: z.ZodType, ...values: unknown[]): void => {
  for (const value of values) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(true)
}
const refuses = (schema: z.ZodType, ...values: unknown[]): void => {
  for (const value of values) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false)
}

const least = {
  imp_uid: 'imp_448280090638',
  merchant_uid: 'ord-1001',
  status: 'paid',
  amount: 14_000,
  cancel_amount: 0,
  currency: 'KRW',
  sandbox: false,
}
const texts = [
  'name',
  'pay_method',
  'channel',
  'pg_provider',
  'emb_pg_provider',
  'pg_tid',
  'pg_id',
  'apply_num',
  'bank_code',
  'bank_name',
  'card_code',
  'card_name',
  'card_issuer_name',
  'card_number',
  'vbank_code',
  'vbank_name',
  'vbank_num',
  'vbank_holder',
  'buyer_name',
  'buyer_email',
  'buyer_tel',
  'buyer_addr',
  'buyer_postcode',
  'custom_data',
  'user_agent',
  'fail_reason',
  'cancel_reason',
  'receipt_url',
  'customer_uid',
  'customer_uid_usage',
]
const times = ['vbank_date', 'vbank_issued_at', 'started_at', 'failed_at', 'cancelled_at']
const rows = (names: readonly string[], value: unknown) =>
  Object.fromEntries(names.map((name) => [name, value]))
const cancel = {
  pg_tid: 't',
  amount: 400,
  cancelled_at: 1_793_500_100,
  reason: 'sold out',
  cancellation_id: 'C0',
  receipt_url: 'https://r.example/1',
}

describe('a payment as the gateway tells it', () => {
  test('is read whole', () => {
    const whole = {
      ...least,
      ...rows(texts, '글'),
      ...rows([...times, 'paid_at'], 1_793_500_100),
      sandbox: true,
      escrow: true,
      card_quota: 3,
      card_type: 1,
      cancel_history: [cancel],
      deposit_history: [{ amount: 14_000, deposited_at: 1_793_500_100 }],
      cancel_receipt_urls: ['https://r.example/2'],
      cash_receipt_issued: true,
      promotion: { id: 'p', discount: 500 },
    }
    expect(PaymentAnnotation.parse(whole)).toStrictEqual(whole)
  })

  test('G-20: with the least it must have is without cancels or deposits, at no time', () => {
    expect(PaymentAnnotation.parse(least)).toStrictEqual({
      ...least,
      ...rows([...texts, 'paid_at'], null),
      ...rows(times, 0),
      cancel_history: [],
      deposit_history: [],
    })
  })

  test.each([...texts, ...times])('hides nothing of what was paid behind an odd %s', (field) => {
    const read = PaymentAnnotation.parse({ ...least, [field]: { odd: true } })
    expect(read).toMatchObject({ amount: 14_000, [field]: times.includes(field) ? 0 : null })
  })

  test('nor behind odd marks, numbers and lists that are for people only', () => {
    const odd = {
      escrow: 'N',
      card_quota: '00',
      card_type: 0.5,
      cancel_receipt_urls: 'x',
      cash_receipt_issued: 'Y',
    }
    const none = { ...odd, ...rows(Object.keys(odd), null) }
    expect(PaymentAnnotation.parse({ ...least, ...odd })).toMatchObject(none)
    expect(PaymentAnnotation.parse({ ...least, card_quota: 0.5 }).card_quota).toBeNull()
  })

  test('G-20, V-07: an empty text is none, and a time is the second that has begun, from 1970 to where moments end', () => {
    expect(PaymentAnnotation.parse({ ...least, card_name: '' }).card_name).toBeNull()
    for (const [started_at, read] of [
      [0, 0],
      [1, 1],
      [8_640_000_000_000_000, 8_640_000_000_000_000],
      [8_640_000_000_000_001, 0],
      [-1, 0],
      [-0.5, 0],
      [0.5, 0],
      [null, 0],
      [1_648_344_363.25, 1_648_344_363],
      [1_648_344_363_999.9, 1_648_344_363_999],
      [1.999_999, 1],
      ['1648344363', 1_648_344_363],
      ['1648344363.9', 1_648_344_363],
      ['soon', 0],
      ['-1', 0],
      ['1e9', 0],
      [true, 0],
      [Number.NaN, 0],
      [Number.POSITIVE_INFINITY, 0],
    ])
      expect(PaymentAnnotation.parse({ ...least, started_at }).started_at).toBe(read)
  })

  test('M-26: when it was paid is 0 where the row says 0, and not known where it does not say', () => {
    for (const [paid_at, read] of [
      [0, 0],
      [1_648_344_363.25, 1_648_344_363],
      [null, null],
      [undefined, null],
      ['0', 0],
      ['1648344363', 1_648_344_363],
      ['', null],
      ['never', null],
      [-1, null],
      [Number.NaN, null],
      [8_640_000_000_000_001, null],
    ])
      expect(PaymentAnnotation.parse({ ...least, paid_at }).paid_at).toBe(read)
  })

  test('M-29: a discount may be written as text', () => {
    const read = (discount: unknown) =>
      PaymentAnnotation.parse({ ...least, promotion: { discount } }).promotion?.discount
    expect(['500', '500.0', 500].map(read)).toEqual([500, 500, 500])
    expect(['', '-500', '5e2', null, undefined, {}].map(read)).toEqual([null, null, null, null, null, null])
  })

  test('M-29: a promotion that cannot be read is still one', () => {
    const read = (promotion: unknown) => PaymentAnnotation.parse({ ...least, promotion }).promotion
    for (const odd of ['spring-sale', 7, {}, { id: null }])
      expect(read(odd)).toStrictEqual({ id: null, discount: null })
    for (const none of [null, undefined, '', 0, false, []]) expect(read(none) ?? null).toBeNull()
  })

  test('G-20: fields we do not know, and nulls in all that is not required, change nothing', () => {
    const odd = { ...least, cancellation_reason: 'x', v2: { deep: [1] }, ...rows([...texts, ...times], null) }
    expect(PaymentAnnotation.parse(odd)).toStrictEqual(PaymentAnnotation.parse(least))
    expect(PaymentAnnotation.parse({ ...least, promotion: { discount: 500 } }).promotion).toStrictEqual({
      id: null,
      discount: 500,
    })
  })

  test('is none without its ids, status, sums, currency or channel', () => {
    for (const field of Object.keys(least)) refuses(PaymentAnnotation, { ...least, [field]: undefined })
    refuses(PaymentAnnotation, { ...least, status: '' }, { ...least, imp_uid: 'i'.repeat(65) })
    for (const status of ['ready', 'paid', 'cancelled', 'failed'])
      takes(PaymentAnnotation, { ...least, status })
    for (const sandbox of [null, undefined, 'false', 0, 1, {}])
      refuses(PaymentAnnotation, { ...least, sandbox })
    takes(PaymentAnnotation, {
      ...least,
      imp_uid: 'i'.repeat(64),
      cancel_history: null,
      deposit_history: null,
    })
  })

  test('M-12: a cancel or a deposit without a sum makes it unreadable', () => {
    refuses(PaymentAnnotation, { ...least, cancel_history: [{}] }, { ...least, deposit_history: [{}] })
    expect(CancelEntry.parse({ amount: 1 })).toStrictEqual({
      ...rows(Object.keys(cancel), null),
      amount: 1,
      cancelled_at: 0,
    })
  })
})

test('M-17: an order’s name at the gateway is text that a database can hold', () => {
  takes(GatewayOrderId, '', '주문 1', 'a/b', 'o'.repeat(200))
  refuses(GatewayOrderId, 'o'.repeat(201), 'a\0', 'a\uD800', null)
})

test('R-19, R-28: a payment’s id is imp_ or imps_ and letters, digits or - _, of any age, 32 characters in all', () => {
  takes(ImpUid, 'imp_1', 'imps_1', 'imp_448280090638', 'imp_a-Z_9', 'imp_1234567890', 'imp_4482800906380000')
  takes(ImpUid, `imp_${'1'.repeat(28)}`, `imps_${'1'.repeat(27)}`)
  refuses(
    ImpUid,
    '',
    'imp_',
    'imp1',
    'impss_1',
    'ximp_1',
    'imp_1 ',
    'imp_가',
    'imp_1/x',
    `imp_${'1'.repeat(29)}`,
    `imps_${'1'.repeat(28)}`,
  )
})

describe('what a return may carry', () => {
  const names = ['imp_uid', 'merchant_uid', 'imp_success', 'success', 'imp_status'].concat([
    'error_code',
    'error_coe',
    'error_msg',
  ])

  test('is text, truth and numbers under eight names; anything else under them is nothing', () => {
    for (const value of ['글', true, 5, null])
      expect(ReturnFields.parse(rows(names, value))).toStrictEqual(rows(names, value))
    expect(ReturnFields.parse(rows(names, { odd: true }))).toStrictEqual(rows(names, null))
    expect(ReturnFields.parse({ next: '//evil' })).toStrictEqual({})
  })

  test('R-14: is cut at 4,000 characters, from the beginning', () => {
    const text = `a${'b'.repeat(4_000)}`
    expect(ReturnFields.parse({ error_msg: text }).error_msg).toBe(text.slice(0, 4_000))
  })
})

test('W-13, W-19, W-20: a webhook’s ids are texts of bounded length or whole numbers, its status is a text; anything else is none', () => {
  const longest = { imp_uid: 64, merchant_uid: 200, cancellation_id: 64 }
  takes(WebhookBody, {}, rows([...Object.keys(longest), 'status'], null))
  for (const [field, length] of Object.entries(longest)) {
    const read = (value: unknown) => WebhookBody.parse({ [field]: value })
    expect(read('x'.repeat(length))).toStrictEqual({ [field]: 'x'.repeat(length) })
    expect(read(20_261_130)).toStrictEqual({ [field]: '20261130' })
    expect(read(0)).toStrictEqual({ [field]: '0' })
    for (const value of ['x'.repeat(length + 1), -1, 0.5, 2 ** 53, true, [], ['x'], { $gt: '' }])
      expect(read(value)).toStrictEqual({ [field]: null })
  }
  takes(WebhookBody, { status: 'x'.repeat(40) })
  for (const status of ['x'.repeat(41), 5, true, ['paid'], {}])
    expect(WebhookBody.parse({ status })).toStrictEqual({ status: null })
})

describe('the gateway’s other answers', () => {
  test('G-05: every one says by a code whether it is one', () => {
    expect(Envelope.parse({ code: 0, message: '글', response: 1 })).toStrictEqual({
      code: 0,
      message: '글',
      response: 1,
    })
    expect(Envelope.parse({ code: -1, response: null }).message).toBeNull()
    refuses(Envelope, { message: null, response: 1 }, { code: '0', response: 1 })
  })

  test('G-19: a code alone makes one, without `response`, with `data`, with a message that is no text', () => {
    expect(Envelope.parse({ code: 1 })).toMatchObject({ code: 1, message: null })
    expect(Envelope.parse({ code: 1, message: '글', data: null })).toStrictEqual({ code: 1, message: '글' })
    for (const message of [5, {}, ['글']]) expect(Envelope.parse({ code: 1, message }).message).toBeNull()
    refuses(
      Envelope,
      {},
      { message: 'Not Found' },
      { error: 'not_found', status: 404 },
      { code: 'NOT_FOUND' },
      [],
      '글',
    )
  })

  test('a token can stand in a header, and says when it ends by whose clock', () => {
    const answer = { access_token: '!~', now: 1, expired_at: 2 }
    expect(TokenAnswer.parse(answer)).toStrictEqual(answer)
    takes(TokenAnswer, { ...answer, access_token: 'a'.repeat(512) })
    for (const access_token of ['', 'a b', 'a\n', '\u007F', ' a', '글', 'a'.repeat(513)])
      refuses(TokenAnswer, { ...answer, access_token })
    refuses(TokenAnswer, { ...answer, now: null }, { ...answer, expired_at: null })
  })

  test('a page of a list, and a fixed amount', () => {
    const page = { total: 3, previous: 1, next: 0, list: [{ any: 'thing' }] }
    expect(PaymentPage.parse(page)).toStrictEqual(page)
    for (const field of Object.keys(page)) refuses(PaymentPage, { ...page, [field]: undefined })
    const prepared = { merchant_uid: 'ord-1001', amount: 14_000, currency: 'KRW' }
    expect(PrepareAnswer.parse(prepared)).toStrictEqual(prepared)
    takes(PrepareAnswer, { ...prepared, currency: null })
    refuses(PrepareAnswer, { ...prepared, amount: '14000' }, { ...prepared, merchant_uid: null })
  })
})
