import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type Observation, type PaymentAnnotation, readPaymentV1 } from '../index.ts'

const row: z.input<typeof PaymentAnnotation> = {
  imp_uid: 'imp_1',
  merchant_uid: 'ord-1001',
  status: 'paid',
  amount: 14_000,
  cancel_amount: 0,
  currency: 'KRW',
  sandbox: false,
}

function observe(changed: Record<string, unknown>): Observation {
  const read = readPaymentV1({ ...row, ...changed })
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}

describe('money that cannot be read exactly is refused, never rounded', () => {
  test.each([
    ['amount missing', { amount: undefined }, 'amount'],
    ['amount null', { amount: null }, 'amount'],
    ['amount a string', { amount: '14000' }, 'amount'],
    ['amount negative', { amount: -14_000 }, 'amount'],
    ['a fraction of a won', { amount: 14_000.5 }, 'amount'],
    ['beyond 2^53', { amount: 2 ** 53 }, 'amount'],
    ['more than a number holds', { amount: Number.POSITIVE_INFINITY }, 'amount'],
    ['a fraction of a cent', { amount: 19.999, currency: 'USD' }, 'amount'],
    ['currency missing', { currency: undefined }, 'currency'],
    ['currency unheard of', { currency: 'won' }, 'currency'],
    ['cancelled sum negative', { cancel_amount: -1 }, 'cancel_amount'],
    ['a cancel with half a won', { cancel_history: [{ amount: 0.5, cancelled_at: 1 }] }, 'cancel_history'],
    [
      'deposits that add up beyond 2^53',
      {
        deposit_history: [
          { amount: 1, deposited_at: 1 },
          { amount: 2 ** 53 - 1, deposited_at: 2 },
        ],
      },
      'deposit_history',
    ],
    ['a deposit of half a won', { deposit_history: [{ amount: 0.5, deposited_at: 1 }] }, 'deposit_history'],
    [
      'a cancel of less than nothing',
      { cancel_history: [{ amount: -1, cancelled_at: 1 }] },
      'cancel_history',
    ],
    [
      'deposits that are less than nothing',
      { deposit_history: [{ amount: -1, deposited_at: 1 }] },
      'deposit_history',
    ],
  ])('G-08: %s', (_, changed, where) => {
    const read = readPaymentV1({ ...row, ...changed })
    expect(read).toMatchObject({
      ok: false,
      problem: { kind: 'gateway_bad_money', paymentId: 'imp_1', orderId: 'ord-1001', where },
    })
  })

  test('G-08: a cancel without an amount is one too', () => {
    const read = readPaymentV1({ ...row, cancel_history: [{ cancelled_at: 1 }] })
    expect(read).toMatchObject({
      ok: false,
      problem: { kind: 'gateway_bad_money', where: 'cancel_history.0.amount' },
    })
  })

  test.each([
    [undefined],
    [null],
    ['<html>'],
    [[]],
    [{ amount: 1 }],
    [{ ...row, status: 'unheard_of' }],
    [{ ...row, imp_uid: '../x' }],
    [{ ...row, imp_uid: undefined, amount: 'x' }],
    // Names of orders that a database cannot hold.
    [{ ...row, merchant_uid: 'ord\0' }],
    [{ ...row, merchant_uid: 'ord\uD800' }],
    [{ ...row, merchant_uid: 'o'.repeat(201), amount: 'x' }],
  ])('G-06: %j is no payment, and is asked for again', (response) => {
    expect(readPaymentV1(response)).toMatchObject({ ok: false, problem: { kind: 'gateway_unreadable' } })
  })

  test.each([[undefined], [null], ['false'], [0], [1], [{}]])(
    'G-20: a row whose channel is %j is never taken for live: it cannot be read',
    (sandbox) => {
      const unreadable = { ok: false, problem: { kind: 'gateway_unreadable', where: 'sandbox' } }
      expect(readPaymentV1({ ...row, sandbox })).toEqual(unreadable)
      // Also where its money cannot be read either.
      expect(readPaymentV1({ ...row, amount: 'x', sandbox })).toEqual(unreadable)
    },
  )

  test('G-06: it is said which field could not be read, when there is one', () => {
    const where = (response: unknown) => readPaymentV1(response)
    expect(where({ ...row, status: 'unheard_of' })).toMatchObject({ problem: { where: 'status' } })
    expect(where({ ...row, imp_uid: '../x' })).toMatchObject({ problem: { where: 'imp_uid' } })
    expect(where(null)).toMatchObject({ problem: { where: '' } })
    // Money is amiss, but so is what is no money: it is asked for again.
    expect(where({ ...row, amount: 'x', status: 'unheard_of' })).toMatchObject({
      problem: { kind: 'gateway_unreadable' },
    })
  })

  test.each(['amount', 'cancel_amount', 'currency', 'cancel_history', 'deposit_history'])(
    'G-08: %s of no shape at all is money that cannot be read',
    (field) => {
      expect(readPaymentV1({ ...row, [field]: { odd: true } })).toEqual({
        ok: false,
        problem: { kind: 'gateway_bad_money', paymentId: 'imp_1', orderId: 'ord-1001', where: field },
      })
    },
  )

  test('what is for people only never hides what was paid', () => {
    const odd = {
      card_quota: '00',
      promotion: 'none',
      apply_num: 30012345,
      started_at: -1,
      buyer_tel: {},
      escrow: 'N',
    }
    expect(observe(odd)).toMatchObject({ status: 'paid', amounts: [14_000] })
  })
})

