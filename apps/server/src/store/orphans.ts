import type { Decision, Review } from '@landfall/payment-core'
import { cancelWrites, executedWrites, movedWrites, noRequester, type Requester } from './cancels.ts'
import type { Database } from './engines/open.ts'
import { noticeWrites } from './outbox.ts'
import { paymentWrites, type HeldPayment } from './payments.ts'
import { reviewWrites } from './reviews.ts'
import { timelineWrites } from './timeline.ts'

/**
 * The guarded write of a payment whose order is not registered here, with its reviews, notices and intents. The payment's
 * own version guards it, because there is no order. Returns `stale` when the payment has changed since it was read.
 */
export async function recordOrphans(
  db: Database,
  before: HeldPayment | null,
  decision: Pick<Decision, 'payments' | 'timeline'> & Partial<Decision>,
  nowMs: number,
  /** The stored reviews, before the decision. */
  reviews: readonly Review[] = [],
  requester: Requester = noRequester,
): Promise<'done' | 'stale'> {
  const { order = null, notices = [], intents = [], executed = [], moved = [], timeline } = decision
  const isMore = notices.length > 0 || intents.length > 0 || executed.length > 0
  const payments =
    decision.payments.length === 0 && isMore && before !== null ? [before.payment] : decision.payments
  const [subject] = payments
  if (subject === undefined) return 'done'
  // Not the order id itself: that order may be registered later, and numbers its own notices from 1.
  const addressed = notices.map((notice) => ({ ...notice, orderId: `orphan/${subject.paymentId}` }))
  return db.atomically([
    ...paymentWrites(db, before === null ? [] : [before], payments, nowMs),
    ...reviewWrites(db, subject.orderId, reviews, order?.reviews ?? reviews),
    ...executedWrites(db, executed),
    ...movedWrites(db, moved, nowMs),
    ...cancelWrites(db, intents, nowMs, requester),
    ...noticeWrites(db, addressed, nowMs),
    ...timelineWrites(db, subject.paymentId, (before?.version ?? 0) + 1, timeline, nowMs),
  ])
}
