import type { Result } from '@landfall/payment-core'
import { inBackground } from './background.ts'
import { endingOf } from './ending.ts'
import type { Ending } from './ending.ts'
import type { Payment } from './ledger.ts'
import type { PaymentMisbehaviour } from './misbehaviour.ts'
import { accountDueOf, openPayment } from './opening.ts'
import type { Opened } from './opening.ts'
import { accountRow, cancelledRow, depositedRow, failedRow, paidRow, withDeposit } from './payment-row.ts'
import { CLOSED, outcomeOf } from './scenarios.ts'
import type { Means, Refusal } from './scenarios.ts'
import type { State } from './state.ts'

/** Why the gateway cannot do what was asked of a payment: one sentence for the developer. */
export type Refused = string

/** What customers, banks and the shop's own people do to payments. REST, window, console and handle all end here. */
export type Gateway = {
  readonly open: (request: unknown) => Opened
  /** What 결제하기 does: the sentinels choose the outcome. */
  readonly pay: (impUid: string, means: Means) => Promise<Result<Ending, Refused>>
  /** Money moves, whatever the sentinels say. On a `failed` payment: a late approval, with no browser left to tell. */
  readonly approve: (impUid: string, means: Means, amount?: number) => Promise<Result<Ending, Refused>>
  readonly refuse: (impUid: string, refusal: Refusal) => Promise<Result<Ending, Refused>>
  readonly close: (impUid: string, leaves?: 'failed' | 'ready') => Promise<Result<Ending, Refused>>
  readonly issueAccount: (impUid: string, bankCode: string) => Promise<Result<Ending, Refused>>
  readonly deposit: (impUid: string) => Promise<Result<Payment, Refused>>
  readonly expire: (impUid: string) => Result<Payment, Refused>
  readonly cancelInConsole: (impUid: string, amount?: number) => Promise<Result<Payment, Refused>>
  readonly resendWebhook: (impUid: string) => Result<Payment, Refused>
  readonly misbehave: (impUid: string, change: PaymentMisbehaviour) => Result<Payment, Refused>
}

export function createGateway(state: State): Gateway {
  return {
    open: (request) => openPayment(state, request),
    pay: (impUid, means) => pay(state, impUid, means),
    approve: (impUid, means, amount) => approve(state, impUid, means, amount),
    refuse: (impUid, refusal) => refuse(state, impUid, refusal),
    close: (impUid, leaves) => close(state, impUid, leaves),
    issueAccount: (impUid, bankCode) => issueAccount(state, impUid, bankCode),
    deposit: (impUid) => deposit(state, impUid),
    expire: (impUid) => expire(state, impUid),
    cancelInConsole: (impUid, amount) => cancelInConsole(state, impUid, amount),
    resendWebhook: (impUid) => resendWebhook(state, impUid),
    misbehave(impUid, change) {
      const payment = state.ledger.find(impUid)
      if (payment === undefined) return unknown(impUid)
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      payment.misbehaviour = { ...payment.misbehaviour, ...Object.fromEntries(given) }
      return ok(payment)
    },
  }
}

async function pay(state: State, impUid: string, means: Means): Promise<Result<Ending, Refused>> {
  const open = openWindow(state, impUid)
  if (!open.ok) return open
  const payment = open.value
  // What is chosen in the window, not what was asked for: the flags of the return depend on it (portone.md §2.4).
  payment.row = { ...payment.row, pay_method: means.method }
  const outcome = outcomeOf(payment.row.name ?? '', means)
  const lateMs = state.misbehaviour.of(payment.misbehaviour).approvalLateMs
  switch (outcome.kind) {
    case 'refuse':
      return refuse(state, impUid, outcome.refusal)
    case 'close':
      return close(state, impUid, outcome.leaves)
    case 'refuse_then_approve': {
      const ended = await refuse(state, impUid, outcome.refusal)
      state.clock.after(lateMs, () => inBackground(approve(state, impUid, means)))
      return ended
    }
    case 'approve_late':
      state.clock.after(lateMs, () => inBackground(approve(state, impUid, means)))
      return ok(endWindow(state, payment, null))
    case 'approve':
    case 'deposit_soon':
      if (means.method !== 'vbank') return approve(state, impUid, means)
      if (outcome.kind === 'deposit_soon')
        state.clock.after(lateMs, () => inBackground(deposit(state, impUid)))
      return issueAccount(state, impUid, means.bankCode ?? '088')
  }
}

async function approve(
  state: State,
  impUid: string,
  means: Means,
  amount?: number,
): Promise<Result<Ending, Refused>> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  const { row } = payment
  const isApprovable = (row.status === 'ready' && row.vbank_num === null) || row.status === 'failed'
  if (!isApprovable) return fail(`${impUid} is ${describe(payment)}: it cannot be approved`)
  const how = state.misbehaviour.of(payment.misbehaviour)
  payment.row = paidRow(row, means, amount ?? how.forgedAmount ?? row.amount, state.clock.nowSeconds())
  const ending = endWindow(state, payment, null)
  await state.webhooks.fire(payment, { status: 'paid' }, how)
  return ok(ending)
}

/** Failed and abandoned payments send no webhook, ever (portone.md §3.2). */
async function refuse(state: State, impUid: string, refusal: Refusal): Promise<Result<Ending, Refused>> {
  const open = openWindow(state, impUid)
  if (!open.ok) return open
  open.value.row = failedRow(open.value.row, refusal.errorMsg, state.clock.nowSeconds())
  return ok(endWindow(state, open.value, refusal))
}

