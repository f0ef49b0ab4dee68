import type { CancelIntent, CancelMove, Decision, DecideInput, TimelineEntry } from './decision.ts'
import { noticeOf, type Notice, type NoticeType } from '../notice/notice.ts'
import type { Observation } from '../payment/observation.ts'
import { statusOf, type Order, type OrderStatus } from '../order/order.ts'
import type { Payment } from '../payment/payment.ts'
import { invariant } from '../result.ts'
import { openReviews, reviewIdFor, type Review, type ReviewReason } from '../review/review.ts'
import { isDeclared } from '../order/transitions.ts'

/** An announcement. `mark` distinguishes it from others of its type. */
type Announcement = {
  readonly type: NoticeType
  readonly payment: Payment | null
  readonly to: OrderStatus
  readonly mark: string | number
  readonly why: string
  readonly review?: Review
}

/** Builds a decision: the held facts, with every change and announcement so far, in order. */
export class DecisionBuilder {
  order: Order
  readonly input: DecideInput
  readonly #held = new Map<string, Payment>()
  readonly #changed = new Set<string>()
  readonly notices: Notice[] = []
  readonly intents: CancelIntent[] = []
  readonly executed: string[] = []
  readonly timeline: TimelineEntry[] = []
  readonly moved: CancelMove[] = []
  proof: Observation | null = null
  /** Payments that this look-up contradicts. */
  readonly inDoubt = new Set<string>()

  constructor(input: DecideInput, order: Order) {
    this.input = input
    this.order = order
    for (const payment of input.payments) this.#held.set(payment.paymentId, payment)
  }

  held(paymentId: string): Payment | null {
    return this.#held.get(paymentId) ?? null
  }

  payments(): Payment[] {
    return [...this.#held.values()]
  }

  /** The status that the facts give the order. Only `announce` moves it there. */
  statusNow(): OrderStatus {
    return statusOf(this.order, this.payments(), this.input.nowMs)
  }

  put(payment: Payment): void {
    if (saysTheSame(this.#held.get(payment.paymentId), payment)) return
    this.#held.set(payment.paymentId, payment)
    this.#changed.add(payment.paymentId)
  }

  /** Adds a notice with the next sequence number, and moves the order along the event's edge, if it has one. */
  announce({ type, payment, to, mark, why, review }: Announcement): void {
    const from = this.order.status
    invariant(
      from === to || isDeclared({ from, to, event: type }),
      `${from} → ${to} by ${type} is no declared transition`,
    )
    this.order = { ...this.order, status: to, sequence: this.order.sequence + 1 }
    const others = this.payments().filter((other) => other.paymentId !== payment?.paymentId)
    const payments = payment === null ? others : [...others, payment]
    const timestamp = this.input.nowIso
    this.notices.push(
      noticeOf({ type, order: this.order, payments, payment, review: review ?? null, mark, timestamp }),
    )
    this.note(type, payment?.paymentId ?? null, why, { from, to })
  }

  /** Adds an intent. Its timeline entry tells the amount in minor units and the cause. */
  intend(intent: CancelIntent): void {
    this.intents.push(intent)
    this.note('cancel.decided', intent.paymentId, `${intent.amount}: ${intent.cause}`)
  }

  note(
    event: TimelineEntry['event'],
    paymentId: string | null,
    reason: string,
    move: Pick<TimelineEntry, 'from' | 'to'> = { from: null, to: null },
  ): void {
    const { actor = null } = this.input
    this.timeline.push({ event, paymentId, ...move, reason, ...(actor === null ? {} : { actor }) })
  }

  /** Opens a review, unless one is open for the same reason and payment. */
  openReview(
    reason: ReviewReason,
    payment: Payment | null,
    atStake: number,
    note: string,
    /** Given alone for a payment that cannot be held yet. */
    paymentId: string | null = payment?.paymentId ?? null,
  ): void {
    const { reviews } = this.order
    const alike = reviews.filter((each) => each.reason === reason && each.paymentId === paymentId)
    // A dismissed review is not opened again with the same note.
    if (
      alike.some(({ endedAtMs, end, note: of }) => endedAtMs === null || (end === 'dismiss' && of === note))
    )
      return
    const review: Review = {
      reviewId: reviewIdFor(reviews, reason, paymentId),
      reason,
      paymentId,
      atStake,
      sinceMs: this.input.nowMs,
      note,
      endedAtMs: null,
      endNote: null,
      end: null,
      endedBy: null,
    }
    this.order = { ...this.order, reviews: [...reviews, review].toSorted(byTime) }
    const to = this.#afterReview()
    this.announce({ type: 'order.review', payment, to, mark: review.reviewId, why: note, review })
  }

  /** Ends reviews, by the facts or by a person. */
  endReviews(
    payment: Payment | null,
    reasons: readonly ReviewReason[],
    note: string,
    ending: Pick<Review, 'end' | 'endedBy'> = { end: 'facts', endedBy: null },
    paymentId: string | null = payment?.paymentId ?? null,
  ): void {
    const ended = openReviews(this.order.reviews).filter(
      (each) => each.paymentId === paymentId && reasons.includes(each.reason),
    )
    for (const each of ended) {
      const review: Review = { ...each, endedAtMs: this.input.nowMs, endNote: note, ...ending }
      this.order = {
        ...this.order,
        reviews: this.order.reviews.map((other) => (other.reviewId === each.reviewId ? review : other)),
      }
      // An account that no longer counts is announced by what became of it, not by the end of a review.
      const to = this.order.status === 'open' ? this.#afterReview() : this.order.status
      this.announce({ type: 'order.review_ended', payment, to, mark: review.reviewId, why: note, review })
    }
  }

  /** A review moves the order only if a virtual account no longer counts, or counts again. */
  #afterReview(): OrderStatus {
    const waits = this.order.status === 'awaiting_deposit' || this.order.status === 'open'
    const to = this.statusNow()
    return waits && (to === 'open' || to === 'awaiting_deposit') ? to : this.order.status
  }

  decision(): Decision & { readonly order: Order } {
    const payments = this.payments().filter((payment) => this.#changed.has(payment.paymentId))
    const { order, notices, intents, executed, timeline, moved, proof } = this
    return { order, payments, notices, intents, executed, timeline, moved, proof }
  }
}

/** The stored order: by time, then id. */
const byTime = (a: Review, b: Review): number => a.sinceMs - b.sinceMs || (a.reviewId < b.reviewId ? -1 : 1)

/** Whether two stored values are equal. */
function saysTheSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isObject(one) || !isObject(other)) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  for (const key of keys) if (!(key in other) || !saysTheSame(one[key], other[key])) return false
  return true
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
