import { z } from 'zod'

/**
 * The objects of V2's official schema (docs/gateway/portone-v2.md §6). These schemas share no code with the sandbox: each state lists
 * the fields that it requires, the others may be missing, and undocumented fields fail. Only tests use them.
 */
const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/)
const Minor = z.number().int().nonnegative()
const Guid = z.guid()

export const DocumentedCancellation = z.strictObject({
  status: z.enum(['SUCCEEDED', 'FAILED', 'REQUESTED']),
  id: z.string(),
  totalAmount: Minor,
  taxFreeAmount: Minor,
  vatAmount: Minor,
  reason: z.string(),
  requestedAt: Time,
  cancelledAt: Time.optional(),
  pgCancellationId: z.string().optional(),
  easyPayDiscountAmount: Minor.optional(),
  trigger: z.enum(['CONSOLE', 'API', 'PORTONE_ADMIN', 'CHARGEBACK']).optional(),
  receiptUrl: z.url().optional(),
})

export const DocumentedWebhook = z.strictObject({
  id: z.string(),
  url: z.url(),
  status: z.enum(['SUCCEEDED', 'FAILED_NOT_OK_RESPONSE', 'FAILED_UNEXPECTED_ERROR']).optional(),
  paymentStatus: z
    .enum([
      'READY',
      'VIRTUAL_ACCOUNT_ISSUED',
      'PAID',
      'FAILED',
      'PARTIAL_CANCELLED',
      'CANCELLED',
      'PAY_PENDING',
    ])
    .optional(),
  isAsync: z.boolean().optional(),
  currentExecutionCount: Minor.optional(),
  maxExecutionCount: Minor.optional(),
  trigger: z
    .enum([
      'MANUAL',
      'VIRTUAL_ACCOUNT_DEPOSIT',
      'ASYNC_CANCEL_APPROVED',
      'ASYNC_CANCEL_FAILED',
      'ASYNC_PAY_APPROVED',
      'ASYNC_PAY_FAILED',
      'ASYNC_PAY_PENDING',
      'DISPUTE_CREATED',
      'DISPUTE_RESOLVED',
    ])
    .optional(),
  request: z
    .strictObject({ header: z.string().optional(), body: z.string(), requestedAt: Time.optional() })
    .optional(),
  response: z
    .strictObject({ code: z.string(), header: z.string(), body: z.string(), respondedAt: Time })
    .optional(),
  triggeredAt: Time.optional(),
})

const Method = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('PaymentMethodCard'),
    card: z.strictObject({
      publisher: z.string().optional(),
      issuer: z.string().optional(),
      brand: z.enum(['LOCAL', 'MASTER', 'UNIONPAY', 'VISA', 'JCB', 'AMEX', 'DINERS']).optional(),
      type: z.enum(['CREDIT', 'DEBIT', 'GIFT']).optional(),
      ownerType: z.enum(['PERSONAL', 'CORPORATE']).optional(),
      bin: z.string().optional(),
      name: z.string().optional(),
      number: z.string().optional(),
    }),
    approvalNumber: z.string().optional(),
    installment: z.strictObject({
      month: Minor,
      isInterestFree: z.boolean(),
      isInterestFreeFromMerchant: z.boolean().optional(),
    }),
    pointUsed: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('PaymentMethodVirtualAccount'),
    accountNumber: z.string(),
    bank: z
      .string()
      .regex(/^[A-Z_]+$/)
      .optional(),
    accountType: z.enum(['FIXED', 'NORMAL']).optional(),
    remitteeName: z.string().optional(),
    remitterName: z.string().optional(),
    expiredAt: Time.optional(),
    issuedAt: Time.optional(),
    refundStatus: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('PaymentMethodTransfer'), bank: z.string().optional() }),
  z.strictObject({ type: z.literal('PaymentMethodMobile'), phoneNumber: z.string().optional() }),
  z.strictObject({
    type: z.literal('PaymentMethodEasyPay'),
    provider: z.string(),
    easyPayMethod: z.looseObject({ type: z.string() }),
  }),
  z.strictObject({
    type: z.literal('PaymentMethodGiftCertificate'),
    giftCertificateType: z.string().optional(),
    approvalNumber: z.string(),
  }),
])

