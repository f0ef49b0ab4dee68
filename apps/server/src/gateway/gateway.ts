import type {
  FixedAmount,
  GatewayName,
  GatewayProblem,
  Money,
  Observation,
  PaymentStatus,
  RefundAccount,
  Result,
} from '@landfall/payment-core'

/**
 * Names one payment, or all payments of one order. `orderId` is the order that the payment is said to belong to, null if
 * nobody said: V2 looks payments up through their order. The gateway's record alone says whose payment it is.
 */
export type LookupRef =
  | { readonly by: 'payment'; readonly paymentId: string; readonly orderId: string | null }
  | { readonly by: 'order'; readonly orderId: string }

export type GatewayCancelRequest = {
  /**
   * The intent that asks, and how often the gateway has refused it. V2 makes its idempotency key of them, so that a repeat
   * of an unanswered request is executed once, and a try after a refusal is a new request.
   */
  readonly intentId: string
  readonly refusals: number
  readonly paymentId: string
  readonly orderId: string
  readonly money: Money
  /**
   * The payment's expected remaining balance, in minor units. The gateway refuses a cancel when its own balance differs,
   * so a repeat cannot return money twice (M-06).
   */
  readonly expectedBalance: number
  readonly reason: string
  /** The account that receives a virtual account's deposit; null when the money returns to the payment method (M-13). */
  readonly refundAccount: RefundAccount | null
  /** The tax-free part of the amount and its VAT, in minor units; null when the order gave none (M-28). */
  readonly taxFree: number | null
  readonly vat: number | null
}

/**
 * The outcome of a write at the gateway. `accepted`: the gateway agreed, but its record may not show it yet. `refused`:
 * the gateway itself refused, with a reason. `not_sent`: the request never reached it, or it did nothing. `unknown`:
 * anything else, such as a time-out, a reset, a 5xx or an unreadable answer. Never repeat an unknown write before a
 * look-up has shown that it was not executed.
 */
export type WriteOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'not_sent'; readonly problem: GatewayProblem }
  | { readonly kind: 'unknown'; readonly problem: GatewayProblem }

/** A payment that the customer has approved in the window, and that is charged only once it is confirmed. */
export type ConfirmRequest = {
  readonly orderId: string
  /** Null when the window named none. */
  readonly paymentId: string | null
  readonly paymentToken: string
  /** What the order asks. The gateway refuses to charge anything else. */
  readonly money: Money
}

export type ChangedWindow = {
  readonly status: 'paid' | 'cancelled'
  readonly fromMs: number
  readonly toMs: number
}

/** A row of a list of changes. It decides whether to look the payment up; it is never recorded. */
export type ChangedPayment = {
  /** The protocol of its window: V2's lists hold V1's payments too. */
  readonly gateway: GatewayName
  readonly paymentId: string
  readonly orderId: string
  /** Null when the row is unreadable. */
  readonly facts: {
    readonly status: PaymentStatus
    readonly cancelledAmount: number
    readonly deposited: number
  } | null
}
export type ChangedPage = {
  readonly payments: readonly ChangedPayment[]
  readonly nextPage: number | null
  /**
   * The number of rows in the whole window when this page was read. A different number on the next page means that the
   * list has shifted (G-15).
   */
  readonly total: number
  /** The gateway's time of answering, epoch ms; null when the answer has no date. */
  readonly atMs: number | null
}

/**
 * The share of the gateway budget that a call uses: `claim` for a payment or order known here, `timer` for scheduled
 * work, `stranger` for a claim that names nothing known here (L-06, D-01).
 */
export type Priority = 'claim' | 'timer' | 'stranger'

/**
 * `fixed`: the amount is now fixed, at `atMs` by the gateway's clock (null when the answer has no date). `held`: it
 * already was. `conflict`: another amount is fixed for this order id.
 */
export type FixAmountOutcome =
  | { readonly kind: 'fixed'; readonly atMs: number | null }
  | { readonly kind: 'held' }
  | { readonly kind: 'conflict' }

/**
 * The port to a payment gateway. Every call is bounded in time and in answer size. Failures are values and conclude
 * nothing about a payment (S-14, S-20).
 */
export type Gateway = {
  /** The requests that one look-up sends. */
  readonly callsPerLookup: 1 | 2
  /** Tries the configured key. V1 asks nothing while an earlier login still holds. */
  readonly checkKey: () => Promise<Result<null, GatewayProblem>>
  /**
   * Reads the gateway's current record. By payment: exactly that payment, or `unknown_payment`. By order: all payments of
   * the order, possibly none. It returns all because a later abandoned payment can hide an earlier paid one (G-17).
   */
  readonly lookup: (
    ref: LookupRef,
    priority?: Priority,
  ) => Promise<Result<readonly Observation[], GatewayProblem>>
  /** Fixes the amount of an order before its payment window opens (V1 prepare). */
  readonly fixAmount: (
    orderId: string,
    money: Money,
    /** `replace` replaces an amount that is already fixed for the order id. */
    how?: 'replace',
  ) => Promise<Result<FixAmountOutcome, GatewayProblem>>
  /** Reads the amount that is fixed for an order id; `unknown` where the gateway does not tell (M-22). */
  readonly fixedAmount: (orderId: string) => Promise<Result<FixedAmount, GatewayProblem>>
  /**
   * Cancels a payment in whole or in part. It has its own deadline; a cancel that outlasts it may still be executed
   * (M-23).
   */
  readonly cancel: (request: GatewayCancelRequest) => Promise<WriteOutcome>
  /**
   * Closes an issued virtual account, so that it accepts no deposit. Refused once it has received one, and by PGs that
   * cannot close accounts (V-05, V-06, V-10).
   */
  readonly closeAccount: (paymentId: string, orderId: string) => Promise<WriteOutcome>
  /**
   * Charges a payment of a channel with manual confirm, or issues its account. The outcome has the certainty of a cancel's.
   * Null where the gateway charges in its window.
   */
  readonly confirm: ((request: ConfirmRequest) => Promise<WriteOutcome>) | null
  /**
   * Lists payments that became paid or cancelled within a window, to find changes that no claim has reported (V-08,
   * M-10). Pages count from 1.
   */
  readonly changed: (window: ChangedWindow, page: number) => Promise<Result<ChangedPage, GatewayProblem>>
  /** How far back the lists of `changed` reach, and the shortest window that they can divide. */
  readonly changedLimits: { readonly reachMs: number; readonly windowMinMs: number }
}