describe('the status', () => {
  test('G-14: ready without an account is an open or abandoned window', () => {
    expect(observe({ status: 'ready', pay_method: 'vbank' }).status).toBe('ready')
    expect(observe({ status: 'ready', pay_method: 'card', vbank_num: '1' }).status).toBe('ready')
    expect(observe({ status: 'ready', pay_method: 'vbank', vbank_num: '' }).status).toBe('ready')
    expect(observe({ status: 'ready', pay_method: 'vbank', vbank_num: '1' }).status).toBe('awaiting_deposit')
  })

  test.each([
    ['vbank_num', 'unknown', null],
    ['vbank_num', 'UNKNOWN ', null],
    ['vbank_num', '미발급', null],
    ['vbank_num', '-', null],
    ['vbank_num', '000-000', null],
    ['vbank_num', '110-1234', '110-1234'],
    ['vbank_code', '088', null],
    ['vbank_date', 1_793_631_599, null],
    ['vbank_issued_at', 1_793_500_020, null],
  ])('G-21: an account of which only %s is told (%s) is issued; its number is %s', (field, value, number) => {
    const { status, details } = observe({
      status: 'ready',
      pay_method: 'vbank',
      vbank_num: '  ',
      [field]: value,
    })
    expect([status, details.accountNumber]).toEqual(['awaiting_deposit', number])
  })

  test('G-21: nothing is told of an account by blanks, zeros and other ways of paying', () => {
    const nothing = { vbank_num: ' ', vbank_code: ' ', vbank_date: 0, vbank_issued_at: null }
    expect(observe({ status: 'ready', pay_method: 'vbank', ...nothing }).status).toBe('ready')
    expect(observe({ status: 'ready', pay_method: 'card', vbank_date: 1_793_631_599 }).status).toBe('ready')
    expect(observe({ status: 'failed', pay_method: 'vbank', vbank_num: '110-1' }).status).toBe('failed')
  })

  test('G-21: what PGs write for *not told* is nobody’s bank and nobody’s name', () => {
    for (const untold of ['unknown', 'Unknown', 'N/A', 'na', 'null', '-', '??', '–.*—', ' unknown ', ' ', ''])
      expect(
        observe({ vbank_name: untold, vbank_holder: untold, bank_name: '국민은행' }).details,
      ).toMatchObject({
        bankName: '국민은행',
        accountHolder: null,
      })
  })

  test('G-21: nor a card, a number or a wallet, in either language', () => {
    for (const untold of ['unknown', 'N/A', '-', '없음', '미상', '알 수 없음', ' 미발급 '])
      expect(
        observe({
          vbank_holder: untold,
          card_name: untold,
          card_issuer_name: untold,
          card_number: untold,
          emb_pg_provider: untold,
          apply_num: untold,
        }).details,
      ).toMatchObject({
        accountHolder: null,
        methodName: null,
        cardIssuer: null,
        cardNumber: null,
        approvalNumber: null,
      })
  })

  test('G-21: a name in which such a word or mark stands is a name', () => {
    for (const name of ['unknown은행', '은행 unknown', 'nna', 'n/a은행', 'SC-제일', '-은행', '은행-'])
      expect(observe({ vbank_name: name, vbank_holder: name }).details).toMatchObject({
        bankName: name,
        accountHolder: name,
      })
  })

  test('M-11: a partial cancel is told by amounts, whichever word the gateway uses', () => {
    expect(observe({ status: 'cancelled', cancel_amount: 4_000 })).toMatchObject({
      status: 'cancelled',
      cancelledAmount: 4_000,
    })
    expect(observe({ status: 'paid', cancel_amount: 4_000 })).toMatchObject({
      status: 'cancelled',
      cancelledAmount: 4_000,
    })
  })

  test('S-01: a failure with something cancelled does not become money', () => {
    expect(observe({ status: 'failed', cancel_amount: 1 }).status).toBe('failed')
    expect(observe({ status: 'ready', cancel_amount: 1 }).status).toBe('ready')
  })
})

