import type { Hono } from 'hono'
import { z } from 'zod'
import type { SandboxPayment } from '../ledger.ts'
import type { SandboxEnv, State } from '../state.ts'
import { failedRow } from '../v1/payment-row.ts'
import { isoTime } from './iso-time.ts'
import { inputAs, pgProblem, problem } from './problems.ts'
import { tryOf } from './tries.ts'

const Close = z.object({ storeId: z.string().optional() })
const NOT_CLOSED = '[CLOSE] 가상계좌 말소를 지원하지 않는 PG사입니다.'

const isWaiting = ({ row, accountClosed }: SandboxPayment): boolean =>
  row.status === 'ready' && row.vbank_num !== null && !accountClosed

/** `POST /payments/{id}/virtual-account/close`, which has no body. The payment becomes FAILED (docs/gateway/portone-v2.md §7, §9). */
export function accountRoutesV2(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/:paymentId/virtual-account/close', async (c) => {
    const input = await inputAs(c, state, Close)
    if (input instanceof Response) return input
    const payment = tryOf(state, c.req.param('paymentId'), isWaiting)
    if (payment === undefined) return problem(c, 'PAYMENT_NOT_FOUND')
    if (!isWaiting(payment)) return problem(c, 'PAYMENT_NOT_WAITING_FOR_DEPOSIT')
    const how = state.misbehaviour.of(payment.misbehaviour)
    if (how.accountClosing !== 'normal') return pgProblem(c, NOT_CLOSED)
    payment.accountClosed = true
    payment.row = failedRow(payment.row, '계좌말소', state.clock.nowSeconds())
    await state.webhooks.fire(payment, { status: 'failed' }, how)
    return c.json({ closedAt: isoTime(state.clock.nowSeconds()) })
  })
}
