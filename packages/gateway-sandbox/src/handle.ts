import type { Result } from '@landfall/payment-core'
import type { RowRequest } from './added-rows.ts'
import type { SandboxCancelRequest } from './v1/cancel-requests.ts'
import type { CancelChoice } from './cancelling.ts'
import { Approval, preparedOf } from './control/bodies.ts'
import type { PreparedAmount } from './control/bodies.ts'
import type { Ending } from './v1/ending.ts'
import type { SandboxGateway } from './gateway.ts'
import type { SandboxPayment, LedgerRow } from './ledger.ts'
import type { MisbehaviourChange, PaymentMisbehaviour } from './misbehaviour.ts'
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
  readonly pay: (impUid: string, means?: Approval) => Promise<Ending>
  /** Approves the payment regardless of the sentinels, also after a failure. `amount` replaces the requested amount. */
  readonly approve: (impUid: string, means?: Approval) => Promise<Ending>
  readonly close: (impUid: string, leaves?: 'failed' | 'ready') => Promise<Ending>
  readonly refuse: (impUid: string, cause: RefusalCause) => Promise<Ending>
  readonly issueAccount: (impUid: string, bankCode?: string) => Promise<Ending>
  /** `amount` is the amount transferred into a fixed account. */
  readonly deposit: (impUid: string, amount?: number) => Promise<LedgerRow>
  readonly expire: (impUid: string) => LedgerRow
  /** A virtual account without a deposit is cancelled as a whole and keeps `paid_at: 0`. */
  readonly cancelInConsole: (impUid: string, amount?: number) => Promise<LedgerRow>
  /** Every cancel requested over the API, oldest first. `impUid` selects one payment. */
  readonly cancels: (impUid?: string) => readonly SandboxCancelRequest[]
  /** Books all pending cancels of a payment, or only `cancelId`. */
  readonly bookCancel: (impUid: string, choice?: CancelChoice) => Promise<LedgerRow>
  /** Denies all pending cancels of a payment, or only `cancelId`. A denied cancel is never booked. */
  readonly denyCancel: (impUid: string, choice?: CancelChoice) => LedgerRow
  readonly resendWebhook: (impUid: string) => LedgerRow
  /** Sets switches for all payments, or with `impUid` for one payment. */
  readonly misbehave: {
    (change: MisbehaviourChange): void
    (change: PaymentMisbehaviour, impUid: string): void
  }
  /** Resets the switches for all payments. With `impUid` it removes the own switches of one payment. */
  readonly behave: (impUid?: string) => void
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

export function handleOf(state: State, gateway: SandboxGateway, url: string): SandboxHandle {
  return {
    url,
    open: gateway.open,
    addRow: (request) => rowOf(gateway.addRow(request)),
    prepare: (held) => gateway.prepare(held.merchantUid, preparedOf(held)),
    pay: async (impUid, means = {}) => allowed(await gateway.pay(impUid, Approval.parse(means))),
    async approve(impUid, approval = {}) {
      const { amount, ...means } = Approval.parse(approval)
      return allowed(await gateway.approve(impUid, means, amount))
    },
    close: async (impUid, leaves) => allowed(await gateway.close(impUid, leaves)),
    refuse: async (impUid, cause) => allowed(await gateway.refuse(impUid, REFUSALS[cause])),
    issueAccount: async (impUid, bankCode = '088') => allowed(await gateway.issueAccount(impUid, bankCode)),
    deposit: async (impUid, amount) => rowOf(await gateway.deposit(impUid, amount)),
    expire: (impUid) => rowOf(gateway.expire(impUid)),
    cancelInConsole: async (impUid, amount) => rowOf(await gateway.cancelInConsole(impUid, amount)),
    cancels: state.cancels.all,
    bookCancel: async (impUid, choice = {}) => rowOf(await gateway.bookCancel(impUid, choice)),
    denyCancel: (impUid, choice = {}) => rowOf(gateway.denyCancel(impUid, choice)),
    resendWebhook: (impUid) => rowOf(gateway.resendWebhook(impUid)),
    misbehave(change: MisbehaviourChange, impUid?: string) {
      if (impUid === undefined) state.misbehaviour.set(change)
      else allowed(gateway.misbehave(impUid, change))
    },
    behave(impUid) {
      if (impUid === undefined) state.misbehaviour.reset()
      else allowed(gateway.misbehave(impUid, null))
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
