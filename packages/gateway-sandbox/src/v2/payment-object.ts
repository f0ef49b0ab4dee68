import type { LedgerRow, SandboxPayment } from '../ledger.ts'
import type { VisibleRow } from '../v1/visible-rows.ts'
import type { State } from '../state.ts'
import { toMinor, vatOf } from './amounts.ts'
import { inShape } from './answer-shapes.ts'
import type { V2Answer } from './answer-shapes.ts'
import { cancellationsOf, taxFreeCancelled } from './cancellations.ts'
import { channelFields } from './channel-fields.ts'
import { isoTime } from './iso-time.ts'
import { methodOf } from './method-object.ts'
import { webhooksOf } from './webhook-objects.ts'

export type V2Status =
  | 'READY'
  | 'PAY_PENDING'
  | 'VIRTUAL_ACCOUNT_ISSUED'
  | 'PAID'
  | 'FAILED'
  | 'PARTIAL_CANCELLED'
  | 'CANCELLED'

/** An account whose time is up stays VIRTUAL_ACCOUNT_ISSUED: no source says that it changes (docs/gateway/portone-v2.md §17). */
export function statusOf({ payment, row }: VisibleRow): V2Status {
  switch (row.status) {
    case 'paid':
      return 'PAID'
    case 'failed':
      return 'FAILED'
    case 'cancelled':
      return row.cancel_amount < row.amount ? 'PARTIAL_CANCELLED' : 'CANCELLED'
    case 'ready':
      if (row.vbank_num !== null) return 'VIRTUAL_ACCOUNT_ISSUED'
      return payment.v2?.isPending === true ? 'PAY_PENDING' : 'READY'
  }
}

/** A payment as `GET /payments/{id}` answers it (docs/gateway/portone-v2.md §6). V1's payments are seen too, with `version` V1. */
export function paymentObject(state: State, seen: VisibleRow): V2Answer {
  const { payment } = seen
  const status = statusOf(seen)
  const answer = {
    status,
    id: payment.orderId,
    transactionId: payment.paymentId,
    ...commonFields(state, seen),
    webhooks: webhooksOf(state, payment.paymentId),
    origin: originOf(payment),
    ...stateFields(state, seen, status),
    ...(status === 'PAID' ? paidFields(state, seen) : {}),
  }
  return inShape(answer, state.misbehaviour.of(payment.misbehaviour))
}

/** One try. Here `id` names the try and `paymentId` the order; a paid one has neither disputes nor cancellations. */
export function transactionObject(state: State, seen: VisibleRow): V2Answer {
  const { payment } = seen
  const status = statusOf(seen)
  const answer = {
    status,
    id: payment.paymentId,
    paymentId: payment.orderId,
    ...commonFields(state, seen),
    ...stateFields(state, seen, status),
  }
  return inShape(answer, state.misbehaviour.of(payment.misbehaviour))
}

function commonFields(state: State, { payment, row }: VisibleRow): V2Answer {
  const { v2 } = payment
  const changedAt = isoTime(changedAtSeconds(row))
  const method = methodOf(row)
  const products = v2?.products ?? []
  return {
    merchantId: state.v2.merchantId,
    storeId: storeOf(state, payment),
    ...(method === null ? {} : { method }),
    ...channelFields(payment),
    version: v2 === undefined ? 'V1' : 'V2',
    requestedAt: isoTime(row.started_at),
    updatedAt: changedAt,
    statusChangedAt: changedAt,
    orderName: row.name ?? '',
    amount: amountOf(state, payment, row),
    currency: row.currency,
    customer: customerOf(payment),
    promotionId: row.promotion?.id ?? '',
    isCulturalExpense: v2?.isCulturalExpense ?? false,
    ...(products.length === 0 ? {} : { products, productCount: products.length }),
    ...(row.custom_data === null ? {} : { customData: row.custom_data }),
    ...(v2?.country == null ? {} : { country: v2.country }),
  }
}

