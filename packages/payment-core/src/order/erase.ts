import type { Decision } from '../decision/decision.ts'
import type { Notice, NoticeBody, OrderSummary } from '../notice/notice.ts'
import type { Order } from './order.ts'
import type { PaymentView } from '../notice/payment-view.ts'
import type { Details, Facts } from '../payment/payment.ts'
import type { Review } from '../review/review.ts'

/** Erasure removes who somebody is and what somebody wrote. It keeps the books: ids, amounts, statuses, times and reasons of ours. */

/** No order is registered with an empty name: it marks an order whose personal data was erased, for good. */
const erasedName = ''
export const isErased = ({ name }: Pick<Order, 'name'>): boolean => name === erasedName

/** Whether a field of a payment's details is erased. A new field does not compile without an answer. */
const isPersonal = {
  method: false,
  methodName: false,
  cardNumber: true,
  bankName: false,
  accountNumber: true,
  accountHolder: true,
  accountDueAtMs: false,
  receiptUrl: true,
  failReason: true,
  discount: false,
  approval: false,
  approvalNumber: true,
  cardIssuer: false,
  startedAtMs: false,
  paidAtMs: false,
  failedAtMs: false,
  cancelledAtMs: false,
} satisfies Record<keyof Details, boolean>

type PersonalField = {
  [F in keyof typeof isPersonal]: (typeof isPersonal)[F] extends true ? F : never
}[keyof typeof isPersonal]
const nothing: Record<PersonalField, null> = {
  cardNumber: null,
  accountNumber: null,
  accountHolder: null,
  receiptUrl: null,
  failReason: null,
  approvalNumber: null,
}

/** A payment, or an observation of it, without personal details. Returns the same object when it has none. */
export function eraseFacts<F extends Facts>(facts: F): F {
  const details = { ...facts.details, ...nothing }
  const cancels = facts.cancels.map((cancel) => ({ ...cancel, reason: null }))
  const isBare = JSON.stringify([details, cancels]) === JSON.stringify([facts.details, facts.cancels])
  return isBare ? facts : { ...facts, details, cancels }
}

/** A contradiction's note is one of our own words, by which a later look recognises it. Other notes may quote a person or the gateway. */
export const eraseReview = (review: Review): Review => ({
  ...review,
  note: review.reason === 'contradiction' ? review.note : '',
  endNote: review.endNote === null ? null : '',
})

/** The order without its name, references, way back and texts. */
export const eraseOrder = (order: Order): Order => ({
  ...order,
  name: erasedName,
  reference: null,
  returnTo: null,
  reviews: order.reviews.map(eraseReview),
  returns: order.returns.map((each) => ({ ...each, message: null })),
})

type ShownReview = OrderSummary['reviews'][number]
const eraseShownReview = (review: ShownReview): ShownReview => ({
  ...review,
  note: review.reason === 'contradiction' ? review.note : '',
  ended: review.ended === null ? null : { ...review.ended, note: null },
})

const eraseShownPayment = (payment: PaymentView): PaymentView => ({
  ...payment,
  card: payment.card === null ? null : { ...payment.card, number: null },
  approval: null,
  receiptUrl: null,
  account: payment.account === null ? null : { ...payment.account, number: null, holder: null },
})

/** A notice's body without personal data: what a replay sends from then on. */
export function eraseNotice(body: NoticeBody): NoticeBody {
  const { order, payment, review } = body.data
  return {
    ...body,
    data: {
      order: {
        ...order,
        name: erasedName,
        reference: null,
        returnTo: null,
        reviews: order.reviews.map(eraseShownReview),
      },
      payment: payment === null ? null : eraseShownPayment(payment),
      ...(review === undefined ? {} : { review: eraseShownReview(review) }),
    },
  }
}

/**
 * Events whose reason may be the words of a person or of the gateway. The others have reasons of ours. A requested refund keeps its sum,
 * which stands before the words.
 */
const quoting = new Set([
  'order.closed',
  'order.review',
  'order.review_ended',
  'review.resolved',
  'payment.failed',
  'account.not_closed',
])

/** The reason of a timeline's line without such words. `kept` holds the notes that `eraseReview` keeps. */
export function eraseReason(event: string, reason: string, kept: ReadonlySet<string>): string {
  if (event === 'cancel.asked') return /^\d+: /.exec(reason)?.[0] ?? ''
  return quoting.has(event) && !kept.has(reason) ? '' : reason
}

/** What a later look-up of an erased order may record: the gateway still has the personal data, and tells it again. */
export function keepErased<D extends Decision>(before: Order | null, decision: D): D {
  if (before === null || !isErased(before)) return decision
  return {
    ...decision,
    payments: decision.payments.map(eraseFacts),
    proof: decision.proof === null ? null : eraseFacts(decision.proof),
    notices: decision.notices.map((notice): Notice => ({ ...notice, body: eraseNotice(notice.body) })),
  }
}
