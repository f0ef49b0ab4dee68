/** Why a call failed. Newer servers may know further kinds, so handle the rest as well. */
export type LandfallErrorKind =
  // No answer, or one that is not Landfall's.
  | 'unreachable'
  | 'unreadable_answer'
  // The request.
  | 'bad_input'
  | 'slow_body'
  | 'too_large'
  | 'unsupported_content'
  | 'unauthorized'
  | 'not_allowed'
  | 'bad_view_token'
  | 'not_here'
  // The order.
  | 'unknown_order'
  | 'order_conflict'
  | 'order_has_payment'
  | 'nothing_to_cancel'
  | 'cancel_too_large'
  | 'cancel_parts_too_large'
  | 'refund_account_needed'
  | 'idempotency_conflict'
  | 'under_review'
  | 'unknown_review'
  | 'review_ended'
  | 'not_possible'
  // The server.
  | 'contended'
  | 'storage_unavailable'
  | 'busy'
  | 'too_many_requests'
  | 'our_fault'
  // The gateway.
  | 'unknown_payment'
  | 'gateway_unreachable'
  | 'gateway_refused'
  | 'gateway_busy'
  | 'gateway_unreadable'
  | 'gateway_wrong_record'
  | 'gateway_bad_money'
  | (string & {})

/** A call that failed, after all its tries. `message` is one sentence for developers. */
export class LandfallError extends Error {
  override readonly name = 'LandfallError'
  readonly kind: LandfallErrorKind
  /** The HTTP status; null without an answer. */
  readonly status: number | null
  /** What the caller can do about it, in one sentence. */
  readonly action: string

  constructor(
    { kind, status, message, action }: Pick<LandfallError, 'kind' | 'status' | 'message' | 'action'>,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.kind = kind
    this.status = status
    this.action = action
  }
}
