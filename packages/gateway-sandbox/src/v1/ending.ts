import type { PaymentAnnotation } from '@landfall/payment-core'
import iconv from 'iconv-lite'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { Refusal } from '../scenarios.ts'
import type { ResultV2 } from '../v2/details.ts'

/** The argument of the SDK's callback. A payment refused before the window has `imp_uid: null` (docs/gateway/portone-v1.md §1.3). */
export type CallbackResult = {
  readonly imp_uid: string | null
  readonly merchant_uid: string
  readonly success?: boolean
  readonly error_code?: string
  readonly error_msg?: string
  readonly [key: string]: unknown
}

/** The window's result for the browser: a redirect, a callback, or neither. */
export type Ending = {
  /** The redirect address. null on the desktop, without `m_redirect_url`, and for a lost tab. */
  readonly redirectUrl: string | null
  readonly method: 'GET' | 'POST'
  /** The form fields when `method` is POST. `redirectUrl` then has only the merchant's own query. */
  readonly form: Readonly<Record<string, string>> | null
  /** 2: a background request precedes the navigation. */
  readonly times: 1 | 2
  /** Only on the desktop: on a phone the browser has left the page with the callback. */
  readonly callback: CallbackResult | null
  /** V2's result for the script of the page that opened the window. With `redirectUrl` the script goes there. */
  readonly result?: ResultV2
}

/** The fields of a payment that select the browser's destination. */
type Returning = {
  readonly row: PaymentAnnotation
  readonly returnBy: 'redirect' | 'callback'
  readonly mRedirectUrl: string | null
}

const NOWHERE: Ending = { redirectUrl: null, method: 'GET', form: null, times: 1, callback: null }

/** `refusal` null means that the window's step succeeded. It does not mean that money moved (docs/gateway/portone-v1.md §2.1). */
export function endingOf(
  payment: Returning,
  refusal: Refusal | null,
  mode: Misbehaviour['redirect'],
): Ending {
  if (mode === 'never') return NOWHERE
  if (payment.returnBy === 'callback')
    return { ...NOWHERE, callback: callbackResult(payment.row, refusal, mode) }
  if (payment.mRedirectUrl === null) return NOWHERE
  const fields = returnFields(payment.row, refusal, mode)
  if (mode === 'post') {
    return { ...NOWHERE, redirectUrl: payment.mRedirectUrl, method: 'POST', form: fields }
  }
  const encode = mode === 'euc_kr' ? percentEncodeEucKr : encodeURIComponent
  const redirectUrl = withQuery(payment.mRedirectUrl, fields, encode)
  return { ...NOWHERE, redirectUrl, times: mode === 'twice' ? 2 : 1 }
}

/** Appends the fields to the merchant's query and keeps the fragment (docs/gateway/portone-v1.md §2.1). */
export function withQuery(
  url: string,
  fields: Readonly<Record<string, string>>,
  encode: (text: string) => string = encodeURIComponent,
): string {
  const [beforeHash = '', ...hash] = new URL(url).href.split('#')
  const query = Object.entries(fields).map(([key, value]) => `${key}=${encode(value)}`)
  const joint = beforeHash.includes('?') ? (/[?&]$/.test(beforeHash) ? '' : '&') : '?'
  return [`${beforeHash}${joint}${query.join('&')}`, ...hash].join('#')
}

function returnFields(row: PaymentAnnotation, refusal: Refusal | null, mode: Misbehaviour['redirect']) {
  return {
    imp_uid: row.imp_uid,
    merchant_uid: row.merchant_uid,
    ...flagFields(row, refusal === null, mode),
    ...errorFields(refusal),
  }
}

/** PGs with the new modules, and INICIS bank transfer, send no flag (docs/gateway/portone-v1.md §2.4). */
const FLAGLESS_PROVIDERS = new Set(['tosspayments', 'ksnet', 'nice_v2', 'smartro_v2', 'welcome'])
const isFlagless = (row: PaymentAnnotation): boolean =>
  FLAGLESS_PROVIDERS.has(row.pg_provider ?? '') ||
  (row.pg_provider === 'html5_inicis' && row.pay_method === 'trans')

function flagFields(
  row: PaymentAnnotation,
  went: boolean,
  mode: Misbehaviour['redirect'],
): Record<string, string> {
  if (mode === 'none') return {}
  if (mode === 'success') return { success: String(went) }
  if (mode === 'wrong') return { imp_success: String(!went) }
  return isFlagless(row) ? {} : { imp_success: String(went) }
}

function errorFields(refusal: Refusal | null): Record<string, string> {
  if (refusal === null) return {}
  const code = refusal.errorCode === null ? {} : { error_code: refusal.errorCode }
  return { ...code, error_msg: refusal.errorMsg }
}

/** The legacy script's callback object (docs/gateway/portone-v1.md §1.3). Without a flag it has only the four fields of the new script. */
function callbackResult(
  row: PaymentAnnotation,
  refusal: Refusal | null,
  mode: Misbehaviour['redirect'],
): CallbackResult {
  const ids = { imp_uid: row.imp_uid, merchant_uid: row.merchant_uid, ...errorFields(refusal) }
  if (mode === 'none' || (mode !== 'wrong' && isFlagless(row))) return ids
  return {
    ...ids,
    success: mode === 'wrong' ? refusal !== null : refusal === null,
    status: row.status,
    pay_method: row.pay_method,
    paid_amount: row.amount,
    name: row.name,
    currency: row.currency,
    pg_provider: row.pg_provider,
    emb_pg_provider: row.emb_pg_provider,
    pg_tid: row.pg_tid,
    pg_type: 'payment',
    buyer_name: row.buyer_name,
    buyer_email: row.buyer_email,
    buyer_tel: row.buyer_tel,
    custom_data: row.custom_data,
    paid_at: row.paid_at,
    receipt_url: row.receipt_url,
    ...(row.vbank_num === null
      ? { apply_num: row.apply_num, card_name: row.card_name, card_quota: row.card_quota }
      : {
          vbank_num: row.vbank_num,
          vbank_name: row.vbank_name,
          vbank_holder: row.vbank_holder,
          vbank_date: row.vbank_date,
        }),
  }
}

/** Some PGs use EUC-KR. Their percent-encoded bytes are not valid UTF-8. */
export function percentEncodeEucKr(text: string): string {
  return [...iconv.encode(text, 'euc-kr')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9\-_.~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}
