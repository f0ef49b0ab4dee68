import type { Hono } from 'hono'
import { z } from 'zod'
import { requestCancel } from '../cancelling.ts'
import type { CancelAsked } from './cancel-requests.ts'
import { answer, bodyAs, businessFailure, httpFailure } from './envelope.ts'
import type { SandboxEnv } from '../connection.ts'
import { freshCancellationId } from '../ledger.ts'
import type { SandboxPayment } from '../ledger.ts'
import { writtenRow } from './row-shapes.ts'
import type { State } from '../state.ts'

/** `POST /payments/cancel` (docs/gateway/portone-v1.md §4.6). The schema coerces, because form values are strings. */
const REASON_MAX = 256
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
const Sum = z.union([z.literal('').transform(() => null), z.coerce.number()]).nullish()
const Cancel = z.object({
  imp_uid: z.string().nullish(),
  merchant_uid: z.string().nullish(),
  amount: Sum,
  /** The balance that the caller expects. A different balance refuses the cancel. null: no check. */
  checksum: Sum,
  tax_free: Sum,
  vat_amount: Sum,
  reason: z.string().max(REASON_MAX).nullish(),
  refund_holder: z.string().nullish(),
  refund_bank: z.string().nullish(),
  refund_account: z.string().nullish(),
  refund_tel: z.string().nullish(),
  enable_webhook: Flag.nullish(),
})

const NO_SUCH_PAYMENT = '취소할 결제건이 존재하지 않습니다.'

export function cancelRoute(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/cancel', async (c) => {
    const body = await bodyAs(c, Cancel)
    if (body === null) return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    const asked = askedOf(body)
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

const askedOf = (body: z.infer<typeof Cancel>): CancelAsked => ({
  impUid: body.imp_uid ?? null,
  merchantUid: body.merchant_uid ?? null,
  amount: body.amount ?? null,
  checksum: body.checksum ?? null,
  taxFree: body.tax_free ?? null,
  vatAmount: body.vat_amount ?? null,
  reason: body.reason ?? null,
  refundHolder: body.refund_holder ?? null,
  refundBank: body.refund_bank ?? null,
  refundAccount: body.refund_account ?? null,
  refundTel: body.refund_tel ?? null,
  enableWebhook: body.enable_webhook ?? false,
})

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