describe('M-26: an account that was cancelled', () => {
  const closed = {
    status: 'cancelled',
    pay_method: 'vbank',
    vbank_num: '562-118-90123',
    cancel_amount: 14_000,
    cancel_history: [{ amount: 14_000, cancelled_at: 1_793_500_100 }],
  }

  test('was never paid when its record says so: nothing went back', () => {
    expect(observe({ ...closed, paid_at: 0 })).toMatchObject({
      status: 'failed',
      cancelledAmount: 0,
      cancels: [],
    })
  })

  test('M-26: is any payment that was cancelled unpaid, and of which nothing went back', () => {
    for (const pay_method of ['card', 'phone', 'cvs', null])
      for (const paid_at of [0, '0'])
        expect(observe({ status: 'cancelled', pay_method, paid_at })).toMatchObject({
          status: 'failed',
          cancelledAmount: 0,
        })
    expect(observe({ status: 'cancelled', pay_method: 'card' }).status).toBe('cancelled')
  })

  test('is nothing else: a card’s cancel, or an account that failed', () => {
    const back = { cancel_amount: 14_000, paid_at: 0 }
    expect(observe({ status: 'cancelled', pay_method: 'card', ...back })).toMatchObject({
      status: 'cancelled',
      cancelledAmount: 14_000,
    })
    expect(observe({ status: 'failed', pay_method: 'vbank', ...back })).toMatchObject({
      status: 'failed',
      cancelledAmount: 14_000,
    })
  })

  test('may have been paid when its record does not say: the sums count', () => {
    for (const paid_at of [undefined, null, 'never', 1_793_500_050])
      expect(observe({ ...closed, paid_at })).toMatchObject({
        status: 'cancelled',
        cancelledAmount: 14_000,
        cancels: [{ amount: 14_000 }],
      })
  })
})

