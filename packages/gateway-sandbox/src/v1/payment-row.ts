import { BANKS, CARDS, nameOf } from './banks-and-cards.ts'
import { add, subtract } from '../exact-amounts.ts'
import { digits, type LedgerRow } from '../ledger.ts'
import type { Means } from '../scenarios.ts'

/**
 * The row of a payment in the gateway's field names (docs/gateway/portone-v1.md §4.4). Each function takes a row and the time in unix
 * seconds and returns the next row. Unset times are 0. A cancel changes neither `amount` nor `paid_at`.
 */

/** The fields that the opener of a row must give; the others have default values. */
type OpenedFields = Pick<
  LedgerRow,
  | 'imp_uid'
  | 'merchant_uid'
  | 'amount'
  | 'currency'
  | 'sandbox'
  | 'name'
  | 'pay_method'
  | 'channel'
  | 'pg_provider'
>

/** The row of an open window: `ready`, but not a virtual account (G-14). */
export const openedRow = (opened: OpenedFields & Partial<LedgerRow>, nowSeconds: number): LedgerRow => ({
  ...emptyRow,
  pg_id: opened.sandbox ? 'INIpayTest' : 'MOIlandfal',
  started_at: nowSeconds,
  ...opened,
})

/** The PG charges the amount minus the promotion's `discount` (docs/gateway/portone-v1.md §4.4). */
export function paidRow(
  row: LedgerRow,
  means: Means,
  amount: number,
  nowSeconds: number,
  discount = 0,
): LedgerRow {
  const pgTid = `StdpayCARDINIpay${nowSeconds}${digits(6)}`
  return {
    ...row,
    ...fieldsOf(means),
    amount: subtract(amount, discount),
    ...(discount === 0 ? {} : { promotion: { id: `promo_${digits(8)}`, discount } }),
    status: 'paid',
    pg_tid: pgTid,
    paid_at: nowSeconds,
    failed_at: 0,
    fail_reason: null,
    receipt_url: `https://iniweb.inicis.com/receipt?noTid=${pgTid}`,
  }
}

export const failedRow = (row: LedgerRow, reason: string, nowSeconds: number): LedgerRow => ({
  ...row,
  status: 'failed',
  failed_at: nowSeconds,
  fail_reason: reason,
})

/** Case 5: the row gets an account and stays `ready`. `card_quota` is 0 on these rows too (docs/gateway/portone-v1.md §4.4). */
export function accountRow(
  row: LedgerRow,
  bankCode: string,
  dueAtSeconds: number,
  amount: number,
  now: number,
): LedgerRow {
  return {
    ...row,
    amount,
    pay_method: 'vbank',
    status: 'ready',
    pg_tid: `StdpayVBNKINIpay${now}${digits(6)}`,
    card_quota: 0,
    vbank_code: bankCode,
    vbank_name: nameOf(BANKS, bankCode),
    vbank_num: `562${digits(11)}`,
    vbank_holder: '랜드폴상점',
    vbank_date: dueAtSeconds,
    vbank_issued_at: now,
  }
}

/** eximbay shows the account number only to the payer. The row has «unknown» and no bank, holder or due time. */
export const unknownAccountRow = (row: LedgerRow): LedgerRow => ({
  ...row,
  vbank_code: null,
  vbank_name: null,
  vbank_num: 'unknown',
  vbank_holder: null,
  vbank_date: 0,
})

export const depositedRow = (row: LedgerRow, nowSeconds: number): LedgerRow => ({
  ...row,
  status: 'paid',
  paid_at: nowSeconds,
})

/** Adds a deposit to a fixed account's row. A late or repeated deposit changes nothing else. */
export const withDeposit = (row: LedgerRow, amount: number, nowSeconds: number): LedgerRow => ({
  ...row,
  deposit_history: [...row.deposit_history, { amount, deposited_at: nowSeconds }],
})

type Returned = { readonly amount: number; readonly reason: string; readonly cancellationId: string }

/** A partial cancel also has status `cancelled`, with `0 < cancel_amount < amount` (docs/gateway/portone-v1.md §4.4, M-11). */
export function cancelledRow(row: LedgerRow, returned: Returned, nowSeconds: number): LedgerRow {
  const entry = {
    pg_tid: row.pg_tid,
    amount: returned.amount,
    cancelled_at: nowSeconds,
    reason: returned.reason,
    cancellation_id: returned.cancellationId,
    receipt_url: row.receipt_url,
  }
  return {
    ...row,
    status: 'cancelled',
    // Without this limit, a full cancel that is booked twice would refund more than was paid.
    cancel_amount: Math.min(row.amount, add(row.cancel_amount, returned.amount)),
    cancelled_at: nowSeconds,
    cancel_reason: returned.reason,
    cancel_history: [...row.cancel_history, entry],
  }
}

/** `pay_method` of the row can differ from the request: a wallet has `point`, and `emb_pg_provider` names it (docs/gateway/portone-v1.md §6.2). */
function fieldsOf(means: Means): Partial<LedgerRow> {
  switch (means.method) {
    case 'card':
      return {
        pay_method: 'card',
        apply_num: digits(8),
        card_code: means.cardCode ?? '366',
        card_name: nameOf(CARDS, means.cardCode ?? '366'),
        card_number: maskedNumber(means.cardNumber ?? '4242424242424242'),
        card_quota: means.cardQuota ?? 0,
        card_type: 0,
      }
    case 'trans':
      return {
        pay_method: 'trans',
        bank_code: means.bankCode ?? '088',
        bank_name: nameOf(BANKS, means.bankCode ?? '088'),
      }
    case 'phone':
    case 'vbank':
      return { pay_method: means.method }
    default:
      return { pay_method: 'point', emb_pg_provider: means.method }
  }
}

/** Masks a card number as `510737*********6`. The sandbox does not store the full number. */
function maskedNumber(entered: string): string {
  const number = entered.replaceAll(/\D/g, '')
  return `${number.slice(0, 6)}*********${number.slice(-1)}`
}

/** The default values of a row. */
const emptyRow: Omit<LedgerRow, keyof OpenedFields | 'pg_id' | 'started_at'> = {
  status: 'ready',
  cancel_amount: 0,
  emb_pg_provider: null,
  pg_tid: null,
  escrow: false,
  apply_num: null,
  bank_code: null,
  bank_name: null,
  card_code: null,
  card_name: null,
  card_issuer_name: null,
  card_quota: 0,
  card_number: null,
  card_type: null,
  vbank_code: null,
  vbank_name: null,
  vbank_num: null,
  vbank_holder: null,
  vbank_date: 0,
  vbank_issued_at: 0,
  user_agent: 'sorry_not_supported_anymore',
  paid_at: 0,
  failed_at: 0,
  cancelled_at: 0,
  fail_reason: null,
  cancel_reason: null,
  receipt_url: null,
  cancel_history: [],
  deposit_history: [],
  cancel_receipt_urls: [],
  cash_receipt_issued: false,
  customer_uid: null,
  customer_uid_usage: null,
  buyer_name: null,
  buyer_email: null,
  buyer_tel: null,
  buyer_addr: null,
  buyer_postcode: null,
  custom_data: null,
}
