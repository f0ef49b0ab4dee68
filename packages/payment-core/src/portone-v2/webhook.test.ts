import { describe, expect, test } from 'vitest'
import { type Claim, readWebhookV2 } from '../index.ts'
import { STORE_ID, TRANSACTION_ID } from '../../test/portone-v2.ts'

const read = (body: unknown) => readWebhookV2(body, STORE_ID)
const data = { paymentId: 'ord-1001', storeId: STORE_ID, transactionId: TRANSACTION_ID }
const event = (type: string, changed: Record<string, unknown> = {}) => ({
  type,
  timestamp: '2024-04-25T10:00:00.000Z',
  data: { ...data, ...changed },
})
const claim = (status: string, says: Claim['says'] = 'nothing', cancellationId: string | null = null) => ({
  source: 'webhook',
  gateway: 'portone-v2',
  paymentId: TRANSACTION_ID,
  orderId: 'ord-1001',
  says,
  status,
  cancellationId,
  failReason: null,
  message: null,
})

/** What each word means, in both versions of the body. */
const meanings = [
  ['Paid', claim('paid', 'success')],
  ['VirtualAccountIssued', claim('ready', 'success')],
  ['Failed', claim('failed', 'failure')],
  ['PartialCancelled', claim('partially_cancelled')],
  ['Cancelled', claim('cancelled')],
  ['PayPending', claim('pay_pending')],
  ['CancelPending', claim('cancel_pending')],
] as const

describe('both versions of a webhook', () => {
  test.each(meanings)('W-12: %s is the same claim', (word, meant) => {
    const expected = { ok: true, value: { kind: 'claim', claim: meant } }
    expect(read(event(`Transaction.${word}`))).toEqual(expected)
    expect(read({ payment_id: 'ord-1001', tx_id: TRANSACTION_ID, status: word })).toEqual(expected)
    // Fields that the gateway adds are ignored.
    expect(read({ ...event(`Transaction.${word}`, { added: 1 }), added: {} })).toEqual(expected)
  })

  test('M-10: a cancel is told apart by its id', () => {
    expect(read(event('Transaction.Cancelled', { cancellationId: 'c-1' }))).toMatchObject({
      value: { claim: claim('cancelled', 'nothing', 'c-1') },
    })
  })

  test.each([
    ['a new type', event('Transaction.Rebooked'), 'unknown_type'],
    ['a type of another family', event('Settlement.Done'), 'unknown_type'],
    ['a type in other letters', event('transaction.paid'), 'unknown_type'],
    ['the name of a method', event('Transaction.constructor'), 'unknown_type'],
    ['an empty type', event(''), 'unknown_type'],
    [
      'a new type without data of a payment',
      { type: 'Store.Moved', timestamp: 'x', data: { a: 1 } },
      'unknown_type',
    ],
    ['a new type without data', { type: 'Store.Moved' }, 'unknown_type'],
    ['a new type whose data is a list', { type: 'Store.Moved', data: [1] }, 'unknown_type'],
    ['an opened window', event('Transaction.Ready'), 'window_opened'],
    [
      'an opened window, old',
      { payment_id: 'ord-1001', tx_id: TRANSACTION_ID, status: 'Ready' },
      'window_opened',
    ],
    ['the confirm process', event('Transaction.Confirm', { totalAmount: 1000 }), 'confirm_process'],
    [
      'the confirm process, old',
      { payment_id: 'ord-1001', tx_id: 'x', total_amount: 1000 },
      'confirm_process',
    ],
    [
      'a billing key',
      { type: 'BillingKey.Issued', timestamp: 'x', data: { storeId: STORE_ID, billingKey: 'b' } },
      'no_payment',
    ],
    ['another store', event('Transaction.Paid', { storeId: 'store-other' }), 'other_store'],
    [
      'another store’s dispute',
      event('Transaction.DisputeCreated', { storeId: 'store-other' }),
      'other_store',
    ],
  ])('W-12, W-21: %s asks for no look-up, and is no error', (_, body, why) => {
    expect(read(body)).toEqual({ ok: true, value: { kind: 'nothing', why } })
  })

  test('W-19: a status that is new names a payment like any other', () => {
    expect(read({ payment_id: 'ord-1001', tx_id: TRANSACTION_ID, status: 'Rebooked' })).toMatchObject({
      value: { kind: 'claim', claim: claim('Rebooked') },
    })
  })

  test.each([
    [{ paymentId: '주문 1' }, null, TRANSACTION_ID],
    [{ transactionId: '../x' }, 'ord-1001', null],
    [{ transactionId: null }, 'ord-1001', null],
    [{ paymentId: 1_001 }, '1001', TRANSACTION_ID],
    [{ storeId: undefined }, 'ord-1001', TRANSACTION_ID],
  ])('M-17, W-20: one unreadable id does not hide the other: %j', (changed, orderId, paymentId) => {
    expect(read(event('Transaction.Paid', changed))).toMatchObject({
      value: { kind: 'claim', claim: { orderId, paymentId } },
    })
  })

  test.each([
    [undefined, 'not an object'],
    [null, 'not an object'],
    ['text', 'not an object'],
    [[], 'not an object'],
    [event('Transaction.Paid', { paymentId: null, transactionId: null }), 'data.paymentId'],
    [{ type: 'Transaction.Paid' }, 'data.paymentId'],
    [{ type: 'Transaction.DisputeCreated', data: null }, 'data.paymentId'],
    [{ payment_id: '', tx_id: '', status: 'Paid' }, 'payment_id'],
    [{ imp_uid: 'imp_1', merchant_uid: 'ord-1001', status: 'paid' }, 'payment_id'],
    [{}, 'payment_id'],
  ])('%j is refused', (body, where) => {
    expect(read(body)).toEqual({ ok: false, problem: { kind: 'bad_input', where } })
  })

  test.each([
    ['DisputeCreated', true],
    ['DisputeResolved', false],
  ])('M-18: %s names the payment, whether it is open, and when it happened', (word, isOpen) => {
    const atMs = Date.UTC(2024, 3, 25, 10)
    expect(read(event(`Transaction.${word}`))).toEqual({
      ok: true,
      value: { kind: 'claim', claim: { ...claim(word), dispute: { isOpen, atMs } } },
    })
    const undated = { ...event(`Transaction.${word}`), timestamp: 'yesterday' }
    expect(read(undated)).toMatchObject({ value: { claim: { dispute: { isOpen, atMs: null } } } })
  })
})

