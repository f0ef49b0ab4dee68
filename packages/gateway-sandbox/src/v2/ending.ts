import type { SandboxPayment } from '../ledger.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { Refusal } from '../scenarios.ts'
import { percentEncodeEucKr, withQuery } from '../v1/ending.ts'
import type { Ending } from '../v1/ending.ts'
import type { ResultV2, V2Details } from './details.ts'
import { freshV2Id } from './ids.ts'

const NOWHERE: Ending = { redirectUrl: null, method: 'GET', form: null, times: 1, callback: null }
const REFUSED = 'FAILURE_TYPE_PG'
/** Our reading: a return that lies about a payment that went well. */
const INVENTED: Refusal = { errorCode: 'PAY_PROCESS_CANCELED', errorMsg: '사용자가 결제를 취소하셨습니다' }

/** `refusal` null means that the window's step succeeded. It does not mean that money moved. */
export function endingOfV2(
  payment: SandboxPayment,
  v2: V2Details,
  refusal: Refusal | null,
  how: Misbehaviour,
): Ending {
  v2.isPending = refusal === null && isUnpaid(payment) && v2.held === null
  if (how.redirect === 'never') return NOWHERE
  const fields = fieldsOf(payment, v2, toldRefusal(refusal, how.redirect), how)
  if (v2.window === 'REDIRECTION') return redirectOf(payment.mRedirectUrl, fields, how.redirect)
  const { redirectUrl } = v2.forceRedirect ? redirectOf(payment.mRedirectUrl, fields, how.redirect) : NOWHERE
  return { ...NOWHERE, redirectUrl, result: fields }
}

const isUnpaid = ({ row }: SandboxPayment): boolean => row.status === 'ready' && row.vbank_num === null

function redirectOf(url: string | null, fields: ResultV2, mode: Misbehaviour['redirect']): Ending {
  if (url === null) return NOWHERE
  if (mode === 'post') return { ...NOWHERE, redirectUrl: url, method: 'POST', form: fields }
  const encode = mode === 'euc_kr' ? percentEncodeEucKr : encodeURIComponent
  return { ...NOWHERE, redirectUrl: withQuery(url, fields, encode), times: mode === 'twice' ? 2 : 1 }
}

/** Only a `code` says that a payment failed. `none` leaves it out, `wrong` says the opposite. */
function toldRefusal(refusal: Refusal | null, mode: Misbehaviour['redirect']): Refusal | null {
  if (mode === 'none') return null
  if (mode === 'wrong') return refusal === null ? INVENTED : null
  return refusal
}

function fieldsOf(
  payment: SandboxPayment,
  v2: V2Details,
  refusal: Refusal | null,
  { returnKeys }: Misbehaviour,
): ResultV2 {
  const token = v2.held !== null && refusal === null ? { paymentToken: v2.held.paymentToken } : {}
  return { ...idsOf(payment, returnKeys), ...token, ...failureOf(refusal) }
}

function idsOf({ orderId, paymentId }: SandboxPayment, keys: Misbehaviour['returnKeys']): ResultV2 {
  const kind = { transactionType: 'PAYMENT' }
  switch (keys) {
    case 'all':
      return { paymentId: orderId, ...kind, txId: paymentId }
    case 'payment_id_only':
      return { paymentId: orderId }
    case 'snake_case':
      return { payment_id: orderId, ...kind, tx_id: paymentId }
    case 'no_tx':
      return { paymentId: orderId, ...kind }
    case 'another_tx':
      return { paymentId: orderId, ...kind, txId: freshV2Id(0) }
  }
}

function failureOf(refusal: Refusal | null): ResultV2 {
  if (refusal === null) return {}
  const { errorCode, errorMsg, codeV2 } = refusal
  if (codeV2 !== undefined) return { code: codeV2, message: errorMsg }
  const pg = { ...(errorCode === null ? {} : { pgCode: errorCode }), pgMessage: errorMsg }
  return { code: REFUSED, message: errorMsg, ...pg }
}
