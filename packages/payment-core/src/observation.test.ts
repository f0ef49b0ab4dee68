import { describe, expect, test } from 'vitest'
import { seen } from '../test/samples.ts'
import { type Observation, onePerPayment, type PaymentAnnotationInput, readPaymentV1 } from './index.ts'

const row: PaymentAnnotationInput = {
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

  test('V-07: seconds become milliseconds, and milliseconds stay', () => {
    expect(observe({ vbank_date: 1_793_631_599 }).details.accountDueAtMs).toBe(1_793_631_599_000)
    expect(observe({ vbank_date: 1_793_631_599_000 }).details.accountDueAtMs).toBe(1_793_631_599_000)
  })
})

describe('cancels', () => {
  const early = { amount: 100, cancelled_at: 1_793_500_100, reason: null }
  const late = { amount: 200, cancelled_at: 1_793_500_200, reason: 'x' }

  test('S-12: without ids they keep their names in whatever order they are listed', () => {
    const one = observe({ status: 'cancelled', cancel_amount: 300, cancel_history: [early, late] })
    const other = observe({ status: 'cancelled', cancel_amount: 300, cancel_history: [late, early] })
    expect(one.cancels).toEqual(other.cancels)
  })

  test('M-12: two alike are two, not one', () => {
    const { cancels } = observe({ status: 'cancelled', cancel_amount: 200, cancel_history: [early, early] })
    expect(new Set(cancels.map((cancel) => cancel.id)).size).toBe(2)
  })
})

test('S-18: a receipt link that is no web address is not shown', () => {
  expect(observe({ receipt_url: 'javascript:alert(1)' }).details.receiptUrl).toBeNull()
  expect(observe({ receipt_url: 'https://r.example/1' }).details.receiptUrl).toBe('https://r.example/1')
})

test('G-15: a payment shown twice by shifting pages is one, as far as it got', () => {
  const twice = [seen({ status: 'paid' }), seen({ status: 'ready' }), seen({ orderId: 'ord-2002' })]
  expect(onePerPayment(twice).map(({ orderId, status }) => [orderId, status])).toEqual([
    ['ord-1001', 'paid'],
    ['ord-2002', 'paid'],
  ])
})
