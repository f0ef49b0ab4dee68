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
import { chargeBack, dispute } from './v2/disputes.ts'
import type { DisputeChange } from './v2/disputes.ts'
import type { V2OpenRequest } from './v2/open-request.ts'
import { openV2 } from './v2/opening.ts'
import type { OpenedV2 } from './v2/opening.ts'

/**
 * The sandbox's operations for tests: the actions of customer, bank and shop staff, without a browser. An operation that the payment's
 * state does not allow throws, because the test is wrong. An `Ending` is the window's result for the browser.
 */
export type SandboxHandle = {
  /** V1's origin. */
  readonly url: string
  /** V2's origin. */
  readonly v2Url: string
  /** Opens a payment, as `request_pay` does. */
  readonly open: (request: OpenRequest) => Opened
  /** Opens a payment, as V2's `requestPayment` does: on a phone, unless `device` says otherwise. */
  readonly openV2: (request: V2OpenRequest) => OpenedV2
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
  /** A customer disputes a V2 payment, or with `resolved` the dispute ends. */
  readonly dispute: (paymentId: string, change?: DisputeChange) => Promise<LedgerRow>
  /** The card company takes the money back. */
  readonly chargeBack: (paymentId: string, amount?: number) => Promise<LedgerRow>
  readonly resendWebhook: (paymentId: string) => LedgerRow
  /** Sets switches for all payments, or with `paymentId` for one payment. */
  readonly misbehave: {
    (change: MisbehaviourChange): void
    (change: PaymentMisbehaviour, paymentId: string): void
  }
  /** Resets the switches for all payments. With `paymentId` it removes the own switches of one payment. */
  readonly behave: (paymentId?: string) => void
  readonly setWebhookUrl: (webhookUrl: string | null) => void
  /** The secrets that sign V2's webhooks from now on. */
  readonly setWebhookSecrets: (secrets: readonly string[]) => void
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

export function handleOf(state: State, urls: Pick<SandboxHandle, 'url' | 'v2Url'>): SandboxHandle {
  return {
    ...urls,
    open: (request) => openPayment(state, request),
    ...v2Of(state),
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

type V2Part = Pick<SandboxHandle, 'openV2' | 'dispute' | 'chargeBack' | 'setWebhookSecrets'>

const v2Of = (state: State): V2Part => ({
  openV2: (request) => openV2(state, request),
  dispute: async (paymentId, change = { reason: '상품을 받지 못함' }) =>
    rowOf(await dispute(state, paymentId, change)),
  chargeBack: async (paymentId, amount) => rowOf(await chargeBack(state, paymentId, amount)),
  setWebhookSecrets(secrets) {
    state.v2.webhookSecrets = secrets
  },
})

function allowed<T>(result: Result<T, SandboxRefusal>): T {
  if (!result.ok) throw new Error(`gateway sandbox: ${result.problem}`)
  return result.value
}

const rowOf = (result: Result<SandboxPayment, SandboxRefusal>): LedgerRow => allowed(result).row
