import { fail, ok, type Result } from '@landfall/payment-core'
import { inBackground } from './background.ts'
import { objectionTo, type CancelAsked, type SandboxCancelRequest } from './v1/cancel-requests.ts'
import { subtract } from './exact-amounts.ts'
import { freshCancellationId, type SandboxPayment } from './ledger.ts'
import { afterOneCancel, type Misbehaviour } from './misbehaviour.ts'
import { cancelledRow } from './v1/payment-row.ts'
import { describe, unknown, type SandboxRefusal } from './refused.ts'
import type { State } from './state.ts'
import type { WebhookEvent } from './webhooks.ts'

/** Default texts of a denial, with KCP's codes (docs/gateway/portone-v1.md §6.5). */
const DENIED = '취소요청이 거절되었습니다.([8178] 정산금액 부족)'
const NOTHING_LEFT = '[8036] 취소금액이 취소 가능 잔액보다 큽니다.'

/** What differs by API version: the id of the cancel, and the gateway's own reasons to refuse it. */
type CancelWire = {
  readonly id: string
  readonly objectionTo: typeof objectionTo
}

/** Returns the text of a refusal, or null for code 0. Code 0 does not mean that the money is refunded. */
export async function requestCancel(
  state: State,
  payment: SandboxPayment,
  asked: CancelAsked,
  wire: CancelWire = { id: freshCancellationId(), objectionTo },
): Promise<string | null> {
  const left = subtract(payment.row.amount, payment.row.cancel_amount)
  // An omitted amount and 0 both mean the whole balance.
  const amount = asked.amount === null || asked.amount === 0 ? left : asked.amount
  const request = requestOf(state, payment, asked, { id: wire.id, amount })
  state.cancels.add(request)
  const objection = wire.objectionTo(asked, payment, amount, left)
  const how = objection === null ? takeHabit(state, payment) : null
  const refusal = objection ?? (how?.cancel === 'refused' ? how.cancelRefusal : null)
  if (how === null || refusal !== null) {
    settle(state, request, 'refused', refusal)
    return refusal
  }
  return execute(state, payment, request, how)
}

const requestOf = (
  state: State,
  payment: SandboxPayment,
  asked: CancelAsked,
  { id, amount }: { id: string; amount: number },
): SandboxCancelRequest => ({
  id,
  impUid: payment.paymentId,
  askedAtMs: state.clock.nowMs(),
  asked,
  amount,
  state: 'pending',
  told: null,
  settledAtMs: null,
})

/** Resolves when the caller gets the answer: at once, except for a slow cancel, which is executed first. */
async function execute(
  state: State,
  payment: SandboxPayment,
  request: SandboxCancelRequest,
  how: Misbehaviour,
): Promise<string | null> {
  const bookLater = () => inBackground(bookPending(state, payment, request))
  switch (how.cancel) {
    case 'normal':
    case 'refused':
      await book(state, payment, request, [request.amount])
      return null
    case 'doubled':
      await book(state, payment, request, [request.amount, request.amount])
      return null
    case 'over':
      await book(state, payment, request, [how.cancelReturns ?? payment.row.amount])
      return null
    case 'pending':
      later(state, how.cancelLateMs, bookLater)
      return announcePending(state, payment, request)
    case 'denied':
      later(state, how.cancelLateMs, () => deny(state, payment, request, DENIED))
      return announcePending(state, payment, request)
    case 'slow':
      later(state, how.cancelLateMs, bookLater)
      await state.cancels.settled(request.id)
      return state.cancels.find(request.id)?.told ?? null
  }
}

async function announcePending(
  state: State,
  payment: SandboxPayment,
  { id, asked }: SandboxCancelRequest,
): Promise<null> {
  if (asked.enableWebhook) await announce(state, payment, { status: 'cancel_pending', cancellationId: id })
  return null
}

/** With null the test calls `bookCancel` or `denyCancel`. */
function later(state: State, delayMs: number | null, work: () => void): void {
  if (delayMs !== null) state.clock.after(delayMs, work)
}

/** Returns the switches for this cancel and counts it, so that a habit limited to a number of cancels ends. */
function takeHabit(state: State, payment: SandboxPayment): Misbehaviour {
  const how = state.misbehaviour.of(payment.misbehaviour)
  const isOver = how.cancelUntilMs !== null && how.cancelUntilMs <= state.clock.nowMs()
  if (isOver) return { ...how, cancel: 'normal' }
  const own = payment.misbehaviour
  if (own.cancel === undefined) state.misbehaviour.spendCancel()
  else payment.misbehaviour = { ...own, ...afterOneCancel(own) }
  return how
}