describe('times', () => {
  test('V-07: a number that is no moment is as good as absent, in seconds and in milliseconds', () => {
    for (const vbank_date of [8_640_000_000_000_001, 2 ** 53, 1e21])
      expect(observe({ vbank_date }).details.accountDueAtMs).toBeNull()
    expect(observe({ vbank_date: 8_640_000_000_000_000 }).details.accountDueAtMs).toBe(8_640_000_000_000_000)
  })

  test('V-07: zero and absent are never 1970', () => {
    for (const unset of [0, null, undefined]) {
      const times = {
        started_at: unset,
        paid_at: unset,
        failed_at: unset,
        cancelled_at: unset,
        vbank_date: unset,
      }
      const { details } = observe(times)
      const { startedAtMs, paidAtMs, failedAtMs, cancelledAtMs, accountDueAtMs } = details
      expect([startedAtMs, paidAtMs, failedAtMs, cancelledAtMs, accountDueAtMs]).toEqual([
        null,
        null,
        null,
        null,
        null,
      ])
    }
  })

  test('V-07: a due date in Korean time, as the SDK takes it, is read as one and never as a second of 1970', () => {
    const dayEndsMs = Date.UTC(2026, 10, 30, 14, 59, 59)
    const noonMs = Date.UTC(2026, 10, 30, 3, 0, 0)
    for (const [vbank_date, dueAtMs] of [
      [20_261_130, dayEndsMs],
      ['20261130', dayEndsMs],
      ['2026-11-30', dayEndsMs],
      ['2026-11-30 23:59:59', dayEndsMs],
      ['2026-11-30T12:00:00', noonMs],
      ['2026-11-30 12:00', noonMs],
      ['20261130120000', noonMs],
      [20_261_130_120_000, noonMs],
      [202_611_301_200, noonMs],
      ['1796007600', 1_796_007_600_000],
      [20_261_399, null],
      ['2026-02-30', null],
      ['2026-11-30 25:00:00', null],
      [86_400, null],
      ['soon', null],
    ])
      expect([vbank_date, observe({ vbank_date }).details.accountDueAtMs]).toEqual([vbank_date, dueAtMs])
  })

  test('G-20: of a second with a fraction the second counts, also as text; other texts, and less than nothing, are no time', () => {
    expect(observe({ paid_at: '1648344363.25' }).details.paidAtMs).toBe(1_648_344_363_000)
    expect(observe({ paid_at: 1_648_344_363.25 }).details.paidAtMs).toBe(1_648_344_363_000)
    expect(observe({ paid_at: 0.5 }).details.paidAtMs).toBeNull()
    for (const paid_at of ['yesterday', '-1648344363', -1_648_344_363, 1e300, true, {}])
      expect(observe({ paid_at }).details.paidAtMs).toBeNull()
    const cancel_history = [{ amount: 100, cancelled_at: 1_793_500_100.75 }]
    expect(observe({ cancel_history }).cancels).toMatchObject([
      { id: '1793500100-100', atMs: 1_793_500_100_000 },
    ])
  })

  test('V-07: seconds become milliseconds, and milliseconds stay', () => {
    expect(observe({ vbank_date: 1_793_631_599 }).details.accountDueAtMs).toBe(1_793_631_599_000)
    expect(observe({ vbank_date: 1_793_631_599_000 }).details.accountDueAtMs).toBe(1_793_631_599_000)
  })
})

