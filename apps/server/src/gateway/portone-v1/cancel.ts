import {
  fail,
  ok,
  PaymentAnnotation,
  toUnits,
  type GatewayProblem,
  type RefundAccount,
} from '@landfall/payment-core'
import { z } from 'zod'
import type { AnswerOf, Caller, GatewayCall } from '../call.ts'
import type { GatewayCancelRequest, WriteOutcome } from '../gateway.ts'
import { unansweredWrite } from '../unanswered-write.ts'
import { readResponse } from './answer.ts'

/**
 * Calls `POST /payments/cancel`. V1 has no idempotency key; `checksum`, the expected balance, prevents a double cancel
 * (docs/gateway/portone-v1.md §4.6). `ask` makes reads; `write` has the cancel's own deadline.
 */
export async function cancel(
  ask: Caller,
  write: Caller,
  request: GatewayCancelRequest,
): Promise<WriteOutcome> {
  const { currency } = request.money
  const refund =
    request.refundAccount === null
      ? ok({})
      : await refundFields(ask, request.paymentId, request.refundAccount)
  if (!refund.ok) return beforeSending(refund.problem)
  const units = (minor: number): number => toUnits(minor, currency)
  const body = {
    imp_uid: request.paymentId,
    merchant_uid: request.orderId,
    amount: units(request.money.amount),
    ...(request.taxFree === null ? {} : { tax_free: units(request.taxFree) }),
    ...(request.vat === null ? {} : { vat_amount: units(request.vat) }),
    checksum: units(request.expectedBalance),
    reason: request.reason.slice(0, 256),
    ...refund.value,
  }
  return outcomeOf(write, { method: 'POST', path: '/payments/cancel', body })
}

/**
 * Calls `DELETE /vbanks/{imp_uid}`: 400 unless the account is `ready` (docs/gateway/portone-v1.md §4.3). Some PGs need a
 * separate key, or cannot close accounts (V-10).
 */
export const closeAccount = (write: Caller, paymentId: string): Promise<WriteOutcome> =>
  outcomeOf(write, { method: 'DELETE', path: `/vbanks/${encodeURIComponent(paymentId)}` })

async function outcomeOf(write: Caller, call: GatewayCall): Promise<WriteOutcome> {
  const sent = await write(call)
  if (!sent.ok) return unansweredWrite(sent.problem)
  const answer = readResponse(sent.value, z.unknown())
  if (answer.ok) return { kind: 'accepted' }
  const { problem } = answer
  if (problem.kind === 'gateway_busy') return { kind: 'not_sent', problem }
  // The gateway checks the token first, so a 401 has executed nothing.
  if (problem.kind === 'gateway_refused' && problem.status === 401) return { kind: 'not_sent', problem }
  return problem.kind === 'gateway_refused' && problem.status < 500 && problem.code !== null
    ? { kind: 'refused', text: problem.message ?? `code ${problem.code}` }
    : unknown(problem)
}

const unknown = (problem: GatewayProblem): WriteOutcome => ({ kind: 'unknown', problem })

/**
 * The outcome when a preparing read failed: no cancel was sent. A bank for which the PG has no code counts as a refusal.
 */
const beforeSending = (problem: GatewayProblem): WriteOutcome =>
  problem.kind === 'gateway_refused' && problem.status === 0
    ? { kind: 'refused', text: problem.message ?? '' }
    : { kind: 'not_sent', problem }

/**
 * The refund account's fields. The bank code is that of the payment's own PG (docs/gateway/portone-v1.md §6.3), which
 * only the payment's record names.
 */
async function refundFields(
  call: Caller,
  paymentId: string,
  to: RefundAccount,
): AnswerOf<Record<string, string>> {
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

/**
 * Kiwoompay's bank codes by standard code: KB, SC, IBK, NH, Busan, Shinhan, KEB, Woori, Korea Post, Hana
 * (docs/gateway/portone-v1.md §6.3).
 */
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

/** Converts a standard three-digit bank code to the PG's own; null when the PG has none for that bank. */
export function refundBank(pgProvider: string | null, standard: string): string | null {
  if (pgProvider === 'daou') return daouBanks[standard] ?? null
  const two = standard.startsWith('0') ? standard.slice(1) : null
  if (pgProvider !== null && /^kcp(_|$)/.test(pgProvider)) return two === null ? null : `BK${two}`
  if (pgProvider !== null && /^(html5_)?inicis(_|$)/.test(pgProvider)) return two
  return standard
}