/** Executes each pending cancel. The PG denies one that exceeds the remaining balance. */
async function bookPending(
  state: State,
  payment: SandboxPayment,
  request: SandboxCancelRequest,
): Promise<void> {
  if (state.cancels.find(request.id)?.state !== 'pending') return
  const left = subtract(payment.row.amount, payment.row.cancel_amount)
  if (request.amount > left) deny(state, payment, request, NOTHING_LEFT)
  else await book(state, payment, request, [request.amount])
}

/** Sends a webhook only with `enable_webhook`, and only for a payment with a webhook address (docs/gateway/portone-v1.md §3.2). */
async function book(
  state: State,
  payment: SandboxPayment,
  request: SandboxCancelRequest,
  sums: readonly number[],
): Promise<void> {
  const reason = request.asked.reason ?? ''
  payment.row = sums.reduce((row, sum, index) => {
    const left = subtract(row.amount, row.cancel_amount)
    // The second entry has the full amount, as in a real doubled record. `cancelledRow` limits the sum to the amount paid.
    const amount = index === 0 ? Math.min(sum, left) : sum
    const cancellationId = index === 0 ? request.id : freshCancellationId()
    return cancelledRow(row, { amount, reason, cancellationId }, state.clock.nowSeconds())
  }, payment.row)
  settle(state, request, 'booked', null)
  if (request.asked.enableWebhook) await announceCancelled(state, payment, request.id)
}

function deny(state: State, payment: SandboxPayment, request: SandboxCancelRequest, reason: string): void {
  if (state.cancels.find(request.id)?.state !== 'pending') return
  const { cancelDenialIn } = state.misbehaviour.of(payment.misbehaviour)
  if (cancelDenialIn !== 'nowhere') payment.row = { ...payment.row, [cancelDenialIn]: reason }
  settle(state, request, 'denied', reason)
}

const settle = (
  state: State,
  request: SandboxCancelRequest,
  outcome: SandboxCancelRequest['state'],
  told: string | null,
): void => state.cancels.change(request.id, { state: outcome, told, settledAtMs: state.clock.nowMs() })

const announce = (state: State, payment: SandboxPayment, event: WebhookEvent): Promise<void> =>
  state.webhooks.fire(payment, event, state.misbehaviour.of(payment.misbehaviour))

const announceCancelled = (state: State, payment: SandboxPayment, cancellationId: string): Promise<void> =>
  announce(state, payment, { status: 'cancelled', cancellationId })

export type CancelChoice = { readonly cancelId?: string | undefined; readonly reason?: string | undefined }

/** Books all pending cancels of a payment, oldest first, or only `cancelId`. */
export async function bookCancel(
  state: State,
  paymentId: string,
  { cancelId }: CancelChoice,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  const pending = pendingOf(state, paymentId, cancelId)
  if (!pending.ok) return pending
  for (const request of pending.value.requests) await bookPending(state, pending.value.payment, request)
  return ok(pending.value.payment)
}

/** Denies all pending cancels of a payment, or only `cancelId`. A denied cancel is never booked. */
export function denyCancel(
  state: State,
  paymentId: string,
  { cancelId, reason }: CancelChoice,
): Result<SandboxPayment, SandboxRefusal> {
  const pending = pendingOf(state, paymentId, cancelId)
  if (!pending.ok) return pending
  for (const request of pending.value.requests) deny(state, pending.value.payment, request, reason ?? DENIED)
  return ok(pending.value.payment)
}

function pendingOf(state: State, paymentId: string, cancelId: string | undefined) {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  const requests = state.cancels
    .all(paymentId)
    .filter((request) => request.state === 'pending' && (cancelId === undefined || request.id === cancelId))
  return requests.length === 0 ? fail(`${paymentId} has no such pending cancel`) : ok({ payment, requests })
}

/**
 * A cancel by a person in the gateway's console. It always sends a webhook, unlike a cancel over the API (docs/gateway/portone-v1.md §3.2). A virtual
 * account without a deposit is cancelled as a whole; its row keeps `paid_at: 0`.
 */
export async function cancelInConsole(
  state: State,
  paymentId: string,
  amount?: number,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  const { row } = payment
  const isWaiting = row.status === 'ready' && row.vbank_num !== null && !payment.accountClosed
  const left = subtract(row.amount, row.cancel_amount)
  const sum = amount ?? left
  if ((row.paid_at === 0 && !isWaiting) || sum <= 0 || sum > left) {
    return fail(`${paymentId} is ${describe(payment)} with ${left} left: ${sum} cannot be cancelled`)
  }
  const cancellationId = freshCancellationId()
  const returned = { amount: isWaiting ? left : sum, reason: '콘솔에서 취소', cancellationId }
  payment.row = cancelledRow(row, returned, state.clock.nowSeconds())
  await announceCancelled(state, payment, cancellationId)
  return ok(payment)
}
