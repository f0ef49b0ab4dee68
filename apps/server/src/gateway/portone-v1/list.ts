import { ok, PaymentPage, readPaymentV1 } from '@landfall/payment-core'
import { z } from 'zod'
import type { ChangedPage, ChangedPayment, ChangedWindow } from '../gateway.ts'
import { sentAtMs } from '../header-times.ts'
import type { AnswerOf, Caller } from '../call.ts'
import { readResponse } from './answer.ts'

const PAGE_SIZE = 100
/** The lists reach back 90 days and count whole seconds (docs/gateway/portone-v1.md §4.3). */
export const changedLimits = { reachMs: 89 * 24 * 3_600_000, windowMinMs: 2_000 }

/**
 * Calls `GET /payments/status/{status}` (docs/gateway/portone-v1.md §4.3): payments that became paid or cancelled within
 * a window. The window filters by the time of that status. A 404 and a page past the end count as an empty page.
 */
export async function listChanged(call: Caller, window: ChangedWindow, page: number): AnswerOf<ChangedPage> {
  const [from, to] = [Math.floor(window.fromMs / 1000), Math.ceil(window.toMs / 1000)]
  const query = `page=${page}&limit=${PAGE_SIZE}&from=${from}&to=${to}&sorting=started`
  const answer = await call({ method: 'GET', path: `/payments/status/${window.status}?${query}` })
  if (!answer.ok) return answer
  const atMs = sentAtMs(answer.value)
  const read = readResponse(answer.value, PaymentPage, window.status)
  if (!read.ok) {
    const none = read.problem.kind === 'unknown_payment' || (page > 1 && answer.value.status === 400)
    return none ? ok({ payments: [], nextPage: null, total: 0, atMs }) : read
  }
  const payments = read.value.list.flatMap((row) => changedFrom(row))
  const { next, total } = read.value
  return ok({ payments, nextPage: next === 0 ? null : next, total, atMs })
}

const Ids = z.object({ imp_uid: z.string(), merchant_uid: z.string() })

/** Keeps a row that names its payment, even when the rest is unreadable: a look-up can still read it. */
function changedFrom(row: unknown): ChangedPayment[] {
  const ids = Ids.safeParse(row)
  if (!ids.success) return []
  const seen = readPaymentV1(row)
  const named = {
    gateway: 'portone-v1',
    paymentId: ids.data.imp_uid,
    orderId: ids.data.merchant_uid,
  } as const
  if (!seen.ok) return [{ ...named, facts: null }]
  const { status, cancelledAmount, deposited } = seen.value
  return [{ ...named, facts: { status, cancelledAmount, deposited } }]
}
