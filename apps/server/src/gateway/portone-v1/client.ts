import {
  fail,
  ok,
  onePerPayment,
  PaymentPage,
  PrepareAnswer,
  readPaymentV1,
  TokenAnswer,
  toMinor,
  sameMoney,
  toUnits,
  type FixedAmount,
  type Money,
  type Observation,
} from '@landfall/payment-core'
import { z } from 'zod'
import { createSender, type AnswerOf, type Caller, type GatewayCall } from '../call.ts'
import type { FixAmountOutcome, Gateway, WriteOutcome } from '../gateway.ts'
import { sentAtMs } from '../header-times.ts'
import type { Http, HttpAnswer } from '../http.ts'
import { readResponse } from './answer.ts'
import { batchedLookups } from './batch.ts'
import { cancel, closeAccount } from './cancel.ts'
import { changedLimits, listChanged } from './list.ts'
import { holdToken, type TokenHolder } from './token.ts'

export type PortoneV1Settings = {
  readonly url: string
  readonly key: string
  readonly secret: string
  readonly lookupTimeoutMs: number
  /** A cancel's deadline. PGs are slow, and a cancel that outlasts it may still be executed (M-23). */
  readonly cancelTimeoutMs: number
}

/**
 * The most pages that are read of one order's payments. With more, the look-up concludes nothing, because an unread
 * payment might be the paid one (S-20).
 */
const PAGE_SIZE = 100
const PAGES_MAX = 10

/**
 * The i'mport / PortOne V1 REST API (docs/gateway/portone-v1.md §4). `nowMs` times intervals only: a monotonic clock (K-03).
 */
export function portoneV1(settings: PortoneV1Settings, http: Http, nowMs: () => number): Gateway {
  const send = createSender(settings.url, http)
  const token = holdToken(async () => {
    const body = { imp_key: settings.key, imp_secret: settings.secret }
    const answer = await send(
      { method: 'POST', path: '/users/getToken', body },
      null,
      settings.lookupTimeoutMs,
    )
    return answer.ok ? readResponse(answer.value, TokenAnswer) : answer
  }, nowMs)
  /** Gives all calls of one operation a common deadline: a renewed token, several pages, a read-back (S-14). */
  const callUntil = (endsAtMs: number = nowMs() + settings.lookupTimeoutMs): Caller => {
    const leftMs = (): number => Math.min(settings.lookupTimeoutMs, endsAtMs - nowMs())
    return (call) => withToken(call, (each, authorization) => send(each, authorization, leftMs()), token)
  }
  const write: Caller = (call) =>
    withToken(call, (each, authorization) => send(each, authorization, settings.cancelTimeoutMs), token)
  const lookupPayments = batchedLookups({
    nowMs,
    timeoutMs: settings.lookupTimeoutMs,
    callerUntil: callUntil,
    lookupOne: lookupPayment,
  })
  return {
    callsPerLookup: 1,
    checkKey: async () => {
      const held = await token.get()
      return held.ok ? ok(null) : held
    },
    lookup: (ref, priority) => {
      if (ref.by === 'order') return lookupOrder(callUntil(), ref.orderId)
      // An unknown payment is usually missing from a batch's answer and would need a second call. It goes alone, within
      // the share of its priority (D-01).
      return priority === 'stranger'
        ? lookupPayment(callUntil(), ref.paymentId)
        : lookupPayments(ref.paymentId)
    },
    fixAmount: (orderId, money, how) => fixAmount(callUntil(), orderId, money, how),
    fixedAmount: (orderId) => fixedAmount(callUntil(), orderId),
    cancel: (request) => requireToken(token, () => cancel(callUntil(), write, request)),
    // V1 charges in its window.
    confirm: null,
    closeAccount: (paymentId) => requireToken(token, () => closeAccount(write, paymentId)),
    changed: (window, page) => listChanged(callUntil(), window, page),
    changedLimits,
  }
}

/**
 * Repeats a call once, with a new token, when the gateway answers 401: a token can expire in flight (G-01,
 * docs/gateway/portone-v1.md §7.16).
 */
async function withToken(
  call: GatewayCall,
  send: (call: GatewayCall, authorization: string) => AnswerOf<HttpAnswer>,
  token: TokenHolder,
): AnswerOf<HttpAnswer> {
  const first = await token.get()
  if (!first.ok) return first
  const answer = await send(call, first.value)
  if (!answer.ok || answer.value.status !== 401) return answer
  token.refused(first.value)
  const second = await token.get()
  return second.ok ? send(call, second.value) : second
}

/** Gets a token before the write, so that a failure to get one is `not_sent` and not `unknown`. */
async function requireToken(token: TokenHolder, write: () => Promise<WriteOutcome>): Promise<WriteOutcome> {
  const held = await token.get()
  return held.ok ? write() : { kind: 'not_sent', problem: held.problem }
}

