import type { Hono } from 'hono'
import { z } from 'zod'
import { giveAccount } from '../accounts.ts'
import { approve } from '../approving.ts'
import type { SandboxPayment } from '../ledger.ts'
import { REFUSALS } from '../scenarios.ts'
import type { SandboxEnv, State } from '../state.ts'
import { failedRow } from '../v1/payment-row.ts'
import { toMinor } from './amounts.ts'
import type { AwaitingConfirm } from './details.ts'
import { isoTime } from './iso-time.ts'
import { inputAs, pgProblem, problem } from './problems.ts'
import { tryOf } from './tries.ts'

const Minor = z.number().int().nonnegative()
const Confirm = z.object({
  storeId: z.string().optional(),
  paymentToken: z.string(),
  txId: z.string().optional(),
  currency: z.string().optional(),
  totalAmount: Minor.optional(),
  taxFreeAmount: Minor.optional(),
  isTest: z.boolean().optional(),
  skipWebhook: z.boolean().optional(),
})
type Confirm = z.output<typeof Confirm>

const TOO_LATE = '[EXPIRED] 결제 승인 가능 시간이 지났습니다.'

/** `POST /payments/{id}/confirm`: until then nothing is approved and no account issued (docs/gateway/portone-v2.md §11). */
export function confirmRoute(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/:paymentId/confirm', async (c) => {
    const asked = await inputAs(c, state, Confirm)
    if (asked instanceof Response) return asked
    const orderId = c.req.param('paymentId')
    const payment = tryOf(state, orderId, ({ v2 }) => v2?.held?.paymentToken === asked.paymentToken)
    if (payment === undefined) return problem(c, 'PAYMENT_NOT_FOUND')
    if (state.ledger.everPaid(orderId)) return problem(c, 'ALREADY_PAID')
    const held = payment.v2?.held ?? null
    if (held === null || held.paymentToken !== asked.paymentToken || payment.row.status !== 'ready')
      return problem(c, 'INVALID_PAYMENT_TOKEN')
    if (payment.row.vbank_num !== null) return problem(c, 'INVALID_PAYMENT_TOKEN')
    if (!isAsAsked(payment, asked)) return problem(c, 'INFORMATION_MISMATCH')
    const refusal = pgRefusal(state, payment, held)
    if (refusal !== null) {
      payment.row = failedRow(payment.row, refusal, state.clock.nowSeconds())
      await announceFailed(state, payment)
      return pgProblem(c, refusal)
    }
    await execute(state, payment, held, asked.skipWebhook === true)
    const { pg_tid: pgTxId } = payment.row
    return c.json({ pgTxId: pgTxId ?? '', paidAt: isoTime(state.clock.nowSeconds()) })
  })
}

/** Every check is optional. */
function isAsAsked({ paymentId, row, taxFree }: SandboxPayment, asked: Confirm): boolean {
  const pairs: readonly (readonly [asked: unknown, actual: unknown])[] = [
    [asked.txId, paymentId],
    [asked.currency, row.currency],
    [asked.totalAmount, toMinor(row.amount, row.currency)],
    [asked.taxFreeAmount, toMinor(taxFree, row.currency)],
    [asked.isTest, row.sandbox],
  ]
  return pairs.every(([expected, actual]) => expected === undefined || expected === actual)
}

function pgRefusal(state: State, payment: SandboxPayment, { heldAtMs }: AwaitingConfirm): string | null {
  const how = state.misbehaviour.of(payment.misbehaviour)
  if (heldAtMs + how.confirmWithinMs < state.clock.nowMs()) return TOO_LATE
  return how.confirm === 'refused' ? REFUSALS.limit.errorMsg : null
}

async function execute(
  state: State,
  payment: SandboxPayment,
  { means }: AwaitingConfirm,
  skipWebhook: boolean,
): Promise<void> {
  const before = payment.misbehaviour
  if (skipWebhook) payment.misbehaviour = { ...before, webhook: 'never' }
  if (means.method === 'vbank') await giveAccount(state, payment, means.bankCode ?? '088')
  else await approve(state, payment.paymentId, means)
  payment.misbehaviour = before
}

const announceFailed = (state: State, payment: SandboxPayment): Promise<void> =>
  state.webhooks.fire(payment, { status: 'failed' }, state.misbehaviour.of(payment.misbehaviour))
