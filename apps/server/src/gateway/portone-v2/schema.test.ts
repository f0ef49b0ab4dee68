import {
  claimFromReturnV2,
  paymentTokenOf,
  readPaymentV2,
  readTransactionV2,
  readWebhookV2,
  returnFieldsFromQueryV2,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { V2_STORE_ID } from '../../../testing/v2-records.ts'
import {
  cancellations,
  methods,
  oldWebhooks,
  payments,
  returnQueries,
  tries,
  webhooks,
} from '../../../testing/v2-schema.ts'

const observed = (read: Result<Observation, GatewayProblem>): Observation => {
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}
const [ORDER, TRANSACTION] = ['example-payment-id', '55451513-9763-4a7a-bb43-78a4c65be843']

describe('G-20: what is read of each record that the gateway publishes', () => {
  const readings = [
    ['payment', payments, readPaymentV2],
    ['try', tries, readTransactionV2],
  ] as const

  test.each(readings)('a %s of each status', (_, records, read) => {
    const rows = Object.entries(records).map(([status, record]) => {
      const seen = observed(read(record, V2_STORE_ID))
      expect([seen.orderId, seen.paymentId, seen.gateway]).toEqual([ORDER, TRANSACTION, 'portone-v2'])
      expect([seen.amounts, seen.currencies, seen.testChannel]).toEqual([[1_000], ['KRW'], false])
      return [status, seen.status, seen.cancelledAmount, seen.cancels.map((cancel) => cancel.amount)]
    })
    expect(rows).toEqual([
      ['READY', 'ready', 0, []],
      ['PAY_PENDING', 'ready', 0, []],
      ['VIRTUAL_ACCOUNT_ISSUED', 'awaiting_deposit', 0, []],
      ['FAILED', 'failed', 0, []],
      ['PAID', 'paid', 0, []],
      ['PARTIAL_CANCELLED', 'cancelled', 400, [400]],
      ['CANCELLED', 'cancelled', 1_000, [1_000]],
    ])
  })

  test('a cancel of each status: only one that succeeded has returned money', () => {
    const rows = Object.values(cancellations).map((cancellation) => {
      const total = cancellation.status === 'SUCCEEDED' ? cancellation.totalAmount : 0
      const amount = { ...payments.PAID.amount, cancelled: total }
      const record = { ...payments.PAID, amount, cancellations: [cancellation] }
      const { status, cancels } = observed(readPaymentV2(record, V2_STORE_ID))
      return [cancellation.status, status, cancels.map((cancel) => cancel.amount)]
    })
    expect(rows).toEqual([
      ['SUCCEEDED', 'cancelled', [400]],
      ['FAILED', 'paid', []],
      ['REQUESTED', 'paid', []],
    ])
  })

  test('a method of each class', () => {
    const rows = Object.entries(methods).map(([type, method]) => {
      const { details } = observed(readPaymentV2({ ...payments.PAID, method }, V2_STORE_ID))
      return [type, details.method, details.methodName, details.cardNumber ?? details.accountNumber]
    })
    expect(rows).toEqual([
      ['PaymentMethodCard', 'card', '신한카드', '123456******7890'],
      ['PaymentMethodTransfer', 'transfer', '국민은행', null],
      ['PaymentMethodVirtualAccount', 'virtual_account', '신한은행', '110-123'],
      ['PaymentMethodMobile', 'phone', null, null],
      ['PaymentMethodEasyPay', 'easy_pay', 'KAKAOPAY', null],
      ['PaymentMethodGiftCertificate', 'other', null, null],
      ['PaymentMethodConvenienceStore', 'other', 'LAWSON', null],
      ['PaymentMethodCrypto', 'other', null, null],
    ])
  })
})

describe('W-12, W-21: what is read of each webhook that the gateway publishes', () => {
  const readAs = (body: unknown): string => {
    const read = readWebhookV2(body, V2_STORE_ID)
    if (!read.ok) throw new Error(read.problem.where)
    if (read.value.kind === 'nothing') return `nothing: ${read.value.why}`
    const { orderId, paymentId, status, cancellationId, dispute } = read.value.claim
    expect([orderId, paymentId]).toEqual([ORDER, TRANSACTION])
    return [
      `look up: ${status}`,
      cancellationId === null ? '' : ' of a cancel',
      dispute == null ? '' : `, ${dispute.isOpen ? 'open' : 'ended'}`,
    ].join('')
  }

  test('each type', () => {
    expect(Object.entries(webhooks).map(([type, body]) => [type, readAs(body)])).toEqual([
      ['Transaction.Ready', 'nothing: window_opened'],
      ['Transaction.Paid', 'look up: paid'],
      ['Transaction.VirtualAccountIssued', 'look up: ready'],
      ['Transaction.PartialCancelled', 'look up: partially_cancelled of a cancel'],
      ['Transaction.Cancelled', 'look up: cancelled of a cancel'],
      ['Transaction.Failed', 'look up: failed'],
      ['Transaction.PayPending', 'look up: pay_pending'],
      ['Transaction.CancelPending', 'look up: cancel_pending of a cancel'],
      ['Transaction.DisputeCreated', 'look up: DisputeCreated, open'],
      ['Transaction.DisputeResolved', 'look up: DisputeResolved, ended'],
      ['Transaction.Confirm', 'nothing: confirm_process'],
      ['BillingKey.Ready', 'nothing: no_payment'],
      ['BillingKey.Issued', 'nothing: no_payment'],
      ['BillingKey.Failed', 'nothing: no_payment'],
      ['BillingKey.Deleted', 'nothing: no_payment'],
      ['BillingKey.Updated', 'nothing: no_payment'],
    ])
  })

  test('each status of the older version', () => {
    expect(oldWebhooks.map((body) => [body['status'] ?? 'none', readAs(body)])).toEqual([
      ['Ready', 'nothing: window_opened'],
      ['Paid', 'look up: paid'],
      ['VirtualAccountIssued', 'look up: ready'],
      ['PartialCancelled', 'look up: partially_cancelled'],
      ['Cancelled', 'look up: cancelled'],
      ['Failed', 'look up: failed'],
      ['PayPending', 'look up: pay_pending'],
      ['CancelPending', 'look up: cancel_pending'],
      ['none', 'nothing: confirm_process'],
    ])
  })
})

test('R-05: what is read of each return that the gateway publishes', () => {
  const rows = returnQueries.map((query) => {
    const fields = returnFieldsFromQueryV2(query)
    if (!fields.ok) throw new Error(fields.problem.where)
    const { orderId, paymentId, says, failReason } = claimFromReturnV2(fields.value)
    return [orderId, paymentId, says, failReason, paymentTokenOf(fields.value)]
  })
  expect(rows).toEqual([
    [ORDER, null, 'success', null, null],
    [ORDER, TRANSACTION, 'success', null, null],
    [ORDER, null, 'success', null, null],
    [ORDER, null, 'failure', 'balance', null],
    [ORDER, null, 'success', null, 'token-1'],
  ])
})
