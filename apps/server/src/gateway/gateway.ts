import type {
  FixedAmount,
  GatewayProblem,
  Money,
  Observation,
  PaymentStatus,
  RefundAccount,
  Result,
} from '@landfall/payment-core'

/** What is looked up: one payment, or all payments of one order. */
export type LookupRef =
  | { readonly by: 'payment'; readonly paymentId: string }
  | { readonly by: 'order'; readonly orderId: string }

export type GatewayCancelRequest = {
  readonly paymentId: string
  readonly orderId: string
  readonly money: Money
  /** What we believe is left of the payment. The gateway refuses when it is not, so a repeat cannot return money twice (M-06). */
  readonly expectedBalance: number
  readonly reason: string
  /** Where a virtual account's money goes; null for what goes back the way it came (M-13). */
  readonly refundAccount: RefundAccount | null
  /** Parts of the sum, in its currency's minor units; null where the order did not say (M-28). */
  readonly taxFree: number | null
  readonly vat: number | null
}

/**
 * What came of asking the gateway to do something. `accepted` is its *yes*, which is not yet in its record; `refused` its own *no*, with its words;
 * `not_sent` never reached it; of anything else, a time-out, a reset, a 5xx, an answer that cannot be read, the outcome is `unknown`, and it is
 * never repeated on a guess (product.md §2.3).
 */
export type WriteOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'not_sent'; readonly problem: GatewayProblem }
  | { readonly kind: 'unknown'; readonly problem: GatewayProblem }

export type ChangedWindow = {
  readonly status: 'paid' | 'cancelled'
  readonly fromMs: number
  readonly toMs: number
}

/** A row of a list: enough to tell whether a look is worth while, never enough to record anything. */
export type ChangedPayment = {
  readonly paymentId: string
  readonly orderId: string
  /** Null when the row cannot be read. */
  readonly facts: {
    readonly status: PaymentStatus
    readonly cancelledAmount: number
    readonly deposited: number
  } | null
}
export type ChangedPage = {
  readonly payments: readonly ChangedPayment[]
  readonly nextPage: number | null
  /** Rows in the whole window when this page was read: another number on the next page says that the list has shifted (G-15). */
  readonly total: number
  /** The gateway's own time then, epoch ms; null when it did not say. */
  readonly atMs: number | null
}

/**
 * Out of whose share of the gateway's budget a call is paid: somebody waits for it, only our own clock does, or somebody says something about
 * nothing we know (L-06, D-01).
 */
export type Priority = 'claim' | 'timer' | 'stranger'

/** `atMs`: the gateway's own time when it answered; null when it did not say. */
export type Fixed =
  | { readonly kind: 'fixed'; readonly atMs: number | null }
  | { readonly kind: 'held' }
  | { readonly kind: 'conflict' }

/** The port to a payment gateway. Every call has a deadline and a size cap, and a failure is a value that concludes nothing (S-14, S-20). */
export type Gateway = {
  /**
   * What is true at the gateway now. By payment: exactly that one, or `unknown_payment`. By order: all its tries, none when it knows none,
   * because a later abandoned try can hide an earlier paid one (G-17).
   */
  readonly lookup: (
    ref: LookupRef,
    priority?: Priority,
  ) => Promise<Result<readonly Observation[], GatewayProblem>>
  /**
   * Fixes the amount of an order before its window opens, where the gateway can (V1 prepare). `held`: it held just this one already; `conflict`: it
   * holds another one for this number.
   */
  readonly fixAmount: (
    orderId: string,
    money: Money,
    /** `replace`: instead of the amount it holds for the number. */
    how?: 'replace',
  ) => Promise<Result<Fixed, GatewayProblem>>
  /** Which amount is fixed for a number, asked now (M-22). */
  readonly fixedAmount: (orderId: string) => Promise<Result<FixedAmount, GatewayProblem>>
  /** Asks for money to go back. Has a deadline of its own: what outlasts it may still be executed (M-23). */
  readonly cancel: (request: GatewayCancelRequest) => Promise<WriteOutcome>
  /** Closes an issued virtual account, so that nobody can pay into it; refused once it is paid into, or by a PG that cannot (V-05, V-06, V-10). */
  readonly closeAccount: (paymentId: string) => Promise<WriteOutcome>
  /** Payments that became paid, or were cancelled, within a window: for orders nobody has spoken of (V-08, M-10). Pages count from 1. */
  readonly changed: (window: ChangedWindow, page: number) => Promise<Result<ChangedPage, GatewayProblem>>
}