/**
 * Since 2026-01-26 the gateway answers 404 for a test channel's payment unless `include_sandbox` is set. Landfall reads
 * such payments in order to reject them (G-12).
 */
async function lookupPayment(call: Caller, paymentId: string): AnswerOf<readonly Observation[]> {
  const answer = await call({
    method: 'GET',
    path: `/payments/${encodeURIComponent(paymentId)}?include_sandbox=true`,
  })
  if (!answer.ok) return answer
  const row = readResponse(answer.value, z.unknown(), paymentId)
  if (!row.ok) return row
  const seen = readPaymentV1(row.value)
  if (!seen.ok) return seen
  if (seen.value.paymentId !== paymentId)
    return fail({ kind: 'gateway_wrong_record', asked: paymentId, got: seen.value.paymentId })
  return ok([seen.value])
}

/**
 * Reads all payments of an order. `find` returns only one, so that a later abandoned payment can hide an earlier paid one
 * (docs/gateway/portone-v1.md §4.5, G-17).
 */
async function lookupOrder(call: Caller, orderId: string): AnswerOf<readonly Observation[]> {
  const found: Observation[] = []
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const path = `/payments/findAll/${encodeURIComponent(orderId)}?page=${page}&limit=${PAGE_SIZE}&sorting=-started`
    const answer = await call({ method: 'GET', path })
    if (!answer.ok) return answer
    const read = readResponse(answer.value, PaymentPage, orderId)
    if (!read.ok) return page === 1 && read.problem.kind === 'unknown_payment' ? ok([]) : read
    for (const row of read.value.list) {
      const seen = readPaymentV1(row)
      if (!seen.ok) return seen
      if (seen.value.orderId !== orderId)
        return fail({ kind: 'gateway_wrong_record', asked: orderId, got: seen.value.orderId })
      found.push(seen.value)
    }
    // The list may shift between two pages, so that both hold the same payment (G-15).
    if (read.value.next === 0) return ok(onePerPayment(found))
  }
  return fail({ kind: 'gateway_unreadable', where: `more than ${PAGES_MAX * PAGE_SIZE} tries` })
}

/**
 * Calls `POST /payments/prepare`, or `PUT` to replace a fixed amount (docs/gateway/portone-v1.md §4.3). When the gateway
 * refuses, reads the fixed amount back: an earlier attempt of ours may have fixed it, or somebody else (M-22).
 */
async function fixAmount(
  call: Caller,
  orderId: string,
  money: Money,
  how?: 'replace',
): AnswerOf<FixAmountOutcome> {
  const body = {
    merchant_uid: orderId,
    amount: toUnits(money.amount, money.currency),
    currency: money.currency,
  }
  const replaced = how === undefined ? null : await call({ method: 'PUT', path: '/payments/prepare', body })
  if (replaced?.ok === true && readResponse(replaced.value, z.unknown()).ok)
    return ok({ kind: 'fixed', atMs: sentAtMs(replaced.value) })
  const sent = await call({ method: 'POST', path: '/payments/prepare', body })
  if (!sent.ok) return sent
  const fixed = readResponse(sent.value, z.unknown())
  if (fixed.ok) return ok({ kind: 'fixed', atMs: sentAtMs(sent.value) })
  if (fixed.problem.kind !== 'gateway_refused' || fixed.problem.status >= 500) return fixed
  const held = await fixedAmount(call, orderId, money.currency)
  if (!held.ok || held.value.kind !== 'held') return fixed
  return ok({ kind: sameMoney(held.value.money, money) ? 'held' : 'conflict' })
}

/**
 * Calls `GET /payments/prepare/{merchant_uid}`. Its answer for an order id without a fixed amount is undocumented; a
 * refusal by the gateway itself counts as that.
 */
async function fixedAmount(call: Caller, orderId: string, usual = 'KRW'): AnswerOf<FixedAmount> {
  const asked = await call({ method: 'GET', path: `/payments/prepare/${encodeURIComponent(orderId)}` })
  if (!asked.ok) return asked
  // Without this endpoint, no amount can be fixed. A proxy's page is no answer of the gateway, and would let money be sent back (S-23).
  const isMissing = asked.value.status === 404 || asked.value.status === 405
  if (isMissing && !/^\s*</.test(asked.value.text)) return ok({ kind: 'none' })
  const held = readResponse(asked.value, PrepareAnswer.nullable(), orderId)
  if (held.ok && held.value === null) return ok({ kind: 'none' })
  if (!held.ok) {
    const { problem } = held
    const isNo = problem.kind === 'gateway_refused' && problem.status < 400 && problem.code !== null
    return isNo ? ok({ kind: 'none' }) : held
  }
  const currency = held.value?.currency ?? usual
  const amount = toMinor(held.value?.amount ?? Number.NaN, currency)
  return amount === null
    ? fail({ kind: 'gateway_unreadable', where: 'amount' })
    : ok({ kind: 'held', money: { amount, currency } })
}