async function close(
  state: State,
  impUid: string,
  leaves?: 'failed' | 'ready',
): Promise<Result<Ending, Refused>> {
  const open = openWindow(state, impUid)
  if (!open.ok) return open
  const payment = open.value
  const left = leaves ?? state.misbehaviour.of(payment.misbehaviour).closeLeaves
  if (left === 'failed') payment.row = failedRow(payment.row, CLOSED.errorMsg, state.clock.nowSeconds())
  return ok(endWindow(state, payment, CLOSED))
}

/** Case 5 of portone.md §2.2: the flag is true, the webhook says `ready`, and nothing is paid. */
async function issueAccount(
  state: State,
  impUid: string,
  bankCode: string,
): Promise<Result<Ending, Refused>> {
  const open = openWindow(state, impUid)
  if (!open.ok) return open
  const payment = open.value
  const how = state.misbehaviour.of(payment.misbehaviour)
  const amount = how.forgedAmount ?? payment.row.amount
  payment.row = accountRow(
    payment.row,
    bankCode,
    accountDueOf(state, payment),
    amount,
    state.clock.nowSeconds(),
  )
  const ending = endWindow(state, payment, null)
  await state.webhooks.fire(payment, { status: 'ready' }, how)
  return ok(ending)
}

async function deposit(state: State, impUid: string): Promise<Result<Payment, Refused>> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  const nowSeconds = state.clock.nowSeconds()
  const isWaiting = payment.row.status === 'ready' && payment.row.vbank_num !== null
  const isOver = payment.accountClosed || payment.row.vbank_date < nowSeconds
  if (payment.fixedAccount && payment.row.vbank_num !== null) {
    const row = isWaiting && !isOver ? depositedRow(payment.row, nowSeconds) : payment.row
    payment.row = withDeposit(row, payment.row.amount, nowSeconds)
    await state.webhooks.fire(payment, { status: 'paid' }, state.misbehaviour.of(payment.misbehaviour))
    return ok(payment)
  }
  if (!isWaiting) return fail(`${impUid} is ${describe(payment)}: no account of it waits for a deposit`)
  if (isOver) {
    return fail(`${impUid}'s account is past its due time: the bank takes no deposit`)
  }
  payment.row = depositedRow(payment.row, nowSeconds)
  await state.webhooks.fire(payment, { status: 'paid' }, state.misbehaviour.of(payment.misbehaviour))
  return ok(payment)
}

/** The due time is now past. The row stays `ready`: no source says that it changes (portone.md §10), and nobody is told. */
function expire(state: State, impUid: string): Result<Payment, Refused> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  if (payment.row.status !== 'ready' || payment.row.vbank_num === null) {
    return fail(`${impUid} is ${describe(payment)}: it has no account to expire`)
  }
  payment.accountClosed = true
  const lastSecond = state.clock.nowSeconds() - 1
  payment.row = { ...payment.row, vbank_date: Math.min(payment.row.vbank_date, lastSecond) }
  return ok(payment)
}

/** As a person does it in the gateway's console: always announced, unlike a cancel over the API (portone.md §3.2). */
async function cancelInConsole(
  state: State,
  impUid: string,
  amount?: number,
): Promise<Result<Payment, Refused>> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  const { row } = payment
  const left = row.amount - row.cancel_amount
  const sum = amount ?? left
  if (row.paid_at === 0 || sum <= 0 || sum > left) {
    return fail(`${impUid} is ${describe(payment)} with ${left} left: ${sum} cannot be cancelled`)
  }
  payment.row = cancelledRow(row, sum, '콘솔에서 취소', state.clock.nowSeconds())
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  const how = state.misbehaviour.of(payment.misbehaviour)
  await state.webhooks.fire(payment, { status: 'cancelled', cancellationId }, how)
  return ok(payment)
}

function resendWebhook(state: State, impUid: string): Result<Payment, Refused> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  if (payment.noticeUrls.length === 0) return fail(`${impUid} was made without a webhook address`)
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  state.webhooks.resend(payment, { status: payment.row.status, cancellationId })
  return ok(payment)
}

/** The payment, if its window is still open: `ready`, no account, nothing told to the browser yet. */
function openWindow(state: State, impUid: string): Result<Payment, Refused> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  const isOpen = payment.row.status === 'ready' && payment.row.vbank_num === null && payment.ending === null
  return isOpen ? ok(payment) : fail(`${impUid} is ${describe(payment)}: its window is done`)
}

/** The browser is told once; a later approval finds nobody in the window and changes nothing there. */
function endWindow(state: State, payment: Payment, refusal: Refusal | null): Ending {
  const mode = state.misbehaviour.of(payment.misbehaviour).redirect
  payment.ending ??= endingOf(payment, refusal, mode)
  return payment.ending
}

const describe = (payment: Payment): string =>
  payment.row.vbank_num === null ? payment.row.status : `${payment.row.status} (virtual account)`
// The core is imported for its types alone, so that this program starts without it.
const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
const fail = (problem: Refused): Result<never, Refused> => ({ ok: false, problem })
const unknown = (impUid: string): Result<never, Refused> => fail(`no payment ${impUid}`)
