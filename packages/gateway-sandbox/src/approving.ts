import { fail, ok, type Result } from '@landfall/payment-core'
import { depositSoon, issueAccount } from './accounts.ts'
import { inBackground } from './background.ts'
import type { Ending } from './v1/ending.ts'
import type { SandboxPayment } from './ledger.ts'
import { failedRow, paidRow } from './v1/payment-row.ts'
import { describe, unknown } from './refused.ts'
import type { SandboxRefusal } from './refused.ts'
import { CLOSED, outcomeOf, underHabit } from './scenarios.ts'
import type { Means, Refusal } from './scenarios.ts'
import type { State } from './state.ts'
import { holdForShop } from './v2/holding.ts'
import { endWindow, openWindow } from './window/end.ts'

type Ended = Promise<Result<Ending, SandboxRefusal>>

/** The 결제하기 button. The sentinels choose the outcome. The `approval` switch chooses when an approved payment becomes paid. */
export async function pay(state: State, paymentId: string, means: Means): Ended {
  const open = openWindow(state, paymentId)
  if (!open.ok) return open
  const payment = open.value
  // Use the method chosen in the window, not the requested one: the return's flags depend on it (docs/gateway/portone-v1.md §2.4).
  const pgProvider = means.pgProvider ?? payment.row.pg_provider
  payment.row = { ...payment.row, pay_method: means.method, pg_provider: pgProvider }
  const { approval } = state.misbehaviour.of(payment.misbehaviour)
  const outcome = underHabit(outcomeOf(payment.row.name ?? '', means), approval, means)
  switch (outcome.kind) {
    case 'refuse':
      return refuse(state, paymentId, outcome.refusal)
    case 'close':
      return close(state, paymentId, outcome.leaves)
    case 'refuse_then_approve': {
      const ended = await refuse(state, paymentId, outcome.refusal)
      approveLate(state, paymentId, means)
      return ended
    }
    case 'claim_failure_then_approve':
      approveLate(state, paymentId, means)
      return ok(endWindow(state, payment, outcome.refusal))
    case 'approve_late': {
      approveLate(state, paymentId, means)
      const ending = endWindow(state, payment, null)
      await announce(state, payment, 'pay_pending')
      return ok(ending)
    }
    case 'approve':
    case 'deposit_soon': {
      const held = await holdForShop(state, payment, means)
      if (held === 'until_confirmed') return ok(endWindow(state, payment, null))
      if (held !== null) return refuse(state, paymentId, held)
      if (means.method !== 'vbank') return approve(state, paymentId, means)
      if (outcome.kind === 'deposit_soon') depositSoon(state, payment)
      return issueAccount(state, paymentId, means.bankCode ?? '088')
    }
  }
}

/** Approves the payment regardless of the sentinels. On a `failed` payment this is a late approval without a return. */
export async function approve(state: State, paymentId: string, means: Means, amount?: number): Ended {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  const { row } = payment
  const isApprovable = (row.status === 'ready' && row.vbank_num === null) || row.status === 'failed'
  if (!isApprovable) return fail(`${paymentId} is ${describe(payment)}: it cannot be approved`)
  const how = state.misbehaviour.of(payment.misbehaviour)
  const asked = amount ?? how.forgedAmount ?? row.amount
  // A discount as large as the amount would leave nothing to charge.
  const discount = how.promotionDiscount !== null && how.promotionDiscount < asked ? how.promotionDiscount : 0
  const opened = { ...row, pg_provider: means.pgProvider ?? row.pg_provider }
  payment.row = paidRow(opened, means, asked, state.clock.nowSeconds(), discount)
  const ending = endWindow(state, payment, null)
  await state.webhooks.fire(payment, { status: 'paid' }, how)
  return ok(ending)
}

export async function refuse(state: State, paymentId: string, refusal: Refusal): Ended {
  const open = openWindow(state, paymentId)
  if (!open.ok) return open
  return ok(await endFailed(state, open.value, refusal))
}

export async function close(state: State, paymentId: string, leaves?: 'failed' | 'ready'): Ended {
  const open = openWindow(state, paymentId)
  if (!open.ok) return open
  const payment = open.value
  const left = leaves ?? state.misbehaviour.of(payment.misbehaviour).closeLeaves
  return ok(left === 'failed' ? await endFailed(state, payment, CLOSED) : endWindow(state, payment, CLOSED))
}

async function endFailed(state: State, payment: SandboxPayment, refusal: Refusal): Promise<Ending> {
  payment.row = failedRow(payment.row, refusal.errorMsg, state.clock.nowSeconds())
  const ending = endWindow(state, payment, refusal)
  await announce(state, payment, 'failed')
  return ending
}

const announce = (state: State, payment: SandboxPayment, status: string): Promise<void> =>
  state.webhooks.fire(payment, { status }, state.misbehaviour.of(payment.misbehaviour))

/** Schedules the approval in `approvalLateMs`. With null the test calls `approve`. */
function approveLate(state: State, paymentId: string, means: Means): void {
  const payment = state.ledger.find(paymentId)
  const lateMs = state.misbehaviour.of(payment?.misbehaviour ?? {}).approvalLateMs
  if (lateMs !== null) state.clock.after(lateMs, () => inBackground(approve(state, paymentId, means)))
}
