import { fail, ok, type Result } from '@landfall/payment-core'
import { inBackground } from './background.ts'
import type { Ending } from './v1/ending.ts'
import { add } from './exact-amounts.ts'
import type { SandboxPayment } from './ledger.ts'
import { accountDueOf } from './v1/opening.ts'
import { accountRow, depositedRow, unknownAccountRow, withDeposit } from './v1/payment-row.ts'
import { describe, unknown } from './refused.ts'
import type { SandboxRefusal } from './refused.ts'
import type { State } from './state.ts'
import { endWindow, openWindow } from './window/end.ts'

/** Issues an account (case 5 of docs/gateway/portone-v1.md §2.2): the flag is true, the webhook says `ready`, and nothing is paid. */
export async function issueAccount(
  state: State,
  paymentId: string,
  bankCode: string,
): Promise<Result<Ending, SandboxRefusal>> {
  const open = openWindow(state, paymentId)
  return open.ok ? ok(await giveAccount(state, open.value, bankCode)) : open
}

/** Gives the payment an account, also after its window has ended. */
export async function giveAccount(state: State, payment: SandboxPayment, bankCode: string): Promise<Ending> {
  const how = state.misbehaviour.of(payment.misbehaviour)
  const amount = how.forgedAmount ?? payment.row.amount
  const due = accountDueOf(state, payment)
  const issued = accountRow(payment.row, bankCode, due, amount, state.clock.nowSeconds())
  payment.row = how.account === 'unknown' ? unknownAccountRow(issued) : issued
  const ending = endWindow(state, payment, null)
  await state.webhooks.fire(payment, { status: 'ready' }, how)
  return ending
}

/** `amount` is the transferred amount. Only a fixed account accepts an amount that differs from the row's. */
export async function deposit(
  state: State,
  paymentId: string,
  amount?: number,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  const { row } = payment
  if (payment.fixedAccount && row.vbank_num !== null)
    return depositFixed(state, payment, amount ?? row.amount)
  const isWaiting = row.status === 'ready' && row.vbank_num !== null
  if (!isWaiting) return fail(`${paymentId} is ${describe(payment)}: no account of it waits for a deposit`)
  if (isOver(state, payment)) {
    return fail(`${paymentId}'s account is past its due time: the bank takes no deposit`)
  }
  if (amount !== undefined && amount !== row.amount) {
    return fail(`${paymentId}'s account takes ${row.amount} and no other amount`)
  }
  payment.row = depositedRow(row, state.clock.nowSeconds())
  await state.webhooks.fire(payment, { status: 'paid' }, state.misbehaviour.of(payment.misbehaviour))
  return ok(payment)
}

/** A fixed account lists every deposit. The row is paid once the deposits reach its amount, which may be 0 (docs/gateway/portone-v1.md §4.4). */
async function depositFixed(
  state: State,
  payment: SandboxPayment,
  amount: number,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  if (amount <= 0)
    return fail(`${payment.paymentId} is a fixed account without an amount: say how much is paid in`)
  const nowSeconds = state.clock.nowSeconds()
  const row = withDeposit(payment.row, amount, nowSeconds)
  const deposited = row.deposit_history.reduce((sum, entry) => add(sum, entry.amount), 0)
  const isPaid = row.status === 'ready' && !isOver(state, payment) && deposited >= row.amount
  payment.row = isPaid ? depositedRow(row, nowSeconds) : row
  await state.webhooks.fire(payment, { status: 'paid' }, state.misbehaviour.of(payment.misbehaviour))
  return ok(payment)
}

/** `vbank_date` 0 means that the account has no due time. */
const isOver = (state: State, { row, accountClosed }: SandboxPayment): boolean =>
  accountClosed || (row.vbank_date > 0 && row.vbank_date < state.clock.nowSeconds())

/** Sets the deadline to the past. The row stays `ready`, because no source says that it changes (docs/gateway/portone-v1.md §10). No webhook is sent. */
export function expire(state: State, paymentId: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  if (payment.row.status !== 'ready' || payment.row.vbank_num === null) {
    return fail(`${paymentId} is ${describe(payment)}: it has no account to expire`)
  }
  payment.accountClosed = true
  const lastSecond = state.clock.nowSeconds() - 1
  payment.row = { ...payment.row, vbank_date: Math.min(payment.row.vbank_date, lastSecond) }
  return ok(payment)
}

/** Schedules a deposit in `approvalLateMs`. With null the test calls `deposit`. */
export function depositSoon(state: State, payment: SandboxPayment): void {
  const lateMs = state.misbehaviour.of(payment.misbehaviour).approvalLateMs
  if (lateMs === null) return
  state.clock.after(lateMs, () => inBackground(deposit(state, payment.paymentId)))
}
