import type { Payment, Webhook } from '@portone/server-sdk'
import { V2_STORE_ID } from './v2-records.ts'

/**
 * One record of each kind that the gateway's published types know, with the fields they require. The compiler holds them against those types, and
 * asks for a record once a newer package knows another kind.
 */
type Known<Union, Key extends string> = Extract<Union, Readonly<Record<Key, string>>>
type EachOf<Union, Key extends string> = {
  readonly [Name in Known<Union, Key>[Key] & string]: Extract<Union, Readonly<Record<Key, Name>>>
}

/** Ids and times as the guide's examples spell them. */
const ids = {
  order: 'example-payment-id',
  transaction: '55451513-9763-4a7a-bb43-78a4c65be843',
  cancellation: '0cdd91e9-4e7c-44a3-a72e-1a6511826c2b',
} as const
const AT = '2024-04-25T10:00:00.000Z'

export const cancellations: EachOf<Payment.PaymentCancellation, 'status'> = {
  SUCCEEDED: { status: 'SUCCEEDED', ...cancelled(400), cancelledAt: AT },
  FAILED: { status: 'FAILED', ...cancelled(300) },
  REQUESTED: { status: 'REQUESTED', ...cancelled(200) },
}
function cancelled(totalAmount: number) {
  return {
    id: `${ids.cancellation.slice(0, -3)}${totalAmount}`,
    totalAmount,
    taxFreeAmount: 0,
    vatAmount: 0,
    reason: 'the customer asked',
    requestedAt: AT,
  }
}

const sums = (taken: number) => ({
  total: 1_000,
  taxFree: 0,
  vat: 91,
  supply: 909,
  discount: 0,
  paid: 1_000,
  cancelled: taken,
  cancelledTaxFree: 0,
})
const shared = {
  merchantId: 'merchant-1',
  storeId: V2_STORE_ID,
  version: 'V2',
  requestedAt: AT,
  updatedAt: AT,
  statusChangedAt: AT,
  orderName: '드립백',
  amount: sums(0),
  currency: 'KRW',
  customer: {},
} as const
const channel = { type: 'LIVE', pgProvider: 'TOSSPAYMENTS', pgMerchantId: 'x' } as const
const whole = [{ ...cancellations.SUCCEEDED, totalAmount: 1_000 }]
/** What each status has besides, of a payment and of a try alike. */
const byStatus = {
  READY: { status: 'READY' },
  PAY_PENDING: { status: 'PAY_PENDING', channel },
  VIRTUAL_ACCOUNT_ISSUED: { status: 'VIRTUAL_ACCOUNT_ISSUED', channel },
  FAILED: { status: 'FAILED', failedAt: AT, failure: {} },
  PAID: { status: 'PAID', channel, paidAt: AT },
  PARTIAL_CANCELLED: {
    status: 'PARTIAL_CANCELLED',
    channel,
    cancelledAt: AT,
    amount: sums(400),
    cancellations: Object.values(cancellations),
  },
  CANCELLED: { status: 'CANCELLED', channel, cancelledAt: AT, amount: sums(1_000), cancellations: whole },
} as const

const asPayment = <T extends object>(more: T) => ({
  ...shared,
  id: ids.order,
  transactionId: ids.transaction,
  ...more,
})
export const payments = {
  READY: asPayment(byStatus.READY),
  PAY_PENDING: asPayment(byStatus.PAY_PENDING),
  VIRTUAL_ACCOUNT_ISSUED: asPayment(byStatus.VIRTUAL_ACCOUNT_ISSUED),
  FAILED: asPayment(byStatus.FAILED),
  PAID: asPayment({ ...byStatus.PAID, disputes: [] }),
  PARTIAL_CANCELLED: asPayment(byStatus.PARTIAL_CANCELLED),
  CANCELLED: asPayment(byStatus.CANCELLED),
} satisfies EachOf<Payment.Payment, 'status'>

const asTry = <T extends object>(more: T) => ({
  ...shared,
  id: ids.transaction,
  paymentId: ids.order,
  ...more,
})
export const tries = {
  READY: asTry(byStatus.READY),
  PAY_PENDING: asTry(byStatus.PAY_PENDING),
  VIRTUAL_ACCOUNT_ISSUED: asTry(byStatus.VIRTUAL_ACCOUNT_ISSUED),
  FAILED: asTry(byStatus.FAILED),
  PAID: asTry(byStatus.PAID),
  PARTIAL_CANCELLED: asTry(byStatus.PARTIAL_CANCELLED),
  CANCELLED: asTry(byStatus.CANCELLED),
} satisfies EachOf<Payment.PaymentTransaction, 'status'>

