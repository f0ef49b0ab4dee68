import type { PaymentAnnotation } from '@landfall/payment-core'
import type { Hono } from 'hono'
import { z } from 'zod'
import { answer, bodyAs, businessFailure, httpFailure } from './envelope.ts'
import type { Env } from './envelope.ts'
import type { Payment } from './ledger.ts'
import { cancelledRow } from './payment-row.ts'
import type { State } from './state.ts'

/** `POST /payments/cancel` (portone.md §4.6). Form values arrive as strings, hence the coercion. */
const REASON_MAX = 256
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
const Sum = z.union([z.literal('').transform(() => null), z.coerce.number()]).nullish()
const Cancel = z.object({
  imp_uid: z.string().nullish(),
  merchant_uid: z.string().nullish(),
  amount: Sum,
  /** What the caller believes is left; another figure, and nothing is done. null: unchecked. */
  checksum: Sum,
  reason: z.string().max(REASON_MAX).nullish(),
  refund_holder: z.string().nullish(),
  refund_bank: z.string().nullish(),
  refund_account: z.string().nullish(),
  enable_webhook: Flag.nullish(),
})
type Cancel = z.infer<typeof Cancel>

export function cancelRoute(api: Hono<Env>, state: State): void {
  api.post('/payments/cancel', async (c) => {
    const asked = await bodyAs(c, Cancel)
    if (asked === null) return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    const payment = cancellable(state, asked)
    if (payment === undefined) return businessFailure(c, '취소할 결제건이 존재하지 않습니다.')
    const left = payment.row.amount - payment.row.cancel_amount
    // Omitted and 0 both mean everything that is left.
    const amount = asked.amount === 0 ? left : (asked.amount ?? left)
    const objection = objectionTo(asked, payment.row, amount, left)
    if (objection !== null) return businessFailure(c, objection)
    await cancel(state, payment, asked, amount)
    return answer(c, payment.row)
  })
}

/** imp_uid wins over merchant_uid; of an order's rows, the one that holds money. */
function cancellable(state: State, asked: Cancel): Payment | undefined {
  const candidates = asked.imp_uid
    ? [state.ledger.find(asked.imp_uid)]
    : state.ledger.byOrder(asked.merchant_uid ?? '')
  return candidates.find((payment) => payment !== undefined && payment.row.paid_at > 0)
}

/** The first two texts are the gateway's (portone.md §4.1, §4.6); for the others no sample is known. */
function objectionTo(asked: Cancel, row: PaymentAnnotation, amount: number, left: number): string | null {
  if (left <= 0) return '이미 전액취소된 주문입니다.'
  if (amount > left)
    return '결제취소에 실패하였습니다.(requested cancel amount is bigger than cancelable amount)'
  if (amount < 0) return '취소 요청금액이 올바르지 않습니다.'
  if (typeof asked.checksum === 'number' && asked.checksum !== left) {
    return '취소 가능 잔액이 일치하지 않습니다. (checksum)'
  }
  const hasAccount = Boolean(asked.refund_bank && asked.refund_account && asked.refund_holder)
  if (row.pay_method === 'vbank' && !hasAccount) {
    return '가상계좌 환불을 위한 환불계좌 정보가 누락되었습니다. (refund_holder, refund_bank, refund_account)'
  }
  return null
}

/** Silent unless `enable_webhook`, and then only where the payment itself used a webhook (portone.md §3.2). */
async function cancel(state: State, payment: Payment, asked: Cancel, amount: number): Promise<void> {
  payment.row = cancelledRow(payment.row, amount, asked.reason ?? '', state.clock.nowSeconds())
  if (asked.enable_webhook !== true) return
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  const how = state.misbehaviour.of(payment.misbehaviour)
  await state.webhooks.fire(payment, { status: 'cancelled', cancellationId }, how)
}