/** The examples of the vendor's documents (docs/gateway/portone-v2.md §10.1, §11), as they stand there. */
const documented = [
  [
    {
      type: 'Transaction.Cancelled',
      timestamp: '2024-04-25T10:00:00.000Z',
      data: {
        paymentId: 'example-payment-id',
        storeId: STORE_ID,
        transactionId: '55451513-9763-4a7a-bb43-78a4c65be843',
        cancellationId: '0cdd91e9-4e7c-44a3-a72e-1a6511826c2b',
      },
    },
    {
      kind: 'claim',
      claim: {
        orderId: 'example-payment-id',
        paymentId: '55451513-9763-4a7a-bb43-78a4c65be843',
        status: 'cancelled',
        cancellationId: '0cdd91e9-4e7c-44a3-a72e-1a6511826c2b',
      },
    },
  ],
  [
    {
      type: 'BillingKey.Issued',
      timestamp: '2024-04-25T10:00:00.000Z',
      data: { storeId: STORE_ID, billingKey: 'billing-key-75ae3cab-6afe-422d-bf34-3a7b1762451d' },
    },
    { kind: 'nothing', why: 'no_payment' },
  ],
  [
    { payment_id: 'example-payment-id', tx_id: '55451513-9763-4a7a-bb43-78a4c65be843', status: 'Ready' },
    { kind: 'nothing', why: 'window_opened' },
  ],
  [
    {
      type: 'Transaction.Confirm',
      timestamp: '2024-04-25T10:00:00.000Z',
      data: {
        paymentId: 'example-payment-id',
        transactionId: '55451513-9763-4a7a-bb43-78a4c65be843',
        totalAmount: 1000,
      },
    },
    { kind: 'nothing', why: 'confirm_process' },
  ],
  [
    { payment_id: 'example-payment-id', tx_id: '55451513-9763-4a7a-bb43-78a4c65be843', total_amount: 1000 },
    { kind: 'nothing', why: 'confirm_process' },
  ],
] as const

test.each(documented)('W-12: the vendor’s example %j', (body, meant) => {
  expect(read(body)).toMatchObject({ ok: true, value: meant })
})