export const methods: EachOf<Payment.PaymentMethod, 'type'> = {
  PaymentMethodCard: {
    type: 'PaymentMethodCard',
    card: { issuer: 'SHINHAN_CARD', name: '신한카드', number: '123456******7890' },
    approvalNumber: '30000001',
  },
  PaymentMethodTransfer: { type: 'PaymentMethodTransfer', bank: 'KOOKMIN' },
  PaymentMethodVirtualAccount: {
    type: 'PaymentMethodVirtualAccount',
    bank: 'SHINHAN',
    accountNumber: '110-123',
    remitteeName: '랜드폴',
    expiredAt: AT,
  },
  PaymentMethodMobile: { type: 'PaymentMethodMobile' },
  PaymentMethodEasyPay: {
    type: 'PaymentMethodEasyPay',
    provider: 'KAKAOPAY',
    easyPayMethod: { type: 'PaymentMethodEasyPayMethodCharge' },
  },
  PaymentMethodGiftCertificate: { type: 'PaymentMethodGiftCertificate', approvalNumber: '1' },
  PaymentMethodConvenienceStore: { type: 'PaymentMethodConvenienceStore', convenienceStoreBrand: 'LAWSON' },
  PaymentMethodCrypto: { type: 'PaymentMethodCrypto' },
}

const data = { storeId: V2_STORE_ID, paymentId: ids.order, transactionId: ids.transaction }
const event = <Type extends string, Data extends object>(type: Type, of: Data) => ({
  type,
  timestamp: AT,
  data: of,
})
const cancelData = { ...data, cancellationId: ids.cancellation }
const key = { storeId: V2_STORE_ID, billingKey: 'billing-key-1' }
export const webhooks: EachOf<Webhook.Webhook, 'type'> = {
  'Transaction.Ready': event('Transaction.Ready', data),
  'Transaction.Paid': event('Transaction.Paid', data),
  'Transaction.VirtualAccountIssued': event('Transaction.VirtualAccountIssued', data),
  'Transaction.PartialCancelled': event('Transaction.PartialCancelled', cancelData),
  'Transaction.Cancelled': event('Transaction.Cancelled', cancelData),
  'Transaction.Failed': event('Transaction.Failed', data),
  'Transaction.PayPending': event('Transaction.PayPending', data),
  'Transaction.CancelPending': event('Transaction.CancelPending', cancelData),
  'Transaction.DisputeCreated': event('Transaction.DisputeCreated', data),
  'Transaction.DisputeResolved': event('Transaction.DisputeResolved', data),
  'Transaction.Confirm': event('Transaction.Confirm', { ...data, totalAmount: 1_000 }),
  'BillingKey.Ready': event('BillingKey.Ready', key),
  'BillingKey.Issued': event('BillingKey.Issued', key),
  'BillingKey.Failed': event('BillingKey.Failed', key),
  'BillingKey.Deleted': event('BillingKey.Deleted', key),
  'BillingKey.Updated': event('BillingKey.Updated', key),
}

/** The older version, which the package has no types for: each status of the guide, and the question of the confirm process. */
export const oldWebhooks: ReadonlyArray<Readonly<Record<string, string | number>>> = [
  ...[
    'Ready',
    'Paid',
    'VirtualAccountIssued',
    'PartialCancelled',
    'Cancelled',
    'Failed',
    'PayPending',
    'CancelPending',
  ].map((status) => ({ payment_id: ids.order, tx_id: ids.transaction, status })),
  { payment_id: ids.order, tx_id: ids.transaction, total_amount: 1_000 },
]

/** Returns as the guide and its package write them. */
export const returnQueries = [
  `paymentId=${ids.order}`,
  `paymentId=${ids.order}&transactionType=PAYMENT&txId=${ids.transaction}`,
  `payment_id=${ids.order}`,
  `paymentId=${ids.order}&code=FAILURE_TYPE_PG&message=x&pgCode=PAY_PROCESS_CANCELED&pgMessage=%EC%9E%94%EC%95%A1%20%EB%B6%80%EC%A1%B1`,
  `paymentId=${ids.order}&txId=NEEDS_CONFIRMATION&paymentToken=token-1&transactionType=PAYMENT`,
] as const
