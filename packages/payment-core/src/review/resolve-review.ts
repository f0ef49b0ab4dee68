import type { CancelCause, CancelState, Decision, DecideInput, RefundAccount } from '../decision/decision.ts'
import { DecisionBuilder } from '../decision/decision-builder.ts'
import type { Order } from '../order/order.ts'
import { join, type Payment } from '../payment/payment.ts'
import type { Observation } from '../payment/observation.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { actionsFor } from './review-ends.ts'
import { ReviewReason, type Review, type ReviewAction } from './review.ts'
import { keep } from '../decision/classify-payment.ts'
import { refundIntent } from '../refund/refund-intent.ts'

/** An existing cancel that ending the review concerns. */
export type StandingCancel = {
  readonly intentId: string
  readonly paymentId: string
  readonly cause: CancelCause
  readonly state: CancelState
  /** When it was last sent; null if it cannot have been executed. */
  readonly sentAtMs: number | null
}

export type Resolution = {
  readonly reviewId: string
  readonly action: ReviewAction
  /** The person's reason. */
  readonly note: string
  /** The account that receives a deposit's refund. */
  readonly refundAccount: RefundAccount | null
}

type Resolved = Decision & { readonly order: Order }

/** The reviews that a refund also ends: whose money it is, and why it has not gone back. */
const settledByReturn = ReviewReason.exclude(['bad_money', 'returned_more']).options

/**
 * Ends a review by a person's action, after a fresh look-up, with its consequences in the same decision. `seen` is the payment's present record, if
 * readable.
 */
export function resolveReview(
  input: DecideInput & { readonly order: Order; readonly actor: string },
  cancels: readonly StandingCancel[],
  seen: Observation | null,
  { reviewId, action, note, refundAccount }: Resolution,
): Result<Resolved, Problem> {
  const { orderId } = input.order
  const review = input.order.reviews.find((each) => each.reviewId === reviewId)
  if (review === undefined) return fail({ kind: 'unknown_review', orderId, reviewId })
  if (review.endedAtMs !== null) return fail({ kind: 'review_ended', orderId, reviewId })
  const builder = new DecisionBuilder(input, input.order)
  if (review.reason === 'contradiction' && seen !== null) acceptRecord(builder, review, seen)
  const payments = builder.payments()
  const possible = actionsFor(builder.order, payments, review)
  if (!possible.includes(action)) return fail({ kind: 'not_possible', orderId, reviewId, action, possible })
  const payment = payments.find(({ paymentId }) => paymentId === review.paymentId) ?? null
  const mine = cancels.filter(({ paymentId, cause }) => paymentId === review.paymentId && cause !== 'account')
  // Money that may be going back right now cannot be kept.
  const isMoving = mine.some(({ state }) => state === 'unknown' || state === 'accepted')
  if (action === 'accept' && isMoving)
    return fail({
      kind: 'not_possible',
      orderId,
      reviewId,
      action,
      possible: possible.filter((each) => each !== action),
    })
  const isReturn = action === 'return'
  const isDeposit = payment?.details.method === 'virtual_account'
  const needsAccount = isDeposit && (isReturn || action === 'retry')
  if (needsAccount && refundAccount === null) return fail({ kind: 'refund_account_needed', orderId })
  builder.note('review.resolved', review.paymentId, `${action}: ${note}`)
  const reasons = isReturn || action === 'accept' ? settledByReturn : [review.reason]
  builder.endReviews(payment, reasons, note, { end: action, endedBy: input.actor }, review.paymentId)
  if (payment !== null) {
    if (action === 'accept') accept(builder, payment)
    if (isReturn) refundRemainder(builder, payment, cancels, note, refundAccount)
  }
  if (action === 'retry') retryCancels(builder, mine, refundAccount)
  else stopCancels(builder, mine)
  return ok(builder.decision())
}

/**
 * After a person has looked at a contradiction, the gateway's present record counts. A kept payment stays as it is, and a record of another order
 * is not about this payment.
 */
function acceptRecord(builder: DecisionBuilder, { paymentId }: Review, seen: Observation): void {
  const held = builder.payments().find((payment) => payment.paymentId === paymentId)
  if (held === undefined || seen.orderId !== held.orderId || held.standing === 'kept') return
  const { status, amounts, currencies, testChannel, cancelledAmount, cancels, deposited } = seen
  const facts = {
    ...join(held, seen),
    status,
    amounts,
    currencies,
    testChannel,
    cancelledAmount,
    cancels,
    deposited,
  }
  builder.put({ ...held, ...facts, contradiction: null })
}

function accept(builder: DecisionBuilder, payment: Payment): void {
  const kept: Payment = {
    ...payment,
    standing: 'kept',
    rejectReason: null,
    late: builder.order.status === 'expired',
    contradiction: null,
  }
  builder.put(kept)
  const { standing: _, rejectReason: __, late: ___, contradiction: ____, ...facts } = kept
  keep(
    builder,
    kept,
    facts,
    'a person has accepted it: this order, this amount, this currency, a live channel',
  )
}

/** One more intent for all that is left. It is sent when no other cancel of the payment can still be executed. */
function refundRemainder(
  builder: DecisionBuilder,
  payment: Payment,
  cancels: readonly StandingCancel[],
  note: string,
  refundAccount: RefundAccount | null,
): void {
  const earlier = cancels.filter(
    (each) => each.paymentId === payment.paymentId && each.cause === 'person',
  ).length
  const isUnplaced = payment.standing === 'undecided' || payment.standing === null
  if (isUnplaced) builder.put({ ...payment, standing: 'rejected' })
  const intentId = `hand-${payment.paymentId}${earlier === 0 ? '' : `-${earlier + 1}`}`
  builder.intend(
    refundIntent(builder.order, payment, { intentId, cause: 'person', reason: note, refundAccount }),
  )
}

/** A cancel that may have been executed is repeated only after look-ups show that it was not (S-24). */
function retryCancels(
  builder: DecisionBuilder,
  cancels: readonly StandingCancel[],
  refundAccount: RefundAccount | null,
): void {
  for (const { intentId, state, sentAtMs } of cancels)
    if (state === 'over' || state === 'refused')
      builder.moved.push({
        intentId,
        from: state,
        to: sentAtMs === null ? 'requested' : 'unknown',
        refundAccount,
      })
}

/** A cancel that may be executed right now cannot be stopped. */
function stopCancels(builder: DecisionBuilder, cancels: readonly StandingCancel[]): void {
  for (const { intentId, state } of cancels)
    if (state === 'refused' || state === 'requested')
      builder.moved.push({ intentId, from: state, to: 'over', refundAccount: null })
}
