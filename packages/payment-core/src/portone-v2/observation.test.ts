import { describe, expect, test } from 'vitest'
import {
  contradictionOf,
  type GatewayProblem,
  type Observation,
  readPaymentV2,
  readTransactionV2,
} from '../index.ts'
import {
  amount,
  cancellation,
  channel,
  payment,
  STORE_ID,
  transaction,
  TRANSACTION_ID,
} from '../../test/portone-v2.ts'

const readers = [
  ['payment', (changed: Record<string, unknown>) => readPaymentV2(payment(changed), STORE_ID)],
  ['transaction', (changed: Record<string, unknown>) => readTransactionV2(transaction(changed), STORE_ID)],
] as const

function observe(changed: Record<string, unknown>): Observation {
  const read = readPaymentV2(payment(changed), STORE_ID)
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}
function problemOf(changed: Record<string, unknown>): GatewayProblem {
  const read = readPaymentV2(payment(changed), STORE_ID)
  if (read.ok) throw new Error('it was read')
  return read.problem
}

const START_MS = Date.UTC(2026, 10, 2, 3)
const returned = (sum: number) => ({
  amount: amount(14_000, { cancelled: sum }),
  cancellations: [cancellation(sum)],
  cancelledAt: '2026-11-02T04:00:01Z',
})

