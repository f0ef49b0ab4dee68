import { z } from 'zod'

/**
 * The answers that the gateway's own schema documents (docs/gateway/portone-v1.md §4.1 to §4.4). These schemas share no code with the
 * sandbox: seven fields are required, the others may be null or missing, and undocumented fields fail. Only tests use them.
 */
const text = (max = 1_000) => z.string().max(max).nullish()
const unixSeconds = z.number().int().nonnegative().nullish()
const whole = z.number().int().nonnegative().nullish()
const flag = z.boolean().nullish()

const CancelEntry = z.strictObject({
  pg_tid: text(64),
  amount: z.number().positive(),
  cancelled_at: z.number().int().positive(),
  reason: text(256),
  cancellation_id: z.string().regex(/^[A-Z0-9]{20}$/),
  receipt_url: text(),
})
const DepositEntry = z.strictObject({
  pg_tid: text(64),
  amount: z.number().positive(),
  depositor_name: text(),
  deposited_at: z.number().int().positive(),
})

export const DocumentedPayment = z.strictObject({
  imp_uid: z.string().regex(/^imp_\d{12}$/),
  merchant_uid: z.string().min(1).max(40),
  amount: z.number().nonnegative(),
  cancel_amount: z.number().nonnegative(),
  currency: z.string().length(3),
  status: z.enum(['ready', 'paid', 'cancelled', 'failed']),
  sandbox: z.boolean(),
  pay_method: text(20),
  channel: z.enum(['pc', 'mobile', 'api']).nullish(),
  pg_provider: text(16),
  emb_pg_provider: text(),
  pg_tid: text(64),
  pg_id: text(80),
  escrow: flag,
  apply_num: text(20),
  bank_code: text(),
  bank_name: text(),
  card_code: text(),
  card_name: text(),
  card_issuer_code: text(),
  card_issuer_name: text(),
  card_publisher_code: text(),
  card_publisher_name: text(),
  card_quota: whole,
  card_number: text(),
  card_type: z.union([z.literal(0), z.literal(1)]).nullish(),
  vbank_code: text(),
  vbank_name: text(),
  vbank_num: text(32),
  vbank_holder: text(),
  vbank_date: unixSeconds,
  vbank_issued_at: unixSeconds,
  name: text(40),
  buyer_name: text(16),
  buyer_email: text(64),
  buyer_tel: text(16),
  buyer_addr: text(128),
  buyer_postcode: text(8),
  custom_data: text(),
  user_agent: text(),
  started_at: unixSeconds,
  paid_at: unixSeconds,
  failed_at: unixSeconds,
  cancelled_at: unixSeconds,
  fail_reason: text(),
  cancel_reason: text(),
  receipt_url: text(),
  cancel_history: z.array(CancelEntry).nullish(),
  deposit_history: z.array(DepositEntry).nullish(),
  cancel_receipt_urls: z.array(z.string()).nullish(),
  cash_receipt_issued: flag,
  customer_uid: text(),
  customer_uid_usage: z.enum(['issue', 'payment', 'payment.scheduled']).nullish(),
  promotion: z.strictObject({ id: z.string(), discount: z.number().positive() }).nullish(),
})

/** A page of a list: `previous` and `next` are page numbers or 0. */
export const DocumentedPage = z.strictObject({
  total: whole,
  previous: whole,
  next: whole,
  list: z.array(DocumentedPayment),
})

export const DocumentedToken = z.strictObject({
  access_token: z.string().regex(/^[0-9a-f]{40}$/),
  now: z.number().int().positive(),
  expired_at: z.number().int().positive(),
})

export const DocumentedPrepared = z.strictObject({
  merchant_uid: z.string(),
  amount: z.number().positive(),
  currency: z.string().length(3),
})
