import { createHash } from 'node:crypto'
import { CancelAnswerV2, ConfirmAnswerV2, type ErrorAnswerV2 } from '@landfall/payment-core'
import { z } from 'zod'
import type { Caller, GatewayCall } from '../call.ts'
import type { ConfirmRequest, GatewayCancelRequest, WriteOutcome } from '../gateway.ts'
import { unansweredWrite } from '../unanswered-write.ts'
import { errorIn, readAnswerV2, textOfError } from './answer.ts'
import { currentPayment, pathOf } from './lookup.ts'
import { refundBankV2 } from './refund-bank.ts'

export type WritesV2 = {
  readonly storeId: string
  readonly read: Caller
  /** Has the deadline of a write. */
  readonly write: Caller
}

const REASON_LENGTH_MAX = 256

/**
 * Calls `POST /payments/{paymentId}/cancel`. Two guards keep money from going back twice: the balance that we believe in, and an idempotency key made of
 * the intent, under which a repeat gets the first call's answer (docs/gateway/portone-v2.md §4, §8; M-06).
 */
export async function cancelV2(writes: WritesV2, request: GatewayCancelRequest): Promise<WriteOutcome> {
  const { orderId, paymentId, money, expectedBalance, taxFree, vat, refundAccount: to } = request
  const bank = to === null ? null : refundBankV2(to.bank)
  if (to !== null && bank === null)
    return { kind: 'refused', text: `the gateway has no word for bank ${to.bank}` }
  const other = await unlessShown(writes, paymentId, orderId)
  if (other !== null) return other
  const body = {
    storeId: writes.storeId,
    amount: money.amount,
    ...(taxFree === null ? {} : { taxFreeAmount: taxFree }),
    ...(vat === null ? {} : { vatAmount: vat }),
    currentCancellableAmount: expectedBalance,
    reason: request.reason.slice(0, REASON_LENGTH_MAX),
    ...(to === null
      ? {}
      : {
          refundAccount: {
            bank,
            number: to.account,
            holderName: to.holder,
            ...(to.tel === undefined ? {} : { holderPhoneNumber: to.tel }),
          },
        }),
  }
  const key = keyOf('cancel', request.intentId, String(request.refusals), orderId, JSON.stringify(body))
  const call = { method: 'POST', path: `${pathOf(orderId)}/cancel`, body, headers: key } as const
  return outcomeOf(writes.write, call, CancelAnswerV2, ({ cancellation }) => {
    // A requested cancel is agreed to and settled later; the record shows when (M-23).
    if (cancellation.status === 'SUCCEEDED' || cancellation.status === 'REQUESTED')
      return { kind: 'accepted' }
    return cancellation.status === 'FAILED'
      ? { kind: 'refused', text: 'FAILED' }
      : { kind: 'unknown', problem: { kind: 'gateway_unreadable', where: 'cancellation.status' } }
  })
}

/**
 * Calls `POST /payments/{paymentId}/virtual-account/close`. A second close of one account does nothing, so it needs no key
 * (docs/gateway/portone-v2.md §9).
 */
export async function closeAccountV2(
  writes: WritesV2,
  paymentId: string,
  orderId: string,
): Promise<WriteOutcome> {
  const other = await unlessShown(writes, paymentId, orderId)
  if (other !== null) return other
  const path = `${pathOf(orderId)}/virtual-account/close?storeId=${encodeURIComponent(writes.storeId)}`
  return outcomeOf(writes.write, { method: 'POST', path }, z.object({}), () => ({ kind: 'accepted' }))
}

/**
 * Calls `POST /payments/{paymentId}/confirm`: the gateway compares amount, currency and try with what the customer approved, and only then charges
 * (docs/gateway/portone-v2.md §11). A repeat of an unanswered confirmation gets the first call's answer.
 */
export function confirmV2(
  writes: WritesV2,
  { orderId, paymentId, paymentToken, money }: ConfirmRequest,
): Promise<WriteOutcome> {
  const body = {
    storeId: writes.storeId,
    paymentToken,
    ...(paymentId === null ? {} : { txId: paymentId }),
    totalAmount: money.amount,
    currency: money.currency,
  }
  const headers = keyOf('confirm', orderId, JSON.stringify(body))
  const call = { method: 'POST', path: `${pathOf(orderId)}/confirm`, body, headers } as const
  return outcomeOf(writes.write, call, ConfirmAnswerV2, () => ({ kind: 'accepted' }))
}

/**
 * Null when the order's payment at the gateway is this try. A cancel and a close name the order alone, and would reach another try's money or account
 * (docs/gateway/portone-v2.md §8). Otherwise the write is not sent.
 */
async function unlessShown(
  { read, storeId }: WritesV2,
  paymentId: string,
  orderId: string,
): Promise<WriteOutcome | null> {
  const shown = await currentPayment({ call: read, storeId }, orderId)
  // A replica that is behind knows of no payment either: that is no refusal (S-20).
  if (!shown.ok) return { kind: 'not_sent', problem: shown.problem }
  const got = shown.value.paymentId
  return got === paymentId
    ? null
    : { kind: 'not_sent', problem: { kind: 'gateway_wrong_record', asked: paymentId, got } }
}

/** The parts decide the key, so that a repeat has the same one and another request never does. A quoted string of RFC 8941. */
const keyOf = (...parts: readonly string[]): Record<string, string> => ({
  'idempotency-key': `"${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}"`,
})

async function outcomeOf<T>(
  write: Caller,
  call: GatewayCall,
  schema: z.ZodType<T>,
  accept: (answer: T) => WriteOutcome,
): Promise<WriteOutcome> {
  const sent = await write(call)
  if (!sent.ok) return unansweredWrite(sent.problem)
  const answer = readAnswerV2(sent.value, schema)
  if (answer.ok) return accept(answer.value)
  const { problem } = answer
  if (problem.kind === 'gateway_busy') return { kind: 'not_sent', problem }
  const { status } = sent.value
  // The gateway checks the key first, so a 401 has executed nothing.
  if (status === 401) return { kind: 'not_sent', problem }
  const error = errorIn(sent.value)
  return error !== null && isRefusal(status, error)
    ? { kind: 'refused', text: textOfError(error) }
    : { kind: 'unknown', problem }
}

/**
 * Whether the error proves that nothing was executed. An earlier request under the same key may still run (§4). A PG's error proves it only with the
 * PG's own code and text, and not when the text tells of a fault or a time-out: such a cancel may have been executed (§17; M-23).
 */
function isRefusal(status: number, { type, pgCode, pgMessage }: ErrorAnswerV2): boolean {
  if (status < 500) return !type.startsWith('IDEMPOTENCY_')
  if (status !== 502 || type !== 'PG_PROVIDER' || pgCode === null || pgMessage === null) return false
  return !mayBeExecuted.test(pgMessage)
}

/** Words of a PG about a lost connection, a time-out, a fault of a system, or a request that still runs. */
const mayBeExecuted =
  /time(?:d |-)?\s?out|connect|network|socket|reset|response|unavailable|internal|system|unknown|\berror|progress|pending|통신|네트워크|연결|접속|응답|시스템|전산|장애|지연|시간[^.|]{0,12}(?:초과|만료|경과)|세션|점검|일시적|처리\s?중|진행\s?중|알\s?수\s?없는|오류/i
