import { ok, type Money } from '@landfall/payment-core'
import { z } from 'zod'
import type { Log } from '../../log/log.ts'
import { createSender, type AnswerOf, type Caller } from '../call.ts'
import type { FixAmountOutcome, Gateway } from '../gateway.ts'
import { sentAtMs } from '../header-times.ts'
import type { Http } from '../http.ts'
import { readAnswerV2 } from './answer.ts'
import { changedLimitsV2, listChangedV2 } from './list.ts'
import { listCall, lookupOrderV2, lookupPaymentV2, pathOf, readPage, type LookupsV2 } from './lookup.ts'
import { cancelV2, closeAccountV2, confirmV2, type WritesV2 } from './writes.ts'

export type PortoneV2Settings = {
  readonly url: string
  readonly secret: string
  readonly storeId: string
  readonly lookupTimeoutMs: number
  /** The deadline of a cancel and of a confirmation. PGs are slow, and a write that outlasts it may still be executed (M-23). */
  readonly cancelTimeoutMs: number
}

/** The share of a look-up's time that the unstable list of tries may use. */
const TRIES_TIME_SHARE = 0.5

/**
 * The PortOne V2 REST API (docs/gateway/portone-v2.md §4, §5). `nowMs` times intervals only: a monotonic clock (K-03). `log` is told when a look-up
 * had to go on without the list of an order's tries.
 */
export function portoneV2(
  settings: PortoneV2Settings,
  http: Http,
  nowMs: () => number,
  log: Pick<Log, 'warn'>,
): Gateway {
  const { storeId, lookupTimeoutMs, cancelTimeoutMs } = settings
  const send = createSender(settings.url, http)
  /** Every call carries the secret; there is no token to renew (§4). All calls of one operation share its deadline (S-14). */
  const callWithin = (limitMs: number): Caller => {
    const endsAtMs = nowMs() + limitMs
    return (call) => send(call, `PortOne ${settings.secret}`, endsAtMs - nowMs())
  }
  const call = (): Caller => callWithin(lookupTimeoutMs)
  const lookups = (): LookupsV2 => ({
    storeId,
    log,
    call: call(),
    callBriefly: callWithin(lookupTimeoutMs * TRIES_TIME_SHARE),
  })
  const writes = (): WritesV2 => ({
    storeId,
    read: call(),
    // The preparing read does not shorten the write.
    write: (each) => callWithin(cancelTimeoutMs)(each),
  })
  return {
    // The payment, and its tries.
    callsPerLookup: 2,
    checkKey: () => checkKey(call(), storeId),
    lookup: (ref) =>
      ref.by === 'order'
        ? lookupOrderV2(lookups(), ref.orderId)
        : lookupPaymentV2(lookups(), ref.paymentId, ref.orderId),
    // Whether a second call replaces the amount is not known; it asks the same either way (§17).
    fixAmount: (orderId, money) => preRegister(call(), storeId, orderId, money),
    // Nothing reads it back (§5), so money of another amount goes to a person (M-22).
    fixedAmount: async () => ok({ kind: 'unknown' }),
    cancel: (request) => cancelV2(writes(), request),
    closeAccount: (paymentId, orderId) => closeAccountV2(writes(), paymentId, orderId),
    confirm: (request) => confirmV2(writes(), request),
    changed: (window, page) => listChangedV2(call(), storeId, window, page),
    changedLimits: changedLimitsV2,
  }
}

/** The shortest list proves key and store. `POST /login/api-secret` would end other programs' tokens (§4). */
async function checkKey(call: Caller, storeId: string): AnswerOf<null> {
  const answer = await call(listCall({ page: { number: 0, size: 1 }, filter: { storeId } }))
  if (!answer.ok) return answer
  const page = readPage(answer.value)
  return page.ok ? ok(null) : page
}

/** `POST /payments/{paymentId}/pre-register`: a window that asks for another amount is then refused before it opens (§11). */
async function preRegister(
  call: Caller,
  storeId: string,
  orderId: string,
  { amount, currency }: Money,
): AnswerOf<FixAmountOutcome> {
  const body = { storeId, totalAmount: amount, currency }
  const answer = await call({ method: 'POST', path: `${pathOf(orderId)}/pre-register`, body })
  if (!answer.ok) return answer
  const fixed = readAnswerV2(answer.value, z.object({}), null)
  return fixed.ok ? ok({ kind: 'fixed', atMs: sentAtMs(answer.value) }) : fixed
}