describe('what people are shown of a payment', () => {
  test.each([
    [null, null],
    ['card', 'card'],
    ['phone', 'phone'],
    ['trans', 'transfer'],
    ['vbank', 'virtual_account'],
    ['culture', 'other'],
    ['notkakaopay', 'other'],
    ['kakaopay', 'easy_pay'],
    ['naverpay_card', 'easy_pay'],
    ['tosspay', 'easy_pay'],
    ['toss_brandpay', 'easy_pay'],
    ['payco', 'easy_pay'],
    ['samsung', 'easy_pay'],
    ['applepay', 'easy_pay'],
    ['kpay', 'easy_pay'],
    ['lpay', 'easy_pay'],
    ['ssgpay', 'easy_pay'],
    ['skpay', 'easy_pay'],
    ['pinpay', 'easy_pay'],
    ['paypal', 'easy_pay'],
    ['alipay', 'easy_pay'],
    ['wechat', 'easy_pay'],
    ['point', 'easy_pay'],
  ])('§6.2: pay_method %s is %s', (pay_method, method) => {
    expect(observe({ pay_method }).details.method).toBe(method)
  })

  test('the method’s name is the card’s, else the bank’s, else the wallet’s, else none', () => {
    const names = {
      card_name: '신한카드',
      bank_name: '국민은행',
      emb_pg_provider: 'tosspay',
      pay_method: 'kakaopay',
    }
    const nameOf = (changed: object) => observe({ ...names, ...changed }).details.methodName
    expect(nameOf({})).toBe('신한카드')
    expect(nameOf({ card_name: null })).toBe('국민은행')
    expect(nameOf({ card_name: null, bank_name: null })).toBe('tosspay')
    expect(nameOf({ card_name: null, bank_name: null, emb_pg_provider: null })).toBe('kakaopay')
    expect(nameOf({ card_name: null, bank_name: null, emb_pg_provider: null, pay_method: 'card' })).toBeNull()
  })

  test('the bank is the account’s, else the transfer’s', () => {
    expect(observe({ vbank_name: '신한은행', bank_name: '국민은행' }).details.bankName).toBe('신한은행')
    expect(observe({ bank_name: '국민은행' }).details.bankName).toBe('국민은행')
  })

  test.each(['paypal_v2', 'payletter_global', 'wechatpay', 'alipay_plus', 'cvs', 'paymentwall'])(
    'R-27: %s may approve after the customer has come back, whichever field names it',
    (name) => {
      for (const field of ['pg_provider', 'emb_pg_provider', 'pay_method'])
        expect(observe({ [field]: name }).details.approval).toBe('later')
      expect(observe({ pg_provider: `not_${name}` }).details.approval).toBe('at_once')
    },
  )

  test('R-27: the others approve at once, and so does a row that names nobody', () => {
    expect(observe({ pg_provider: 'tosspayments', pay_method: 'card' }).details.approval).toBe('at_once')
    const nobody = { pg_provider: null, emb_pg_provider: null, pay_method: null }
    expect(observe(nobody).details.approval).toBe('at_once')
  })

  test('by card: whose it is, else what it is called, and the number on the slip', () => {
    const shown = (changed: Record<string, unknown>) => {
      const { cardIssuer, approvalNumber } = observe(changed).details
      return [cardIssuer, approvalNumber]
    }
    expect(shown({ card_issuer_name: '국민', card_name: 'KB', apply_num: '30012345' })).toEqual([
      '국민',
      '30012345',
    ])
    expect(shown({ card_name: 'KB', apply_num: '  ' })).toEqual(['KB', null])
    expect(shown({})).toEqual([null, null])
  })

  test('V-07: all of it stands where it belongs', () => {
    const told = {
      card_number: '5107*6',
      vbank_num: '110-1234',
      vbank_holder: '홍길동',
      vbank_date: 1_793_500_106,
      fail_reason: '한도초과',
      promotion: { id: 'p', discount: 500 },
      started_at: 1_793_500_101,
      paid_at: 1_793_500_102,
      failed_at: 1_793_500_103,
      cancelled_at: 1_793_500_104,
    }
    expect(observe(told).details).toMatchObject({
      cardNumber: '5107*6',
      accountNumber: '110-1234',
      accountHolder: '홍길동',
      accountDueAtMs: 1_793_500_106_000,
      failReason: '한도초과',
      discount: 500,
      startedAtMs: 1_793_500_101_000,
      paidAtMs: 1_793_500_102_000,
      failedAtMs: 1_793_500_103_000,
      cancelledAtMs: 1_793_500_104_000,
    })
    expect(observe({}).details.discount).toBeNull()
    for (const discount of [null, -500, 0.5, {}])
      expect(observe({ promotion: { id: 'p', discount } }).details.discount).toBe(0)
  })

  test('V-07: the last number that is taken for seconds is 10^11', () => {
    expect(observe({ paid_at: 100_000_000_000 }).details.paidAtMs).toBe(100_000_000_000_000)
    expect(observe({ paid_at: 100_000_000_001 }).details.paidAtMs).toBe(100_000_000_001)
  })
})

