import { z } from 'zod'
import type { Personal } from '../personal.ts'

/**
 * The wire of i'mport / PortOne V1 in the gateway's own spelling: redirect query, callback object, webhook
 * body, payment. Past this file `merchant_uid` is `orderId` and `imp_uid` is `paymentId`. Facts: docs/gateway/portone-v1.md
 * §1.3, §2.1, §3.1, §4.4.
 */

/**
 * `imp_` and 12 digits today, fewer or more in older payments, `imps_` for scheduled ones, at most 32 characters by
 * the schema (docs/gateway/portone-v1.md §1.2).
 */
export const ImpUid = z
  .string()
  .max(32)
  .regex(/^imps?_[A-Za-z0-9_-]+$/)

/** More than is ever shown of a text; the rest of a longer one is dropped. */
const RETURN_TEXT_MAX = 4_000
const cut = z.string().overwrite((value) => value.slice(0, RETURN_TEXT_MAX))
const Loose = z.union([cut, z.boolean(), z.number()]).nullish().catch(null)
/**
 * What the redirect's query and the SDK's callback object may carry. Every key is optional, values may be
 * strings, booleans, null or numbers, and unknown keys are ignored: some PGs send `success`, older pages
 * `imp_status`, some no flag (§2.1), one old script misspells `error_coe` (§1.3).
 */
export const ReturnFields = z.object({
  imp_uid: Loose,
  merchant_uid: Loose,
  imp_success: Loose,
  success: Loose,
  imp_status: Loose,
  error_code: Loose,
  error_coe: Loose,
  error_msg: Loose,
})
export type ReturnFields = z.infer<typeof ReturnFields>

/** The fields that name what a return is about, as a refusal tells them. */
export const RETURN_ID_FIELDS = 'imp_uid, merchant_uid'

/**
 * An id as text. A number is read as its digits while it holds them exactly. What is no text is as good as absent: one
 * id that cannot be read must not hide the other (W-20).
 */
const idText = (lengthMax: number) =>
  z
    .union([z.string().max(lengthMax), z.number().int().nonnegative().transform(String)])
    .nullish()
    .catch(null)

/**
 * V1 webhook, JSON or form. Not signed (§3.1). `status` may grow words we do not know (W-19): it is a claim
 * like any other.
 */
export const WebhookBody = z.object({
  imp_uid: idText(64),
  merchant_uid: idText(200),
  status: z.string().max(40).nullish(),
  cancellation_id: idText(64),
})
export type WebhookBody = z.infer<typeof WebhookBody>

/** For people only: one that cannot be read is as good as absent and must not hide what was paid. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value))
  .catch(null)
const personalText = text.transform((value): Personal | null => value)
/** The last number that is a moment, in any unit: a page that shows a later one throws. */
const MOMENT_MAX = 8_640_000_000_000_000
/** Unix seconds, 0 when it has not happened (§4.4). Some PGs' come with a fraction: the second has begun (G-20). */
const seconds = z
  .number()
  .nonnegative()
  .max(MOMENT_MAX)
  .nullish()
  .transform((value) => Math.floor(value ?? 0))
  .catch(0)

/** An order as the gateway names it: perhaps a stranger's, but text that either database can hold (M-17). */
export const GatewayOrderId = z
  .string()
  .max(200)
  .refine((id) => id.isWellFormed() && !id.includes('\0'))

export const CancelEntry = z.object({
  pg_tid: text,
  amount: z.number(),
  cancelled_at: seconds,
  reason: text,
  cancellation_id: text,
  receipt_url: text,
})

/**
 * A payment as `GET /payments/{imp_uid}` tells it (§4.4), the fields we use. Only seven are required by the
 * gateway's schema; the others may be null or absent, and times are 0 when unset. `amount` stays unchanged
 * after a cancel; a partial cancel has status `cancelled` with `0 < cancel_amount < amount`.
 */
export const PaymentAnnotation = z.object({
  imp_uid: z.string().max(64),
  merchant_uid: GatewayOrderId,
  status: z.enum(['ready', 'paid', 'cancelled', 'failed']),
  amount: z.number(),
  cancel_amount: z.number(),
  currency: z.string(),
  /** true on a test channel. A row that does not say so may be of one: it cannot be read, and is never live (G-20). */
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
  /** From some PGs alone (§4.4); the others tell the card's name, which is its issuer's. */
  card_issuer_name: text,
  card_quota: z.number().int().nullish().catch(null),
  card_number: personalText,
  card_type: z.number().int().nullish().catch(null),
  vbank_code: text,
  vbank_name: text,
  vbank_num: personalText,
  vbank_holder: personalText,
  vbank_date: seconds,
  vbank_issued_at: seconds,
  buyer_name: personalText,
  buyer_email: personalText,
  buyer_tel: personalText,
  buyer_addr: personalText,
  buyer_postcode: personalText,
  custom_data: text,
  user_agent: text,
  started_at: seconds,
  /** Null where the row does not tell: 0 alone says that nobody has paid. */
  paid_at: z
    .number()
    .nonnegative()
    .max(MOMENT_MAX)
    .nullish()
    .transform((value) => (typeof value === 'number' ? Math.floor(value) : null))
    .catch(null),
  failed_at: seconds,
  cancelled_at: seconds,
  fail_reason: text,
  cancel_reason: text,
  receipt_url: text,
  cancel_history: z
    .array(CancelEntry)
    .nullish()
    .transform((value) => value ?? []),
  /** Fixed unlimited accounts alone: every deposit ever made into it (§4.4). */
  deposit_history: z
    .array(z.object({ amount: z.number(), deposited_at: seconds }))
    .nullish()
    .transform((value) => value ?? []),
  cancel_receipt_urls: z.array(z.string()).nullish().catch(null),
  cash_receipt_issued: z.boolean().nullish().catch(null),
  customer_uid: text,
  customer_uid_usage: text,
  promotion: z.object({ id: text, discount: z.number() }).nullish().catch(null),
})
export type PaymentAnnotation = z.output<typeof PaymentAnnotation>
/** What a gateway sends: the same before zeros and nulls are made alike. */
export type PaymentAnnotationInput = z.input<typeof PaymentAnnotation>

/**
 * Every V1 answer: HTTP 200 with `code != 0` is a failure (§4.1, G-05). `code` alone makes it the gateway's: a failure
 * may come without `response`, with `data` in its place, and without a message (G-19).
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

/**
 * `POST /users/getToken` (§4.2): unix seconds by the gateway's own clock, so a token's life is `expired_at -
 * now`.
 */
export const TokenAnswer = z.object({
  /** It goes into a header. One that cannot stand there would be kept, and stop every call, until it expires. */
  access_token: z.string().regex(/^[!-~]{1,512}$/),
  now: z.number(),
  expired_at: z.number(),
})

/** Lists are paged from 1; `next` and `previous` are page numbers or 0 (§4.3). */
export const PaymentPage = z.object({
  total: z.number(),
  previous: z.number(),
  next: z.number(),
  list: z.array(z.unknown()),
})

/** `POST /payments/prepare` (§4.3): fixes the amount before the window opens. */
export const PrepareAnswer = z.object({
  merchant_uid: z.string(),
  amount: z.number(),
  currency: z.string().nullish(),
})
