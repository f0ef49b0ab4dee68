import type { Result } from '@landfall/payment-core'
import { deposit, expire, issueAccount } from './accounts.ts'
import { addRow } from './added-rows.ts'
import type { RowRequest } from './added-rows.ts'
import { approve, close, pay, refuse } from './approving.ts'
import { bookCancel, cancelInConsole, denyCancel } from './cancelling.ts'
import type { CancelChoice } from './cancelling.ts'
import type { Ending } from './v1/ending.ts'
import type { SandboxPayment, Prepared } from './ledger.ts'
import { ownMisbehaviour } from './misbehaviour.ts'
import type { PaymentMisbehaviour } from './misbehaviour.ts'
import { openPayment } from './v1/opening.ts'
import type { Opened } from './v1/opening.ts'
import { fail, ok, unknown } from './refused.ts'
import type { SandboxRefusal } from './refused.ts'
import type { Means, Refusal } from './scenarios.ts'
import type { State } from './state.ts'

/** The actions of customers, banks and shop staff on payments. The window, the SDK, the control API and the handle call them. */
export type SandboxGateway = {
  readonly open: (request: unknown) => Opened
  /** Adds a payment row without a window, for example another shop's. Sends no webhook. */
  readonly addRow: (request: RowRequest) => Result<SandboxPayment, SandboxRefusal>
  /** Sets the prepared amount of an order number on behalf of another shop. null removes it. */
  readonly prepare: (orderId: string, held: Prepared | null) => void
  /** The 결제하기 button. The sentinels choose the outcome. */
  readonly pay: (paymentId: string, means: Means) => Promise<Result<Ending, SandboxRefusal>>
  /** Approves the payment regardless of the sentinels. On a `failed` payment this is a late approval without a return. */
  readonly approve: (
    paymentId: string,
    means: Means,
    amount?: number,
  ) => Promise<Result<Ending, SandboxRefusal>>
  readonly refuse: (paymentId: string, refusal: Refusal) => Promise<Result<Ending, SandboxRefusal>>
  readonly close: (paymentId: string, leaves?: 'failed' | 'ready') => Promise<Result<Ending, SandboxRefusal>>
  readonly issueAccount: (paymentId: string, bankCode: string) => Promise<Result<Ending, SandboxRefusal>>
  readonly deposit: (paymentId: string, amount?: number) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly expire: (paymentId: string) => Result<SandboxPayment, SandboxRefusal>
  readonly cancelInConsole: (
    paymentId: string,
    amount?: number,
  ) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly bookCancel: (
    paymentId: string,
    choice: CancelChoice,
  ) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly denyCancel: (paymentId: string, choice: CancelChoice) => Result<SandboxPayment, SandboxRefusal>
  readonly resendWebhook: (paymentId: string) => Result<SandboxPayment, SandboxRefusal>
  /** null removes the payment's own switches. */
  readonly misbehave: (
    paymentId: string,
    change: PaymentMisbehaviour | null,
  ) => Result<SandboxPayment, SandboxRefusal>
}

export function createGateway(state: State): SandboxGateway {
  return {
    open: (request) => openPayment(state, request),
    addRow: (request) => addRow(state, request),
    prepare(orderId, held) {
      if (held === null) state.ledger.prepared.delete(orderId)
      else state.ledger.prepared.set(orderId, held)
    },
    pay: (paymentId, means) => pay(state, paymentId, means),
    approve: (paymentId, means, amount) => approve(state, paymentId, means, amount),
    refuse: (paymentId, refusal) => refuse(state, paymentId, refusal),
    close: (paymentId, leaves) => close(state, paymentId, leaves),
    issueAccount: (paymentId, bankCode) => issueAccount(state, paymentId, bankCode),
    deposit: (paymentId, amount) => deposit(state, paymentId, amount),
    expire: (paymentId) => expire(state, paymentId),
    cancelInConsole: (paymentId, amount) => cancelInConsole(state, paymentId, amount),
    bookCancel: (paymentId, choice) => bookCancel(state, paymentId, choice),
    denyCancel: (paymentId, choice) => denyCancel(state, paymentId, choice),
    resendWebhook: (paymentId) => resendWebhook(state, paymentId),
    misbehave(paymentId, change) {
      const payment = state.ledger.find(paymentId)
      if (payment === undefined) return unknown(paymentId)
      payment.misbehaviour =
        change === null ? {} : ownMisbehaviour(payment.misbehaviour, change, state.clock.nowMs())
      return ok(payment)
    },
  }
}

function resendWebhook(state: State, paymentId: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  if (payment.noticeUrls.length === 0) return fail(`${paymentId} was made without a webhook address`)
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  state.webhooks.resend(payment, { status: payment.row.status, cancellationId })
  return ok(payment)
}