test('G-12, V-08: a test channel is told, and deposits are added up', () => {
  expect(observe({ sandbox: true }).testChannel).toBe(true)
  expect(observe({}).testChannel).toBe(false)
  const deposit_history = [100, 200].map((amount) => ({ amount, deposited_at: 1 }))
  expect(observe({ deposit_history }).deposited).toBe(300)
})

describe('cancels', () => {
  const early = { amount: 100, cancelled_at: 1_793_500_100, reason: null }
  const late = { amount: 200, cancelled_at: 1_793_500_200, reason: 'x' }

  test('S-12: without ids they keep their names in whatever order they are listed', () => {
    const one = observe({ status: 'cancelled', cancel_amount: 300, cancel_history: [early, late] })
    const other = observe({ status: 'cancelled', cancel_amount: 300, cancel_history: [late, early] })
    expect(one.cancels).toEqual(other.cancels)
  })

  test('are told with sum, time and reason, by time', () => {
    const { cancels } = observe({ status: 'cancelled', cancel_amount: 300, cancel_history: [late, early] })
    expect(cancels).toEqual([
      { id: '1793500100-100', amount: 100, atMs: 1_793_500_100_000, reason: null },
      { id: '1793500200-200', amount: 200, atMs: 1_793_500_200_000, reason: 'x' },
    ])
  })

  test('of one moment stand by their ids, and one of no known time comes first', () => {
    const named = (cancellation_id: string, cancelled_at = 5) => ({
      amount: 1,
      cancelled_at,
      cancellation_id,
    })
    for (const cancel_history of [
      [named('B'), named('A'), named('C', 0)],
      [named('C', 0), named('A'), named('B')],
    ])
      expect(observe({ cancel_history }).cancels.map(({ id, atMs }) => [id, atMs])).toEqual([
        ['C', 0],
        ['A', 5_000],
        ['B', 5_000],
      ])
  })

  test('M-33: sums of floats are those of the minor units: 0.10 and 0.20 of 10 dollars leave 9.70', () => {
    const cancel_history = [
      { amount: 0.1, cancelled_at: 1_793_500_100 },
      { amount: 0.2, cancelled_at: 1_793_500_200 },
    ]
    const seen = observe({
      status: 'cancelled',
      currency: 'USD',
      amount: 10,
      cancel_amount: 0.1 + 0.2,
      cancel_history,
    })
    expect([seen.amounts, seen.cancelledAmount, seen.cancels.map(({ amount }) => amount)]).toEqual([
      [1_000],
      30,
      [10, 20],
    ])
    expect(readPaymentV1({ ...row, currency: 'USD', amount: 10, cancel_amount: 0.305 })).toMatchObject({
      problem: { kind: 'gateway_bad_money', where: 'cancel_amount' },
    })
  })

  test('M-12: three alike are three', () => {
    const { cancels } = observe({ cancel_history: [early, early, early] })
    expect(cancels.map(({ id }) => id)).toEqual(['1793500100-100', '1793500100-100-1', '1793500100-100-2'])
  })

  test('M-12: two alike are two, not one', () => {
    const { cancels } = observe({ status: 'cancelled', cancel_amount: 200, cancel_history: [early, early] })
    expect(new Set(cancels.map((cancel) => cancel.id)).size).toBe(2)
  })
})

test('S-18: a receipt link that is no web address is not shown', () => {
  expect(observe({ receipt_url: 'javascript:alert(1)' }).details.receiptUrl).toBeNull()
  for (const address of ['ftp://r.example', 'nohttp://r.example', 'https:r.example', 'https:/r.example'])
    expect(observe({ receipt_url: address }).details.receiptUrl, address).toBeNull()
  for (const address of ['https://r.example/1', 'http://r.example/1', 'HTTPS://r.example/1'])
    expect(observe({ receipt_url: address }).details.receiptUrl).toBe(address)
})
