import type { Hono } from 'hono'
import { requestCancel } from '../cancelling.ts'
import { CancelAsked } from './cancel-requests.ts'
import { answer, bodyAs, businessFailure, httpFailure } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import { freshCancellationId, type SandboxPayment } from '../ledger.ts'
import { writtenRow } from './visible-rows.ts'

const NO_SUCH_PAYMENT = '취소할 결제건이 존재하지 않습니다.'

export function cancelRoute(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/cancel', async (c) => {
    const asked = await bodyAs(c, CancelAsked)
    if (asked === null) return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    const payment = cancellable(state, asked)
    if (payment === undefined) {
      noteUnknown(state, asked)
      return businessFailure(c, NO_SUCH_PAYMENT)
    }
    const refusal = await requestCancel(state, payment, asked)
    if (refusal !== null) return businessFailure(c, refusal)
    return answer(c, writtenRow(state, { payment, row: payment.row }))
  })
}

/** Finds the payment by `imp_uid`, else the paid row of `merchant_uid`. */
function cancellable(state: State, asked: CancelAsked): SandboxPayment | undefined {
  const candidates = asked.impUid
    ? [state.ledger.find(asked.impUid)]
    : state.ledger.byOrder(asked.merchantUid ?? '')
  return candidates.find((payment) => payment !== undefined && payment.row.paid_at > 0)
}

/** Records the request, so that a test sees a cancel that named no payment. */
function noteUnknown(state: State, asked: CancelAsked): void {
  const nowMs = state.clock.nowMs()
  state.cancels.add({
    id: freshCancellationId(),
    impUid: null,
    askedAtMs: nowMs,
    asked,
    amount: asked.amount ?? 0,
    state: 'refused',
    told: NO_SUCH_PAYMENT,
    settledAtMs: nowMs,
  })
}
