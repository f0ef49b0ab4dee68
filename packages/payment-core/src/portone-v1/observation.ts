import { z } from 'zod'
import { MinorUnits, Currency } from '../money/money.ts'
import { toMinor } from './amounts.ts'
import { GatewayOrderId, PaymentId } from '../order/ids.ts'
import { type Cancel, type Details, type Method, type PaymentStatus } from '../payment/payment.ts'
import { PaymentAnnotation } from './wire.ts'
import type { Observation } from '../payment/observation.ts'
import { accountNumber, said, told, webAddress } from '../payment/told-text.ts'
import type { GatewayProblem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'

const Identified = z.object({ imp_uid: PaymentId, merchant_uid: GatewayOrderId })
const moneyFields = new Set<PropertyKey>([
  'amount',
  'cancel_amount',
  'currency',
  'cancel_history',
  'deposit_history',
])

/**
 * Reads the `response` of a V1 look-up. A record with valid ids and unreadable money is a problem for an operator (G-08); any other unreadable
 * record is looked up again (G-06).
 */
export function readPaymentV1(response: unknown): Result<Observation, GatewayProblem> {
  const row = PaymentAnnotation.safeParse(response)
  if (row.success) return observationFrom(row.data)
  const { issues } = row.error
  const identified = Identified.safeParse(response)
  const other = issues.find((issue) => !moneyFields.has(issue.path[0] ?? ''))
  const where = (other ?? issues[0])?.path.join('.') ?? ''
  if (!identified.success || other !== undefined) return fail({ kind: 'gateway_unreadable', where })
  const { imp_uid: paymentId, merchant_uid: orderId } = identified.data
  return fail({ kind: 'gateway_bad_money', paymentId, orderId, where })
}

/**
 * Reads a V1 payment. Money that cannot be read exactly is refused, never rounded (G-08). A partial cancel also has the status `cancelled`; the
 * amounts distinguish it (docs/gateway/portone-v1.md §4.4, M-11).
 */
function observationFrom(row: PaymentAnnotation): Result<Observation, GatewayProblem> {
  const unreadable = (where: string) =>
    fail({ kind: 'gateway_bad_money' as const, paymentId: row.imp_uid, orderId: row.merchant_uid, where })
  if (!PaymentId.safeParse(row.imp_uid).success) return fail({ kind: 'gateway_unreadable', where: 'imp_uid' })
  const currency = Currency.safeParse(row.currency)
  if (!currency.success) return unreadable('currency')
  const minor = (units: number): number | null => toMinor(units, currency.data)
  const amount = minor(row.amount)
  const cancelledAmount = minor(row.cancel_amount)
  if (amount === null) return unreadable('amount')
  if (cancelledAmount === null) return unreadable('cancel_amount')
  const cancels = cancelsFrom(row, minor)
  if (cancels === null) return unreadable('cancel_history')
  // An unreadable amount makes the sum unreadable, and exact amounts can have an inexact sum.
  const deposits = row.deposit_history.map((entry) => minor(entry.amount) ?? Number.NaN)
  const deposited = MinorUnits.safeParse(deposits.reduce((sum, each) => sum + each, 0))
  if (!deposited.success) return unreadable('deposit_history')
  return ok({
    paymentId: row.imp_uid,
    orderId: row.merchant_uid,
    gateway: 'portone-v1',
    status: statusFrom(row),
    amounts: [amount],
    currencies: [currency.data],
    testChannel: row.sandbox,
    deposited: deposited.data,
    ...(isUnpaid(row) ? { cancelledAmount: 0, cancels: [] } : { cancelledAmount, cancels }),
    details: detailsFrom(row, minor),
  })
}

/**
 * `ready` with an issued virtual account waits for a deposit; without one it is an open or abandoned window (G-14, docs/gateway/portone-v1.md
 * §2.3).
 */
function statusFrom(row: PaymentAnnotation): PaymentStatus {
  if (row.status === 'paid') return row.cancel_amount > 0 ? 'cancelled' : 'paid'
  if (isUnpaid(row)) return 'failed'
  if (row.status !== 'ready') return row.status
  return row.pay_method === 'vbank' && isIssued(row) ? 'awaiting_deposit' : 'ready'
}

/**
 * Cancelled before any money came, so nothing was returned (M-26): a virtual account, whatever sum its record says, and any payment of which
 * nothing went back. Without `paid_at` the amounts count.
 */
const isUnpaid = (row: PaymentAnnotation): boolean =>
  row.status === 'cancelled' && row.paid_at === 0 && (row.pay_method === 'vbank' || row.cancel_amount === 0)

/** Some PGs issue an account without telling its number; any other field shows that it exists (G-21). */
const isIssued = (row: PaymentAnnotation): boolean =>
  said(row.vbank_num) !== null ||
  said(row.vbank_code) !== null ||
  row.vbank_issued_at > 0 ||
  row.vbank_date > 0

function cancelsFrom(row: PaymentAnnotation, minor: (units: number) => number | null): Cancel[] | null {
  const cancels: Cancel[] = []
  const alike = new Map<string, number>()
  for (const entry of row.cancel_history) {
    const amount = minor(entry.amount)
    if (amount === null) return null
    // Without a cancellation id, use time and amount. The list's order is not documented, so the index is no id.
    const name = entry.cancellation_id ?? `${entry.cancelled_at}-${amount}`
    const before = alike.get(name) ?? 0
    alike.set(name, before + 1)
    cancels.push({
      id: before === 0 ? name : `${name}-${before}`,
      amount,
      atMs: toMs(entry.cancelled_at) ?? 0,
      reason: entry.reason,
    })
  }
  return cancels.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
}

function detailsFrom(row: PaymentAnnotation, minor: (units: number) => number | null): Details {
  return {
    method: methodFrom(row.pay_method),
    methodName: told(row.card_name) ?? told(row.bank_name) ?? told(row.emb_pg_provider) ?? walletName(row),
    cardNumber: told(row.card_number),
    bankName: told(row.vbank_name) ?? told(row.bank_name),
    accountNumber: accountNumber(row.vbank_num),
    accountHolder: told(row.vbank_holder),
    accountDueAtMs: toMs(row.vbank_date),
    receiptUrl: webAddress(row.receipt_url),
    failReason: row.fail_reason,
    discount: row.promotion ? Math.max(0, minor(row.promotion.discount ?? 0) ?? 0) : null,
    approval: approvalOf(row),
    approvalNumber: told(row.apply_num),
    cardIssuer: told(row.card_issuer_name) ?? told(row.card_name),
    startedAtMs: toMs(row.started_at),
    paidAtMs: toMs(row.paid_at),
    failedAtMs: toMs(row.failed_at),
    cancelledAtMs: toMs(row.cancelled_at),
  }
}

/** `pay_method` can differ from the request (kakaopay → point or card), and new values can appear: docs/gateway/portone-v1.md §6.2. */
function methodFrom(payMethod: string | null): Method | null {
  if (payMethod === null) return null
  if (payMethod === 'card' || payMethod === 'phone') return payMethod
  if (payMethod === 'trans') return 'transfer'
  if (payMethod === 'vbank') return 'virtual_account'
  return wallets.test(payMethod) ? 'easy_pay' : 'other'
}

/**
 * PGs that document approvals after the customer's return (docs/gateway/portone-v1.md §2.4): PayPal, Payletter, WeChat, Alipay, convenience stores.
 */
const approvesLater = /^(paypal_v2|payletter_global|wechat|alipay|cvs|paymentwall)/
const approvalOf = ({ pg_provider, emb_pg_provider, pay_method }: PaymentAnnotation): 'at_once' | 'later' =>
  [pg_provider, emb_pg_provider, pay_method].some((name) => approvesLater.test(String(name)))
    ? 'later'
    : 'at_once'

const wallets =
  /^(kakaopay|naverpay|tosspay|toss_brandpay|payco|samsung|applepay|kpay|lpay|ssgpay|skpay|pinpay|paypal|alipay|wechat|point)/

const walletName = (row: PaymentAnnotation): string | null =>
  methodFrom(row.pay_method) === 'easy_pay' ? row.pay_method : null

/** Converts unix seconds; 0 means *not happened* (V-07). Values too large for seconds are milliseconds. */
function toMs(seconds: number | null): number | null {
  if (seconds === null || seconds === 0) return null
  return seconds > 100_000_000_000 ? seconds : seconds * 1000
}
