import { fail, ok, PaymentAnnotation, toUnits, type RefundAccount } from '@landfall/payment-core'
import { z } from 'zod'
import type { CancelRequest } from './gateway.ts'
import { readResponse, type Answer, type Caller } from './v1-answer.ts'

/** `POST /payments/cancel` with `checksum`: V1 has no idempotency key (portone.md §4.6). */
export async function cancel(call: Caller, request: CancelRequest): Answer<null> {
  const { currency } = request.money
  const refund =
    request.refundAccount === null
      ? ok({})
      : await refundFields(call, request.paymentId, request.refundAccount)
  if (!refund.ok) return refund
  const body = {
    imp_uid: request.paymentId,
    merchant_uid: request.orderId,
    amount: toUnits(request.money.amount, currency),
    checksum: toUnits(request.expectedBalance, currency),
    reason: request.reason.slice(0, 256),
    ...refund.value,
  }
  const sent = await call({ method: 'POST', path: '/payments/cancel', body })
  if (!sent.ok) return sent
  const answer = readResponse(sent.value, z.unknown())
  return answer.ok ? ok(null) : answer
}

/** `DELETE /vbanks/{imp_uid}`: 400 once it is no longer `ready` (§4.3). */
export async function closeAccount(call: Caller, paymentId: string): Answer<null> {
  const sent = await call({ method: 'DELETE', path: `/vbanks/${encodeURIComponent(paymentId)}` })
  if (!sent.ok) return sent
  const answer = readResponse(sent.value, z.unknown(), paymentId)
  return answer.ok ? ok(null) : answer
}

/** The bank is named in the code set of the payment's own PG (§6.3), which only the payment tells. */
async function refundFields(
  call: Caller,
  paymentId: string,
  to: RefundAccount,
): Answer<Record<string, string>> {
  const asked = await call({
    method: 'GET',
    path: `/payments/${encodeURIComponent(paymentId)}?include_sandbox=true`,
  })
  if (!asked.ok) return asked
  const row = readResponse(asked.value, PaymentAnnotation.pick({ pg_provider: true }), paymentId)
  if (!row.ok) return row
  const bank = refundBank(row.value.pg_provider, to.bank)
  if (bank === null)
    return fail({
      kind: 'gateway_refused',
      status: 0,
      code: null,
      message: `the PG has no code for bank ${to.bank}`,
    })
  return ok({
    refund_holder: to.holder,
    refund_bank: bank,
    refund_account: to.account,
    ...(to.tel === undefined ? {} : { refund_tel: to.tel }),
  })
}

/** Kiwoompay's own numbers, by standard code: KB, SC, IBK, NH, Busan, Shinhan, KEB, Woori, post office, Hana (§6.3). */
const daouBanks: Readonly<Record<string, string>> = {
  '004': '04',
  '023': '11',
  '003': '03',
  '011': '08',
  '032': '15',
  '088': '10',
  '005': '05',
  '020': '09',
  '071': '31',
  '081': '12',
}

/** A standard three-digit code as the PG writes it; null when the PG has none for that bank. */
export function refundBank(pgProvider: string | null, standard: string): string | null {
  if (pgProvider === 'daou') return daouBanks[standard] ?? null
  const two = standard.startsWith('0') ? standard.slice(1) : null
  if (pgProvider !== null && /^kcp(_|$)/.test(pgProvider)) return two === null ? null : `BK${two}`
  if (pgProvider !== null && /^(html5_)?inicis(_|$)/.test(pgProvider)) return two
  return standard
}
