import { z } from 'zod'
import { Currency, MinorUnits } from '../money/money.ts'
import { GatewayOrderId, PaymentId } from '../order/ids.ts'
import type { Personal } from '../personal.ts'

/**
 * The messages of PortOne V2 in the gateway's spelling: redirect, callback object, webhook bodies, payments and transactions. Outside this room
 * `paymentId` is `orderId`, and `transactionId` is `paymentId`. Sources: docs/gateway/portone-v2.md §3.1, §6, §10.1.
 */

/** The rest of a longer text is never shown. */
const RETURN_TEXT_MAX = 4_000
const loose = (meaning: string) =>
  z
    .union([z.string().overwrite((value) => value.slice(0, RETURN_TEXT_MAX)), z.boolean(), z.number()])
    .nullish()
    .catch(null)
    .describe(meaning)

/** The fields of the redirect's query, of the resolved object and of a thrown error (§3.1, §3.2). All are optional; unknown ones are ignored. */
export const ReturnFieldsV2 = z.object({
  paymentId: loose('The order’s id.'),
  payment_id: loose('The same, as an old guide spells it.'),
  txId: loose('The gateway’s id of the payment.'),
  transactionType: loose('What the window was opened for.'),
  paymentToken: loose('The token of a payment that the server must confirm.'),
  code: loose('The code of a failure.'),
  message: loose('The gateway’s text about a failure.'),
  pgCode: loose('The PG’s code of a failure.'),
  pgMessage: loose('The PG’s text about a failure.'),
})
export type ReturnFieldsV2 = z.infer<typeof ReturnFieldsV2>

/** An id as text; a number as its digits. Any other value counts as missing, so that one unreadable id does not hide the other. */
const idText = z
  .union([z.string().max(200), z.number().int().nonnegative().transform(String)])
  .nullish()
  .catch(null)

/** A webhook of version 2024-04-25 (§10.1). New types and fields may come (W-12). */
export const WebhookBodyV2 = z.object({
  type: z.string().max(100),
  timestamp: z.string().max(100).nullish().catch(null),
  /** A type that we do not know may have other data, or none. */
  data: z
    .object({ paymentId: idText, transactionId: idText, cancellationId: idText, storeId: idText })
    .catch({ paymentId: null, transactionId: null, cancellationId: null, storeId: null }),
})
export type WebhookBodyV2 = z.infer<typeof WebhookBodyV2>

/** A webhook of version 2024-01-01, JSON or form (§10.1). Without a status it is the question of the confirm process (§11). */
export const OldWebhookBodyV2 = z.object({
  payment_id: idText,
  tx_id: idText,
  status: z.string().max(40).nullish(),
})

/** Text for people only. An unreadable one counts as missing, so that it does not hide a payment. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value))
  .catch(null)
const personalText = text.transform((value): Personal | null => value)

/** RFC 3339 with any number of decimals, to epoch ms. An unreadable time counts as not told: no decision needs it (§6.5). */
export const rfc3339Ms = z.iso
  .datetime({ offset: true })
  .pipe(z.coerce.date())
  .transform((date): number | null => date.getTime())
  .nullish()
  .catch(null)
  .transform((ms) => ms ?? null)

/** A cancel that has returned money; all its fields that tell of money are required (§6.4). */
const SucceededCancellation = z.object({
  status: z.literal('SUCCEEDED'),
  id: z.string().min(1).max(100),
  totalAmount: MinorUnits,
  reason: text,
  requestedAt: rfc3339Ms,
  cancelledAt: rfc3339Ms,
})
/** A cancel under way or refused, or of a status that the gateway has added. It has returned nothing. */
const OtherCancellation = z.object({
  status: z.string().refine((status) => status !== 'SUCCEEDED', { abort: true }),
})

const Card = z.object({ issuer: text, name: text, number: personalText }).nullish().catch(null)
/** The fields of all classes of `method` that are shown. A new class has none of them. */
const MethodParts = z.object({
  type: text,
  card: Card,
  approvalNumber: personalText,
  provider: text,
  bank: text,
  convenienceStoreBrand: text,
  accountNumber: personalText,
  remitteeName: personalText,
  expiredAt: rfc3339Ms,
})
const PaymentMethod = MethodParts.extend({ easyPayMethod: MethodParts.nullish().catch(null) })

/** The fields that a payment and a transaction share (§6.1, §6.2). Only those that a decision needs are required (§6.5). */
const Try = z.object({
  status: z.enum([
    'READY',
    'PAY_PENDING',
    'VIRTUAL_ACCOUNT_ISSUED',
    'PAID',
    'FAILED',
    'PARTIAL_CANCELLED',
    'CANCELLED',
  ]),
  storeId: text,
  /** `V1` for a payment of V1, which V2 shows too (§1). */
  version: text,
  amount: z.object({
    total: MinorUnits,
    cancelled: MinorUnits,
    discount: z.number().int().nullish().catch(null),
  }),
  currency: Currency,
  channel: z.object({ type: text, pgProvider: text }).nullish().catch(null),
  method: PaymentMethod.nullish().catch(null),
  cancellations: z.array(z.union([SucceededCancellation, OtherCancellation])).nullish(),
  requestedAt: rfc3339Ms,
  paidAt: rfc3339Ms,
  failedAt: rfc3339Ms,
  cancelledAt: rfc3339Ms,
  receiptUrl: text,
  failure: z.object({ reason: text, pgMessage: text }).nullish().catch(null),
})

const paymentIds = { id: GatewayOrderId, transactionId: PaymentId }
const transactionIds = { id: PaymentId, paymentId: GatewayOrderId }

/** A payment as `GET /payments/{paymentId}` and the lists return it (§6.1). */
export const PaymentV2 = Try.extend(paymentIds).transform(({ id, transactionId, ...rest }) => ({
  ...rest,
  orderId: id,
  paymentId: transactionId,
}))
/** The ids of a payment, also where the rest is unreadable. */
export const PaymentIdsV2 = z
  .object(paymentIds)
  .transform(({ id, transactionId }) => ({ orderId: id, paymentId: transactionId }))

/** One try as `GET /payments/{paymentId}/transactions` returns it (§6.2). */
export const TransactionV2 = Try.extend(transactionIds).transform(({ id, paymentId, ...rest }) => ({
  ...rest,
  orderId: paymentId,
  paymentId: id,
}))
/** The ids of a transaction, also where the rest is unreadable. */
export const TransactionIdsV2 = z
  .object(transactionIds)
  .transform(({ id, paymentId }) => ({ orderId: paymentId, paymentId: id }))

export type TryV2 = z.output<typeof PaymentV2>

/** A page of payments; pages count from 0 (§5). */
export const PaymentPageV2 = z.object({
  items: z.array(z.unknown()),
  page: z.object({ number: z.number(), size: z.number(), totalCount: z.number() }),
})
/** All tries of an order (§5). */
export const TransactionListV2 = z.object({ items: z.array(z.unknown()) })

/** The answer to a cancel (§8). New statuses may come. */
export const CancelAnswerV2 = z.object({ cancellation: z.object({ status: z.string(), reason: text }) })
/** The answer to a confirmation (§11). */
export const ConfirmAnswerV2 = z.object({ paidAt: z.string() })

/** An error of the gateway itself (§4). `type` alone marks it as the gateway's. */
export const ErrorAnswerV2 = z.object({
  type: z.string().regex(/^[A-Z][A-Z0-9_]{1,99}$/),
  message: text,
  pgCode: text,
  pgMessage: text,
})
export type ErrorAnswerV2 = z.infer<typeof ErrorAnswerV2>
