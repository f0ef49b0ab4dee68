import type {
  CancelCause,
  CancelIntent,
  CancelState,
  Decision,
  DecideInput,
  RefundAccount,
} from '../decision/decision.ts'
import { DecisionBuilder } from '../decision/decision-builder.ts'
import type { Order } from '../order/order.ts'
import { join, remainderOf, type Payment } from '../payment/payment.ts'
import type { Observation } from '../payment/observation.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { actionsFor } from './review-ends.ts'
import type { Review, ReviewAction, ReviewReason } from './review.ts'
import { keep } from '../decision/classify-payment.ts'
import { partsOf } from '../money/tax-parts.ts'

/** A cancel that stands there already, as far as a person's end of a review concerns it. */
export type StandingCancel = {
  readonly intentId: string
  readonly paymentId: string
  readonly cause: CancelCause
  readonly state: CancelState
  /** When it was last sent, if that may have been done. */
  readonly sentAtMs: number | null
}

export type Resolution = {
  readonly reviewId: string
  readonly action: ReviewAction
  /** Why, in the person's own words. */
  readonly note: string
  /** Where a deposited account's money goes back to. */
  readonly refundAccount: RefundAccount | null
}

type Resolved = Decision & { readonly order: Order }

/** What a return settles about a payment: where its money belongs, and that it did not go back before. */
const settledByReturn: readonly ReviewReason[] = [
  'contradiction',
  'rejected',
  'surplus',
  'late',
  'orphan',
  'cancel_failed',
  'predates_order',
  'amount_conflict',
  'discounted',
  'undated',
]

/**
 * A person's end of a review: of the review as it is held after a fresh look, with what follows from it in the same decision. `seen`: the payment as
 * the gateway's record reads now, where it could be read.
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
  // What may be on its way back at this moment cannot be kept.
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
 * A person has seen what contradicts itself: from now on the gateway's present record counts. What the order was finalised with stays, and a record
 * of another order is not about this payment.
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

/** One more intent for all that is left; it is sent once nothing else of this payment may be executed. */
function refundRemainder(
  builder: DecisionBuilder,
  payment: Payment,
  cancels: readonly StandingCancel[],
  note: string,
  refundAccount: RefundAccount | null,
): void {
  const amount = remainderOf(payment)
  const earlier = cancels.filter(
    (each) => each.paymentId === payment.paymentId && each.cause === 'person',
  ).length
  const isUnplaced = payment.standing === 'undecided' || payment.standing === null
  if (isUnplaced) builder.put({ ...payment, standing: 'rejected' })
  const intent: CancelIntent = {
    intentId: `hand-${payment.paymentId}${earlier === 0 ? '' : `-${earlier + 1}`}`,
    orderId: builder.order.orderId,
    paymentId: payment.paymentId,
    amount,
    expectedBalance: amount,
    cause: 'person',
    reason: note,
    refundAccount,
    ...partsOf(builder.order, amount),
  }
  builder.intend(intent)
}

/** What may have been executed is sent again only after the gateway has shown that it was not (S-24). */
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

/** What may be executed at this moment cannot be stopped any more. */
function stopCancels(builder: DecisionBuilder, cancels: readonly StandingCancel[]): void {
  for (const { intentId, state } of cancels)
    if (state === 'refused' || state === 'requested')
      builder.moved.push({ intentId, from: state, to: 'over', refundAccount: null })
}