const Channel = z.strictObject({
  type: z.enum(['LIVE', 'TEST']),
  id: z.string().optional(),
  key: z.string().optional(),
  name: z.string().optional(),
  pgProvider: z.string().regex(/^[A-Z0-9_]+$/),
  pgMerchantId: z.string(),
})
const Dispute = z.strictObject({
  status: z.enum(['UNRESOLVED', 'RESOLVED']),
  pgDisputeId: z.string().optional(),
  reason: z.string(),
  createdAt: Time,
  resolvedAt: Time.optional(),
})

const common = {
  merchantId: z.string(),
  storeId: z.string(),
  method: Method.optional(),
  channelGroup: z.strictObject({ id: z.string(), name: z.string(), isForTest: z.boolean() }).optional(),
  version: z.enum(['V1', 'V2']),
  requestedAt: Time,
  updatedAt: Time,
  statusChangedAt: Time,
  orderName: z.string(),
  amount: z.strictObject({
    total: Minor,
    taxFree: Minor,
    vat: Minor.optional(),
    supply: Minor.optional(),
    discount: Minor,
    paid: Minor,
    cancelled: Minor,
    cancelledTaxFree: Minor,
  }),
  currency: z.string().length(3),
  customer: z.strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    email: z.string().optional(),
    phoneNumber: z.string().optional(),
    zipcode: z.string().optional(),
    address: z.strictObject({ type: z.literal('ONE_LINE'), oneLine: z.string() }).optional(),
  }),
  promotionId: z.string().optional(),
  isCulturalExpense: z.boolean().optional(),
  products: z.array(z.looseObject({})).optional(),
  productCount: Minor.optional(),
  customData: z.string().optional(),
  country: z.string().optional(),
}

const pgTxId = z.string().optional()
const paid = {
  channel: Channel,
  paidAt: Time,
  pgTxId,
  pgResponse: z.string().optional(),
  receiptUrl: z.url().optional(),
}
const cancelled = {
  channel: Channel,
  cancelledAt: Time,
  cancellations: z.array(DocumentedCancellation),
  paidAt: Time.optional(),
  pgTxId,
  receiptUrl: z.url().optional(),
}
const failed = {
  channel: Channel.optional(),
  failedAt: Time,
  failure: z.strictObject({
    reason: z.string().optional(),
    pgCode: z.string().optional(),
    pgMessage: z.string().optional(),
  }),
}
const disputed = {
  disputes: z.array(Dispute),
  cancellations: z.array(DocumentedCancellation).optional(),
  cashReceiptIssuanceStatus: z.enum(['ISSUED', 'NOT_ISSUED']).optional(),
}

/** One row for each state: its name, and the fields of a try and of a payment beyond the common ones. */
const STATES = [
  ['READY', { channel: Channel.optional() }, {}],
  ['PAY_PENDING', { channel: Channel, pgTxId }, {}],
  ['VIRTUAL_ACCOUNT_ISSUED', { channel: Channel, pgTxId }, {}],
  ['PAID', paid, disputed],
  ['FAILED', failed, {}],
  ['PARTIAL_CANCELLED', cancelled, {}],
  ['CANCELLED', cancelled, {}],
] as const

const payment = {
  ...common,
  id: z.string(),
  transactionId: z.union([Guid, z.string().regex(/^imp_\d{12}$/)]),
  webhooks: z.array(DocumentedWebhook).optional(),
  origin: z.strictObject({
    platformType: z.enum(['PC', 'MOBILE', 'API']),
    ipAddress: z.string(),
    userAgent: z.string().optional(),
    url: z.string().optional(),
  }),
}
export const DocumentedPaymentV2 = z.union(
  STATES.map(([status, fields, more]) =>
    z.strictObject({ status: z.literal(status), ...payment, ...fields, ...more }),
  ),
)
export const DocumentedTransaction = z.union(
  STATES.map(([status, fields]) =>
    z.strictObject({
      status: z.literal(status),
      ...common,
      id: payment.transactionId,
      paymentId: z.string(),
      ...fields,
    }),
  ),
)
