import { z } from 'zod'
import { text } from './api/described.ts'
import type { KeyScope } from './api/key-scope.ts'

/**
 * All expected failures, by kind. The server's `problem-answers.ts` maps each to an HTTP and a tRPC answer; the page knows them by their HTTP
 * status alone.
 */
export type Problem =
  | GatewayProblem
  /** Unreadable input. `where` names the first invalid field, or says what was wrong. */
  | { readonly kind: 'bad_input'; readonly where: string }
  | { readonly kind: 'too_large'; readonly limitBytes: number }
  /** A webhook without a right signature of a live secret (W-09). */
  | { readonly kind: 'bad_signature'; readonly cause: string }
  | { readonly kind: 'unsupported_content'; readonly contentType: string }
  /** The body did not arrive in time, or more bodies were arriving than can be waited for (D-06). */
  | { readonly kind: 'slow_body' }
  /** No merchant key, or one that is not active. */
  | { readonly kind: 'unauthorized' }
  /** The merchant key lacks the scope that this call needs. */
  | { readonly kind: 'not_allowed'; readonly scope: KeyScope }
  /** A view token that is forged, expired or from another deployment. */
  | { readonly kind: 'bad_view_token' }
  | { readonly kind: 'unknown_order'; readonly orderId: string }
  /** The order exists with another amount or currency. The first registration stays (M-04). */
  | {
      readonly kind: 'order_conflict'
      readonly orderId: string
      readonly field: 'amount' | 'currency' | 'gateway'
    }
  /** The order holds no money that could be refunded. */
  | { readonly kind: 'nothing_to_cancel'; readonly orderId: string }
  /** More than is left, including other requests. `left` is in minor units (M-07, M-08). */
  | { readonly kind: 'cancel_too_large'; readonly orderId: string; readonly left: number }
  /** A tax-free or VAT part is larger than the amount, or than what is left of the part (M-28). */
  | { readonly kind: 'cancel_parts_too_large'; readonly orderId: string }
  /** A virtual account's deposit needs an account to return to (M-13). */
  | { readonly kind: 'refund_account_needed'; readonly orderId: string }
  /** The payment's record is contradictory, so a person must look first. */
  | { readonly kind: 'under_review'; readonly orderId: string }
  /** The order has no such review. */
  | { readonly kind: 'unknown_review'; readonly orderId: string; readonly reviewId: string }
  /** The facts or somebody else have ended it already. */
  | { readonly kind: 'review_ended'; readonly orderId: string; readonly reviewId: string }
  /** This action cannot end the review; `possible` lists the others. */
  | {
      readonly kind: 'not_possible'
      readonly orderId: string
      readonly reviewId: string
      readonly action: string
      readonly possible: readonly string[]
    }
  /** An order with a payment cannot be closed; refund it instead. */
  | { readonly kind: 'order_has_payment'; readonly orderId: string; readonly status: string }
  /** The same idempotency key came with another request (M-09). */
  | { readonly kind: 'idempotency_conflict'; readonly orderId: string }
  /** The guarded write lost its race too often. The timer tries again. */
  | { readonly kind: 'contended'; readonly orderId: string }
  /** The storage is full, locked or read-only. Nothing was accepted (C-06, K-04). */
  | { readonly kind: 'storage_unavailable'; readonly cause: string }
  /** Too many requests in total. Nothing was accepted (D-01, C-11). */
  | { readonly kind: 'busy' }
  /** Too many requests from one address. */
  | { readonly kind: 'too_many_requests' }

/** Failures of calls to the gateway. None concludes anything about a payment (S-20). */
export type GatewayProblem =
  /** No answer: refused, reset, DNS, TLS, or the deadline passed (G-03, G-04). */
  | { readonly kind: 'gateway_unreachable'; readonly cause: string }
  /** The gateway's refusal: a 4xx or 5xx, or a failure code in a 200 (G-05). */
  | {
      readonly kind: 'gateway_refused'
      readonly status: number
      readonly code: number | null
      readonly message: string | null
    }
  /** 429: do not call again for `retryAfterMs` (G-13). */
  | { readonly kind: 'gateway_busy'; readonly retryAfterMs: number }
  /** Truncated, HTML, too large, or not the documented shape (G-06). */
  | { readonly kind: 'gateway_unreadable'; readonly where: string }
  /** A valid record of another payment or order than requested (G-07). */
  | { readonly kind: 'gateway_wrong_record'; readonly asked: string; readonly got: string }
  /** Our record, but its money is missing, negative or a fraction of a won (G-08). An operator decides. */
  | {
      readonly kind: 'gateway_bad_money'
      readonly paymentId: string
      readonly orderId: string
      readonly where: string
    }
  /** 404: the gateway does not know the payment, at least not yet (G-10). */
  | { readonly kind: 'unknown_payment'; readonly asked: string }

/** A problem as programs receive it: its kind and one sentence. */
export const ProblemAnswer = z.object({ kind: z.string(), message: z.string() })
export type ProblemAnswer = z.infer<typeof ProblemAnswer>

/** A problem as the REST API tells it, by RFC 9457. */
export const ProblemDetails = z.object({
  type: text('The kind as an address in this document.', '/docs#unknown_order'),
  title: text('The kind in words.', 'Unknown order'),
  status: z
    .number()
    .int()
    .meta({ description: 'The HTTP status.', examples: [404] }),
  detail: text('What is wrong, in one sentence. It quotes no input.', 'No order of this id is registered.'),
  kind: text('The kind of the problem. Programs branch on it.', 'unknown_order'),
  action: text('What to do about it.', 'Check the id, or register the order first.'),
})
export type ProblemDetails = z.infer<typeof ProblemDetails>
