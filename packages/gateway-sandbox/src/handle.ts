import type { Result } from '@landfall/payment-core'
import { deposit, expire, issueAccount } from './accounts.ts'
import { addRow } from './added-rows.ts'
import type { RowRequest } from './added-rows.ts'
import { approve, close, pay, refuse } from './approving.ts'
import type { SandboxCancelRequest } from './v1/cancel-requests.ts'
import { bookCancel, cancelInConsole, denyCancel } from './cancelling.ts'
import type { CancelChoice } from './cancelling.ts'
import { Approval, preparedOf } from './control/bodies.ts'
import type { PreparedAmount } from './control/bodies.ts'
import type { Ending } from './v1/ending.ts'
import { misbehave, prepare, resendWebhook } from './gateway.ts'
import type { SandboxPayment, LedgerRow } from './ledger.ts'
import type { MisbehaviourChange, PaymentMisbehaviour } from './misbehaviour.ts'
import { openPayment } from './v1/opening.ts'
import type { Opened, OpenRequest } from './v1/opening.ts'
import type { SandboxRefusal } from './refused.ts'
import { REFUSALS } from './scenarios.ts'
import type { RefusalCause } from './scenarios.ts'
import type { ApiCall, State } from './state.ts'
import type { Delivery } from './delivery.ts'

/**
 * The sandbox's operations for tests: the actions of customer, bank and shop staff, without a browser. An operation that the payment's
 * state does not allow throws, because the test is wrong. An `Ending` is the window's result for the browser.
 */
export type SandboxHandle = {
  readonly url: string
  /** Opens a payment, as `request_pay` does. */
  readonly open: (request: OpenRequest) => Opened
  /** Adds a payment row without a window, with any times, amount and status, for example a row of another shop or of last year. */
  readonly addRow: (request: RowRequest) => LedgerRow
  /** Sets the prepared amount of an order number on behalf of another shop. Without `amount` it is removed. */
  readonly prepare: (held: PreparedAmount) => void
  /** The 결제하기 button. The sentinels of card, bank, wallet and order name choose the outcome. */
  readonly pay: (paymentId: string, means?: Approval) => Promise<Ending>
  /** Approves the payment regardless of the sentinels, also after a failure. `amount` replaces the requested amount. */
  readonly approve: (paymentId: string, means?: Approval) => Promise<Ending>
  readonly close: (paymentId: string, leaves?: 'failed' | 'ready') => Promise<Ending>
  readonly refuse: (paymentId: string, cause: RefusalCause) => Promise<Ending>
  readonly issueAccount: (paymentId: string, bankCode?: string) => Promise<Ending>
  /** `amount` is the amount transferred into a fixed account. */
  readonly deposit: (paymentId: string, amount?: number) => Promise<LedgerRow>
  readonly expire: (paymentId: string) => LedgerRow
  /** A virtual account without a deposit is cancelled as a whole and keeps `paid_at: 0`. */
  readonly cancelInConsole: (paymentId: string, amount?: number) => Promise<LedgerRow>
  /** Every cancel requested over the API, oldest first. `paymentId` selects one payment. */
  readonly cancels: (paymentId?: string) => readonly SandboxCancelRequest[]
  /** Books all pending cancels of a payment, or only `cancelId`. */
  readonly bookCancel: (paymentId: string, choice?: CancelChoice) => Promise<LedgerRow>
  /** Denies all pending cancels of a payment, or only `cancelId`. A denied cancel is never booked. */
  readonly denyCancel: (paymentId: string, choice?: CancelChoice) => LedgerRow
  readonly resendWebhook: (paymentId: string) => LedgerRow
  /** Sets switches for all payments, or with `paymentId` for one payment. */
  readonly misbehave: {
    (change: MisbehaviourChange): void
    (change: PaymentMisbehaviour, paymentId: string): void
  }
  /** Resets the switches for all payments. With `paymentId` it removes the own switches of one payment. */
  readonly behave: (paymentId?: string) => void
  readonly setWebhookUrl: (webhookUrl: string | null) => void
  /** The rows that the REST API returns, newest first. */
  readonly payments: () => readonly LedgerRow[]
  /** REST requests received, oldest first. */
  readonly calls: () => readonly ApiCall[]
  readonly webhooks: () => readonly Delivery[]
  readonly nowMs: () => number
  /** Moves the clock and starts the due webhooks, retries and approvals. */
  readonly advance: (ms: number) => void
  /** Resolves when no webhook delivery is in flight. */
  readonly settled: () => Promise<void>
}

export function handleOf(state: State, url: string): SandboxHandle {
  return {
    url,
    open: (request) => openPayment(state, request),
    addRow: (request) => rowOf(addRow(state, request)),
    prepare: (held) => prepare(state, held.merchantUid, preparedOf(held)),
    pay: async (paymentId, means = {}) => allowed(await pay(state, paymentId, Approval.parse(means))),
    async approve(paymentId, approval = {}) {
      const { amount, ...means } = Approval.parse(approval)
      return allowed(await approve(state, paymentId, means, amount))
    },
    close: async (paymentId, leaves) => allowed(await close(state, paymentId, leaves)),
    refuse: async (paymentId, cause) => allowed(await refuse(state, paymentId, REFUSALS[cause])),
    issueAccount: async (paymentId, bankCode = '088') =>
      allowed(await issueAccount(state, paymentId, bankCode)),
    deposit: async (paymentId, amount) => rowOf(await deposit(state, paymentId, amount)),
    expire: (paymentId) => rowOf(expire(state, paymentId)),
    cancelInConsole: async (paymentId, amount) => rowOf(await cancelInConsole(state, paymentId, amount)),
    cancels: state.cancels.all,
    bookCancel: async (paymentId, choice = {}) => rowOf(await bookCancel(state, paymentId, choice)),
    denyCancel: (paymentId, choice = {}) => rowOf(denyCancel(state, paymentId, choice)),
    resendWebhook: (paymentId) => rowOf(resendWebhook(state, paymentId)),
    misbehave(change: MisbehaviourChange, paymentId?: string) {
      if (paymentId === undefined) state.misbehaviour.set(change)
      else allowed(misbehave(state, paymentId, change))
    },
    behave(paymentId) {
      if (paymentId === undefined) state.misbehaviour.reset()
      else allowed(misbehave(state, paymentId, null))
    },
    setWebhookUrl(webhookUrl) {
      state.webhookUrl = webhookUrl
    },
    payments: () => state.ledger.all().map((payment) => payment.row),
    calls: () => [...state.calls],
    webhooks: state.webhooks.deliveries,
    nowMs: state.clock.nowMs,
    advance: state.clock.advance,
    settled: state.webhooks.settled,
  }
}

function allowed<T>(result: Result<T, SandboxRefusal>): T {
  if (!result.ok) throw new Error(`gateway sandbox: ${result.problem}`)
  return result.value
}

const rowOf = (result: Result<SandboxPayment, SandboxRefusal>): LedgerRow => allowed(result).row
