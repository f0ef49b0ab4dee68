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
  readonly prepare: (merchantUid: string, held: Prepared | null) => void
  /** The 결제하기 button. The sentinels choose the outcome. */
  readonly pay: (impUid: string, means: Means) => Promise<Result<Ending, SandboxRefusal>>
  /** Approves the payment regardless of the sentinels. On a `failed` payment this is a late approval without a return. */
  readonly approve: (impUid: string, means: Means, amount?: number) => Promise<Result<Ending, SandboxRefusal>>
  readonly refuse: (impUid: string, refusal: Refusal) => Promise<Result<Ending, SandboxRefusal>>
  readonly close: (impUid: string, leaves?: 'failed' | 'ready') => Promise<Result<Ending, SandboxRefusal>>
  readonly issueAccount: (impUid: string, bankCode: string) => Promise<Result<Ending, SandboxRefusal>>
  readonly deposit: (impUid: string, amount?: number) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly expire: (impUid: string) => Result<SandboxPayment, SandboxRefusal>
  readonly cancelInConsole: (
    impUid: string,
    amount?: number,
  ) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly bookCancel: (
    impUid: string,
    choice: CancelChoice,
  ) => Promise<Result<SandboxPayment, SandboxRefusal>>
  readonly denyCancel: (impUid: string, choice: CancelChoice) => Result<SandboxPayment, SandboxRefusal>
  readonly resendWebhook: (impUid: string) => Result<SandboxPayment, SandboxRefusal>
  /** null removes the payment's own switches. */
  readonly misbehave: (
    impUid: string,
    change: PaymentMisbehaviour | null,
  ) => Result<SandboxPayment, SandboxRefusal>
}

export function createGateway(state: State): SandboxGateway {
  return {
    open: (request) => openPayment(state, request),
    addRow: (request) => addRow(state, request),
    prepare(merchantUid, held) {
      if (held === null) state.ledger.prepared.delete(merchantUid)
      else state.ledger.prepared.set(merchantUid, held)
    },
    pay: (impUid, means) => pay(state, impUid, means),
    approve: (impUid, means, amount) => approve(state, impUid, means, amount),
    refuse: (impUid, refusal) => refuse(state, impUid, refusal),
    close: (impUid, leaves) => close(state, impUid, leaves),
    issueAccount: (impUid, bankCode) => issueAccount(state, impUid, bankCode),
    deposit: (impUid, amount) => deposit(state, impUid, amount),
    expire: (impUid) => expire(state, impUid),
    cancelInConsole: (impUid, amount) => cancelInConsole(state, impUid, amount),
    bookCancel: (impUid, choice) => bookCancel(state, impUid, choice),
    denyCancel: (impUid, choice) => denyCancel(state, impUid, choice),
    resendWebhook: (impUid) => resendWebhook(state, impUid),
    misbehave(impUid, change) {
      const payment = state.ledger.find(impUid)
      if (payment === undefined) return unknown(impUid)
      payment.misbehaviour =
        change === null ? {} : ownMisbehaviour(payment.misbehaviour, change, state.clock.nowMs())
      return ok(payment)
    },
  }
}

function resendWebhook(state: State, impUid: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  if (payment.noticeUrls.length === 0) return fail(`${impUid} was made without a webhook address`)
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  state.webhooks.resend(payment, { status: payment.row.status, cancellationId })
  return ok(payment)
}
