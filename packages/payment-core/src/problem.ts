import { z } from 'zod'
import type { KeyScope } from './api/key-scope.ts'

/**
 * Every failure that is expected, by kind. Each edge maps kinds once, in a total table: HTTP and tRPC in the
 * server's `problem-answers.ts`, sentences in the web's `copy.ts`.
 */
export type Problem =
  | GatewayProblem
  /** What came in cannot be read; `where` names the first offending field or says what was wrong. */
  | { readonly kind: 'bad_input'; readonly where: string }
  | { readonly kind: 'too_large'; readonly limitBytes: number }
  | { readonly kind: 'unsupported_content'; readonly contentType: string }
  /** No merchant key, or one that is not live. */
  | { readonly kind: 'unauthorized' }
  /** The merchant key is live, but lacks the scope that this call needs. */
  | { readonly kind: 'not_allowed'; readonly scope: KeyScope }
  /** A view token that is forged, expired or of another deployment. */
  | { readonly kind: 'bad_view_token' }
  | { readonly kind: 'unknown_order'; readonly orderId: string }
  /** The order exists with another sum: the first registration stays (M-04). */
  | { readonly kind: 'order_conflict'; readonly orderId: string; readonly field: 'amount' | 'currency' }
  /** The order holds no money that could go back. */
  | { readonly kind: 'nothing_to_cancel'; readonly orderId: string }
  /** More was asked back than is left, other requests counted; `left` in minor units (M-07, M-08). */
  | { readonly kind: 'cancel_too_large'; readonly orderId: string; readonly left: number }
  /** The tax-free or VAT part asked back is more than the sum, or than is left of it (M-28). */
  | { readonly kind: 'cancel_parts_too_large'; readonly orderId: string }
  /** A virtual account was paid into: say where the money goes (M-13). */
  | { readonly kind: 'refund_account_needed'; readonly orderId: string }
  /** The payment's record contradicts itself: a person must look first. */
  | { readonly kind: 'under_review'; readonly orderId: string }
  /** The order has no such review. */
  | { readonly kind: 'unknown_review'; readonly orderId: string; readonly reviewId: string }
  /** It has ended already, by the facts or by somebody else. */
  | { readonly kind: 'review_ended'; readonly orderId: string; readonly reviewId: string }
  /** This review cannot be ended so; `possible` ways are left. */
  | {
      readonly kind: 'not_possible'
      readonly orderId: string
      readonly reviewId: string
      readonly action: string
      readonly possible: readonly string[]
    }
  /** An order that has its payment is not called off: its money is given back. */
  | { readonly kind: 'order_has_payment'; readonly orderId: string; readonly status: string }
  /** The same idempotency key came with another request (M-09). */
  | { readonly kind: 'idempotency_conflict'; readonly orderId: string }
  /** The guarded write lost its race too often; the timer goes on with it. */
  | { readonly kind: 'contended'; readonly orderId: string }
  /** Storage is full, locked or read-only: nothing was taken in (C-06, K-04). */
  | { readonly kind: 'storage_unavailable'; readonly cause: string }
  /** More is asked than can be answered right now: nothing was taken in (D-01, C-11). */
  | { readonly kind: 'busy' }
  /** One address asks more often than a person could. */
  | { readonly kind: 'too_many_requests' }

/** What can go wrong when the gateway is asked. None of them concludes anything about a payment (S-20). */
export type GatewayProblem =
  /** No answer: refused, reset, DNS, TLS, or the deadline passed (G-03, G-04). */
  | { readonly kind: 'gateway_unreachable'; readonly cause: string }
  /** An answer that says no: a status of 4xx or 5xx, or `code != 0` under 200 (G-05). */
  | {
      readonly kind: 'gateway_refused'
      readonly status: number
      readonly code: number | null
      readonly message: string | null
    }
  /** 429: not before `retryAfterMs` from now (G-13). */
  | { readonly kind: 'gateway_busy'; readonly retryAfterMs: number }
  /** Truncated, HTML, too large, or not the documented shape (G-06). */
  | { readonly kind: 'gateway_unreadable'; readonly where: string }
  /** A well-formed record of another payment or order than was asked for (G-07). */
  | { readonly kind: 'gateway_wrong_record'; readonly asked: string; readonly got: string }
  /**
   * The record is ours but its money cannot be read: missing, negative, a fraction of a won (G-08). An
   * operator decides.
   */
  | {
      readonly kind: 'gateway_bad_money'
      readonly paymentId: string
      readonly orderId: string
      readonly where: string
    }
  /** 404: the gateway knows no such payment (yet, G-10). */
  | { readonly kind: 'unknown_payment'; readonly asked: string }

/** What a program is told of a problem: its kind and one sentence. */
export const ProblemAnswer = z.object({ kind: z.string(), message: z.string() })
export type ProblemAnswer = z.infer<typeof ProblemAnswer>