const storeOf = (state: State, payment: SandboxPayment): string =>
  state.misbehaviour.of(payment.misbehaviour).namedStore ?? payment.v2?.storeId ?? state.v2.storeId

export const changedAtSeconds = (row: LedgerRow): number =>
  Math.max(row.started_at, row.vbank_issued_at, row.paid_at, row.failed_at, row.cancelled_at)

/** The fields of a payment and of a try. A cancelled account that never had a deposit has no `paidAt`. */
function stateFields(state: State, seen: VisibleRow, status: V2Status): V2Answer {
  const { payment, row } = seen
  const pgTxId = row.pg_tid === null ? {} : { pgTxId: row.pg_tid }
  const receipt = row.receipt_url === null ? {} : { receiptUrl: row.receipt_url }
  switch (status) {
    case 'READY':
      return {}
    case 'PAY_PENDING':
    case 'VIRTUAL_ACCOUNT_ISSUED':
      return pgTxId
    case 'PAID':
      return { paidAt: isoTime(row.paid_at), ...pgTxId, ...receipt, pgResponse: '{"resultCode":"0000"}' }
    case 'FAILED':
      return { failedAt: isoTime(row.failed_at), failure: failureOf(row) }
    case 'PARTIAL_CANCELLED':
    case 'CANCELLED':
      return {
        ...(row.paid_at === 0 ? {} : { paidAt: isoTime(row.paid_at) }),
        cancelledAt: isoTime(row.cancelled_at),
        cancellations: cancellationsOf(state, payment, row),
        ...pgTxId,
        ...receipt,
      }
  }
}

function paidFields(state: State, { payment, row }: VisibleRow): V2Answer {
  const cancellations = cancellationsOf(state, payment, row)
  const disputes = payment.v2?.disputes ?? []
  return {
    disputes: disputes.map(({ status, reason, createdAtMs, resolvedAtMs }) => ({
      status,
      reason,
      createdAt: isoTime(createdAtMs / 1000),
      ...(resolvedAtMs === null ? {} : { resolvedAt: isoTime(resolvedAtMs / 1000) }),
    })),
    ...(cancellations.length === 0 ? {} : { cancellations }),
    cashReceiptIssuanceStatus: 'NOT_ISSUED',
  }
}

function failureOf(row: LedgerRow) {
  const reason = row.fail_reason ?? ''
  const pgCode = /\[([^\]]+)\]/.exec(reason)?.[1]
  return { reason, ...(pgCode === undefined ? {} : { pgCode }), pgMessage: reason }
}

/** `total` is the order's price; `paid` is what was charged after a discount, and 0 before. */
function amountOf(state: State, payment: SandboxPayment, row: LedgerRow) {
  const minor = (units: number) => toMinor(units, row.currency)
  const discount = minor(row.promotion?.discount ?? 0)
  const total = minor(row.amount) + discount
  const taxFree = Math.min(minor(payment.taxFree), total)
  const vat = payment.v2?.vatAmount ?? vatOf(total - taxFree)
  return {
    total,
    taxFree,
    vat,
    supply: total - taxFree - vat,
    discount,
    paid: row.paid_at > 0 ? minor(row.amount) : 0,
    cancelled: minor(row.cancel_amount),
    cancelledTaxFree: taxFreeCancelled(state, row),
  }
}

function customerOf({ row, v2 }: SandboxPayment) {
  const given = {
    id: v2?.customerId,
    name: row.buyer_name,
    email: row.buyer_email,
    phoneNumber: row.buyer_tel,
    zipcode: row.buyer_postcode,
  }
  const address = row.buyer_addr === null ? {} : { address: { type: 'ONE_LINE', oneLine: row.buyer_addr } }
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)),
    ...address,
  }
}

function originOf({ row, v2 }: SandboxPayment) {
  const platformType = { pc: 'PC', mobile: 'MOBILE', api: 'API' }[row.channel ?? 'api']
  return {
    platformType,
    ipAddress: '203.0.113.7',
    ...(v2?.userAgent == null ? {} : { userAgent: v2.userAgent }),
  }
}