describe.each(readers)('a %s of each status of the schema', (_, read) => {
  test.each<[status: string, more: Record<string, unknown>, seen: Partial<Observation>]>([
    ['READY', { channel: undefined, paidAt: undefined }, { status: 'ready' }],
    ['PAY_PENDING', { paidAt: undefined }, { status: 'ready' }],
    ['VIRTUAL_ACCOUNT_ISSUED', { paidAt: undefined }, { status: 'awaiting_deposit' }],
    ['PAID', {}, { status: 'paid' }],
    [
      'FAILED',
      { channel: undefined, paidAt: undefined, failedAt: '2026-11-02T03:00:05Z', failure: {} },
      { status: 'failed' },
    ],
    ['PARTIAL_CANCELLED', returned(4_000), { status: 'cancelled', cancelledAmount: 4_000 }],
    ['CANCELLED', returned(14_000), { status: 'cancelled', cancelledAmount: 14_000 }],
    [
      'CANCELLED',
      { ...returned(14_000), paidAt: undefined },
      { status: 'cancelled', cancelledAmount: 14_000 },
    ],
  ])('G-16: %s %j', (status, more, seen) => {
    expect(read({ status, ...more })).toMatchObject({
      ok: true,
      value: {
        paymentId: TRANSACTION_ID,
        orderId: 'ord-1001',
        amounts: [14_000],
        currencies: ['KRW'],
        testChannel: false,
        cancelledAmount: 0,
        deposited: 0,
        ...seen,
      },
    })
  })

  test.each(['', 'PENDING', 'paid', 'REBOOKED', null, 1])(
    'G-06: the status %j is unreadable, and no crash',
    (status) => {
      expect(read({ status })).toEqual({
        ok: false,
        problem: { kind: 'gateway_unreadable', where: 'status' },
      })
    },
  )

  test('G-07: another store’s record is never applied', () => {
    expect(read({ storeId: 'store-other' })).toEqual({
      ok: false,
      problem: { kind: 'gateway_wrong_record', asked: STORE_ID, got: 'store-other' },
    })
    expect(read({ storeId: 'store-other', amount: null })).toMatchObject({
      problem: { kind: 'gateway_wrong_record' },
    })
    expect(read({ storeId: undefined })).toMatchObject({ ok: true })
    for (const storeId of [[STORE_ID], ['store-other'], 7, { id: 'store-other' }, false])
      expect(read({ storeId })).toEqual({
        ok: false,
        problem: { kind: 'gateway_unreadable', where: 'storeId' },
      })
  })

  test('D-05, R-16: of a strange store only short clean text is told', () => {
    expect(read({ storeId: `\u001B[31m${'x'.repeat(9_000)}` })).toEqual({
      ok: false,
      problem: {
        kind: 'gateway_wrong_record',
        asked: STORE_ID,
        got: expect.stringMatching(/^\[31mx{10,500}…?$/),
      },
    })
  })
})

describe('money', () => {
  const bad = (where: string) => ({
    kind: 'gateway_bad_money',
    paymentId: TRANSACTION_ID,
    orderId: 'ord-1001',
    where,
  })

  test.each([
    [{ amount: undefined }, 'amount'],
    [{ amount: null }, 'amount'],
    [{ amount: 14_000 }, 'amount'],
    [{ amount: amount(14_000, { total: undefined }) }, 'amount.total'],
    [{ amount: amount(14_000, { total: '14000' }) }, 'amount.total'],
    [{ amount: amount(14_000, { total: 14_000.5 }) }, 'amount.total'],
    [{ amount: amount(14_000, { total: -1 }) }, 'amount.total'],
    [{ amount: amount(14_000, { total: 2 ** 53 }) }, 'amount.total'],
    [{ amount: amount(14_000, { cancelled: undefined }) }, 'amount.cancelled'],
    [{ amount: amount(14_000, { cancelled: -1 }) }, 'amount.cancelled'],
    [{ currency: undefined }, 'currency'],
    [{ currency: 'CURRENCY_KRW' }, 'currency'],
    [{ currency: 'won' }, 'currency'],
    [{ cancellations: 'x' }, 'cancellations'],
    [{ cancellations: [cancellation(1, { totalAmount: '1' })] }, 'cancellations.0'],
    [{ cancellations: [cancellation(1, { totalAmount: 0.5 })] }, 'cancellations.0'],
    [{ cancellations: [cancellation(1, { totalAmount: undefined })] }, 'cancellations.0'],
    [{ cancellations: [cancellation(1, { id: undefined })] }, 'cancellations.0'],
  ])('G-08: %j is for a person', (changed, where) => {
    expect(problemOf(changed)).toEqual(bad(where))
  })

  test.each([
    [{ id: undefined, amount: null }],
    [{ transactionId: undefined, amount: null }],
    [{ transactionId: '../x' }],
    [{ id: 'ord\0' }],
    [{ status: 'REBOOKED', amount: null }],
  ])('G-06: %j is asked for again', (changed) => {
    expect(problemOf(changed).kind).toBe('gateway_unreadable')
  })

  test('M-19: the total is the order’s, whatever was discounted or paid', () => {
    const seen = observe({ amount: amount(14_000, { discount: 1_000, paid: 13_000 }) })
    expect([seen.amounts, seen.details.discount]).toEqual([[14_000], 1_000])
    expect(observe({}).details.discount).toBeNull()
  })

  test('M-33: minor units are read as they are', () => {
    expect(observe({ amount: amount(1_099), currency: 'USD' })).toMatchObject({
      amounts: [1_099],
      currencies: ['USD'],
    })
  })
})

describe('a channel', () => {
  test('G-12: TEST is a test', () => {
    expect(observe({ channel: channel('TEST') }).testChannel).toBe(true)
    expect(observe({ status: 'READY', channel: channel('TEST') }).testChannel).toBe(true)
  })

  test.each([
    ['none', undefined],
    ['null', null],
    ['a word', 'LIVE'],
    ['without a type', { pgProvider: 'INICIS_V2' }],
    ['of a new type', channel('STAGING')],
    ['in other letters', channel('live')],
  ])('G-20: %s never counts as live where there may be money', (_, changed) => {
    const unreadable = { kind: 'gateway_unreadable', where: 'channel' }
    for (const more of [
      {},
      { status: 'PARTIAL_CANCELLED', ...returned(1) },
      { status: 'CANCELLED', ...returned(14_000) },
      { status: 'VIRTUAL_ACCOUNT_ISSUED' },
      { status: 'PAY_PENDING' },
    ])
      expect(problemOf({ ...more, channel: changed })).toEqual(unreadable)
    for (const status of ['READY', 'FAILED'])
      expect(observe({ status, channel: changed }).status).toBe(status.toLowerCase())
  })
})

describe('cancels', () => {
  test('M-11, M-23: only succeeded ones count', () => {
    const seen = observe({
      status: 'PARTIAL_CANCELLED',
      amount: amount(14_000, { cancelled: 3_000 }),
      cancellations: [
        cancellation(2_000, { cancelledAt: '2026-11-02T05:00:00Z' }),
        cancellation(5_000, { status: 'REQUESTED', cancelledAt: undefined }),
        cancellation(6_000, { status: 'FAILED' }),
        cancellation(7_000, { status: 'REBOOKED', totalAmount: null }),
        cancellation(1_000, { cancelledAt: undefined }),
      ],
    })
    expect(seen.cancels).toEqual([
      { id: 'cancellation-1000', amount: 1_000, atMs: START_MS + 3_600_000, reason: 'intent-1: asked back' },
      { id: 'cancellation-2000', amount: 2_000, atMs: START_MS + 7_200_000, reason: 'intent-1: asked back' },
    ])
    expect([seen.cancelledAmount, contradictionOf(null, seen)]).toEqual([3_000, null])
  })

  test('M-23: a cancel that is only requested has returned nothing', () => {
    const requested = [cancellation(14_000, { status: 'REQUESTED', cancelledAt: undefined })]
    expect(observe({ cancellations: requested })).toMatchObject({
      status: 'paid',
      cancelledAmount: 0,
      cancels: [],
    })
    // Were it counted in the sum, the money would seem returned.
    for (const status of ['PAID', 'CANCELLED'])
      expect(
        problemOf({ status, cancellations: requested, amount: amount(14_000, { cancelled: 14_000 }) }),
      ).toMatchObject({
        kind: 'gateway_bad_money',
        where: 'cancellations',
      })
  })

  test.each([
    [
      { status: 'PARTIAL_CANCELLED', ...returned(4_000), amount: amount(14_000, { cancelled: 5_000 }) },
      'cancels_do_not_add_up',
    ],
    [{ status: 'PAID', ...returned(4_000), amount: amount(14_000) }, 'cancels_do_not_add_up'],
    [{ status: 'CANCELLED', ...returned(15_000) }, 'cancelled_more_than_paid'],
    [{ status: 'CANCELLED', cancellations: [] }, 'cancelled_without_amount'],
    [{ status: 'FAILED', ...returned(4_000) }, 'cancelled_without_money'],
    [{ status: 'PAID', ...returned(4_000) }, null],
  ])('M-12: %j is %s', (changed, what) => {
    expect(contradictionOf(null, observe(changed))).toBe(what)
  })

  test('M-11: money that is partly back is never paid in full, whatever the status says', () => {
    expect(observe({ status: 'PAID', ...returned(4_000) })).toMatchObject({
      status: 'cancelled',
      cancelledAmount: 4_000,
    })
  })

  test('M-26: an account that was called off before any deposit never held money', () => {
    for (const type of ['PaymentMethodVirtualAccount', 'PaymentMethodConvenienceStore']) {
      const unpaid = { status: 'CANCELLED', method: { type }, paidAt: undefined, cancellations: [] }
      expect(observe(unpaid)).toMatchObject({ status: 'failed', cancelledAmount: 0 })
      expect(observe({ ...unpaid, ...returned(14_000) }).status).toBe('cancelled')
      expect(observe({ ...unpaid, paidAt: '2026-11-02T03:00:09Z' }).status).toBe('cancelled')
    }
  })
})

describe('facts for people', () => {
  test.each([
    [
      'a card',
      {
        type: 'PaymentMethodCard',
        approvalNumber: '30000001',
        card: { issuer: 'SHINHAN_CARD', name: '신한 딥드림', number: '123456******7890' },
      },
      {
        method: 'card',
        methodName: '신한 딥드림',
        cardNumber: '123456******7890',
        cardIssuer: 'SHINHAN_CARD',
        approvalNumber: '30000001',
      },
    ],
    [
      'a transfer',
      { type: 'PaymentMethodTransfer', bank: 'KOOKMIN' },
      { method: 'transfer', methodName: '국민은행', bankName: '국민은행' },
    ],
    [
      'a phone bill',
      { type: 'PaymentMethodMobile', phoneNumber: '01000000000' },
      { method: 'phone', methodName: null },
    ],
    [
      'points',
      {
        type: 'PaymentMethodEasyPay',
        provider: 'NAVERPAY',
        easyPayMethod: { type: 'PaymentMethodEasyPayMethodCharge' },
      },
      { method: 'easy_pay', methodName: 'NAVERPAY', cardNumber: null },
    ],
    [
      'a wallet’s card',
      {
        type: 'PaymentMethodEasyPay',
        provider: 'KAKAOPAY',
        easyPayMethod: {
          type: 'PaymentMethodCard',
          approvalNumber: '7',
          card: { number: '1234', issuer: 'BC_CARD' },
        },
      },
      {
        method: 'easy_pay',
        methodName: 'KAKAOPAY',
        cardNumber: '1234',
        cardIssuer: 'BC_CARD',
        approvalNumber: '7',
      },
    ],
    [
      'an account',
      {
        type: 'PaymentMethodVirtualAccount',
        bank: 'SHINHAN',
        accountNumber: '110-123',
        remitteeName: '랜드폴',
        expiredAt: '2026-11-03T23:59:59+09:00',
      },
      {
        method: 'virtual_account',
        bankName: '신한은행',
        accountNumber: '110-123',
        accountHolder: '랜드폴',
        accountDueAtMs: Date.UTC(2026, 10, 3, 14, 59, 59),
      },
    ],
    [
      'an account that is not told',
      { type: 'PaymentMethodVirtualAccount', bank: 'unknown', accountNumber: '0000', remitteeName: '-' },
      { bankName: null, accountNumber: null, accountHolder: null },
    ],
    ['a new bank', { type: 'PaymentMethodTransfer', bank: 'MOON' }, { bankName: 'MOON' }],
    [
      'a store',
      { type: 'PaymentMethodConvenienceStore', convenienceStoreBrand: 'LAWSON' },
      { method: 'other', methodName: 'LAWSON', approval: 'later' },
    ],
    ['a new class', { type: 'PaymentMethodMoon', card: 7 }, { method: 'other', methodName: null }],
    ['none', undefined, { method: null, methodName: null }],
    ['a word', 'CARD', { method: null }],
  ])('G-20: %s', (_, method, details) => {
    expect(observe({ method }).details).toMatchObject(details)
  })

  test.each([
    ['2026-11-02T03:00:00Z', START_MS],
    ['2026-11-02T03:00:00.5Z', START_MS + 500],
    ['2026-11-02T03:00:00.123456789Z', START_MS + 123],
    ['2026-11-02T12:00:00+09:00', START_MS],
    ['2026-11-02', null],
    ['2026-13-02T03:00:00Z', null],
    [1_793_588_400, null],
    [null, null],
    [undefined, null],
  ])('G-20: the time %j', (requestedAt, startedAtMs) => {
    expect(observe({ requestedAt }).details.startedAtMs).toBe(startedAtMs)
  })

  test('a failure’s text is the PG’s, else the gateway’s', () => {
    const failReason = (failure: unknown) => observe({ status: 'FAILED', failure }).details.failReason
    expect(failReason({ reason: '[CC10] 잔액부족', pgCode: 'CC10', pgMessage: '잔액부족' })).toBe('잔액부족')
    expect(failReason({ reason: '계좌말소' })).toBe('계좌말소')
    expect([failReason({}), failReason(null), failReason('x')]).toEqual([null, null, null])
  })

  test.each([
    [{ channel: channel('LIVE', 'PAYPAL_V2') }, 'later'],
    [{ channel: channel('LIVE', 'EXIMBAY_V2') }, 'later'],
    [{ status: 'PAY_PENDING' }, 'later'],
    [{ channel: channel('LIVE', 'KICC_V2'), method: { type: 'PaymentMethodCard' } }, 'at_once'],
    [
      { channel: channel('LIVE', 'KICC_V2'), method: { type: 'PaymentMethodEasyPay', provider: 'WECHAT' } },
      'later',
    ],
    [{ channel: channel('LIVE', 'KICC_V2') }, 'later'],
    [{ channel: channel('LIVE', 'INICIS_V2') }, 'at_once'],
  ])('G-11: %j is approved %s', (changed, approval) => {
    expect(observe(changed).details.approval).toBe(approval)
  })

  test('S-18: a receipt is a page of the web', () => {
    expect(observe({ receiptUrl: 'javascript:alert(1)' }).details.receiptUrl).toBeNull()
    expect(observe({ receiptUrl: 'https://pg.example/r' }).details.receiptUrl).toBe('https://pg.example/r')
  })
})

describe('answers as they were published (docs/gateway/portone-v2.md §6.5)', () => {
  const bare = (changed: Record<string, unknown> = {}) => ({
    status: 'PAID',
    id: 'ord-1001',
    transactionId: '019584aa-30f1-c2d3-7a4b-0123456789ab',
    merchantId: 'merchant-6d1f6b4c-9d2b-4d5e-8f0a-1b2c3d4e5f60',
    storeId: STORE_ID,
    channel: {
      type: 'LIVE',
      id: 'channel-id-1',
      key: 'channel-key-1',
      name: 'x',
      pgProvider: 'INICIS_V2',
      pgMerchantId: 'INIpayTest',
    },
    version: 'V2',
    requestedAt: '2025-03-11T05:02:11.92Z',
    updatedAt: '2025-03-11T05:02:41.123456789Z',
    statusChangedAt: '2025-03-11T05:02:41Z',
    orderName: 'x',
    amount: {
      total: 1_000,
      taxFree: 0,
      vat: 91,
      supply: 909,
      discount: 0,
      paid: 1_000,
      cancelled: 0,
      cancelledTaxFree: 0,
    },
    currency: 'KRW',
    customer: { id: 'port-customer-id-019584aa-0000-2222-7777-0123456789ab' },
    promotionId: '',
    isCulturalExpense: false,
    paidAt: '2025-03-11T05:02:41Z',
    pgResponse: '{"secret":"x"}',
    disputes: [],
    ...changed,
  })

  test('G-20: without origin, webhooks, custom data and products', () => {
    expect(readPaymentV2(bare(), STORE_ID)).toMatchObject({
      ok: true,
      value: {
        paymentId: '019584aa-30f1-c2d3-7a4b-0123456789ab',
        status: 'paid',
        amounts: [1_000],
        testChannel: false,
      },
    })
  })

  test('G-16: a payment of V1 keeps its ids, so that both APIs show one payment', () => {
    const old = bare({ version: 'V1', transactionId: 'imp_448280090638', id: 'ord-1001' })
    expect(readPaymentV2(old, STORE_ID)).toMatchObject({
      value: { paymentId: 'imp_448280090638', orderId: 'ord-1001' },
    })
  })

  test('P-04: what the PG answered is in no fact', () => {
    expect(JSON.stringify(readPaymentV2(bare(), STORE_ID))).not.toContain('secret')
  })
})

test('G-11: a failure that turns into money is money', () => {
  const failed = observe({ status: 'FAILED', paidAt: undefined, channel: undefined })
  expect(contradictionOf(failed, observe({}))).toBeNull()
})
