import { z } from 'zod'
import { GatewayOrderId } from '../order/ids.ts'
import type { Personal } from '../personal.ts'
import { dueSeconds, looseNumber, seconds, secondsIfTold } from './times.ts'

/**
 * The messages of i'mport / PortOne V1 in the gateway's spelling: redirect query, callback object, webhook body, payment. Outside this room
 * `merchant_uid` is `orderId` and `imp_uid` is `paymentId`. Sources: docs/gateway/portone-v1.md §1.3, §2.1, §3.1, §4.4.
 */

/**
 * `imp_` and 12 digits today; older payments have more or fewer, scheduled ones begin with `imps_`. At most 32 characters
 * (docs/gateway/portone-v1.md §1.2).
 */
export const ImpUid = z
  .string()
  .max(32)
  .regex(/^imps?_[A-Za-z0-9_-]+$/)

/** The rest of a longer text is never shown. */
const RETURN_TEXT_MAX = 4_000
const cut = z.string().overwrite((value) => value.slice(0, RETURN_TEXT_MAX))
const loose = (meaning: string) =>
  z.union([cut, z.boolean(), z.number()]).nullish().catch(null).describe(meaning)
/**
 * The fields of the redirect's query and the SDK's callback object. All are optional, of any simple type, and unknown ones are ignored: some PGs
 * send `success`, older pages `imp_status`, some no flag (§2.1), and an old script misspells `error_coe` (§1.3).
 */
export const ReturnFields = z.object({
  imp_uid: loose('The gateway’s id of the payment.'),
  merchant_uid: loose('The order’s id.'),
  imp_success: loose('The flag: `true` or `false`.'),
  success: loose('The flag of some PGs.'),
  imp_status: loose('The flag of older pages.'),
  error_code: loose('The PG’s code of a failure.'),
  error_coe: loose('The same, as an old script spells it.'),
  error_msg: loose('The PG’s text about a failure.'),
})
export type ReturnFields = z.infer<typeof ReturnFields>

/** The id fields of a return, for a refusal's text. */
export const RETURN_ID_FIELDS = 'imp_uid, merchant_uid'

/**
 * An id as text. A number is read as its digits while it is exact. Any other value counts as missing, so that one unreadable id does not hide the
 * other (W-20).
 */
const idText = (lengthMax: number) =>
  z
    .union([z.string().max(lengthMax), z.number().int().nonnegative().transform(String)])
    .nullish()
    .catch(null)

/** A V1 webhook, JSON or form, not signed (§3.1). */
export const WebhookBody = z.object({
  imp_uid: idText(64),
  merchant_uid: idText(200),
  /** New values count as any other (W-19). An unreadable one hides no payment. */
  status: z.string().max(40).nullish().catch(null),
  cancellation_id: idText(64),
})
export type WebhookBody = z.infer<typeof WebhookBody>

/** Text for people only. An unreadable one counts as missing, so that it does not hide a payment. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value))
  .catch(null)
const personalText = text.transform((value): Personal | null => value)

export const CancelEntry = z.object({
  pg_tid: text,
  amount: z.number(),
  cancelled_at: seconds,
  reason: text,
  cancellation_id: text,
  receipt_url: text,
})

/**
 * A payment as `GET /payments/{imp_uid}` returns it (§4.4), with the fields that we use. The gateway's schema requires only seven. A cancel does
 * not change `amount`; a partial cancel has the status `cancelled` with `0 < cancel_amount < amount`.
 */
export const PaymentAnnotation = z.object({
  imp_uid: z.string().max(64),
  merchant_uid: GatewayOrderId,
  status: z.enum(['ready', 'paid', 'cancelled', 'failed']),
  amount: z.number(),
  cancel_amount: z.number(),
  currency: z.string(),
  /** True for a test channel. A row without it may be a test, so it is unreadable and never counts as live (G-20). */
  sandbox: z.boolean(),
  name: text,
  pay_method: text,
  channel: text,
  pg_provider: text,
  emb_pg_provider: text,
  pg_tid: text,
  pg_id: text,
  escrow: z.boolean().nullish().catch(null),
  apply_num: personalText,
  bank_code: text,
  bank_name: text,
  card_code: text,
  card_name: text,
  /** Sent by some PGs only (§4.4). The others send the card's name, which is its issuer's. */
  card_issuer_name: text,
  card_quota: z.number().int().nullish().catch(null),
  card_number: personalText,
  card_type: z.number().int().nullish().catch(null),
  vbank_code: text,
  vbank_name: text,
  vbank_num: personalText,
  vbank_holder: personalText,
  vbank_date: dueSeconds,
  vbank_issued_at: seconds,
  buyer_name: personalText,
  buyer_email: personalText,
  buyer_tel: personalText,
  buyer_addr: personalText,
  buyer_postcode: personalText,
  custom_data: text,
  user_agent: text,
  started_at: seconds,
  /** Null if the row has no time. Only 0 means that nobody has paid. */
  paid_at: secondsIfTold,
  failed_at: seconds,
  cancelled_at: seconds,
  fail_reason: text,
  cancel_reason: text,
  receipt_url: text,
  cancel_history: z
    .array(CancelEntry)
    .nullish()
    .transform((value) => value ?? []),
  /** Fixed accounts only: all deposits ever made (§4.4). */
  deposit_history: z
    .array(z.object({ amount: z.number(), deposited_at: seconds }))
    .nullish()
    .transform((value) => value ?? []),
  cancel_receipt_urls: z.array(z.string()).nullish().catch(null),
  cash_receipt_issued: z.boolean().nullish().catch(null),
  customer_uid: text,
  customer_uid_usage: text,
  /**
   * A discount that is written as text is read too, and one that cannot be read is not forgotten: without it, discounted money would look like a
   * forged amount (M-29).
   */
  promotion: z
    .object({ id: text, discount: looseNumber.nullable().catch(null) })
    .nullish()
    .catch(({ value }) => (value && !Array.isArray(value) ? { id: null, discount: null } : null)),
})
export type PaymentAnnotation = z.output<typeof PaymentAnnotation>

/**
 * The envelope of every V1 answer. HTTP 200 with `code != 0` is a failure (§4.1, G-05). `code` alone marks it as the gateway's: a failure can have
 * `data` instead of `response`, or no message (G-19).
 */
export const Envelope = z.object({
  code: z.number(),
  message: z
    .string()
    .nullish()
    .transform((value) => value ?? null)
    .catch(null),
  response: z.unknown().optional(),
})

/** `POST /users/getToken` (§4.2), in unix seconds of the gateway's clock. A token's life is `expired_at - now`. */
export const TokenAnswer = z.object({
  /** The token goes into a header. An invalid one would be kept until it expires, and every call would fail. */
  access_token: z.string().regex(/^[!-~]{1,512}$/),
  now: z.number(),
  expired_at: z.number(),
})

/** Pages count from 1; `next` and `previous` are page numbers or 0 (§4.3). */
export const PaymentPage = z.object({
  total: z.number(),
  previous: z.number(),
  next: z.number(),
  list: z.array(z.unknown()),
})

/** `POST /payments/prepare` (§4.3) fixes the amount before the window opens. */
export const PrepareAnswer = z.object({
  merchant_uid: z.string(),
  amount: z.number(),
  currency: z.string().nullish(),
})
