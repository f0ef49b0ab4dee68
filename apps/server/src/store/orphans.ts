import type { Decision, Review } from '@landfall/payment-core'
import { cancelWrites, movedWrites, nobodyAsks, type Asking } from './cancels.ts'
import type { Database } from './engines/open.ts'
import { noticeWrites } from './outbox.ts'
import { paymentWrites, type HeldPayment } from './payments.ts'
import { reviewWrites } from './reviews.ts'
import { timelineWrites } from './timeline.ts'

/**
 * The guarded write of a payment that is nobody's here, with what a person is told of it and asks for: guarded by the payment's own version, for
 * there is no order. `stale` when it is not what was read before.
 */
export async function recordOrphans(
  db: Database,
  before: HeldPayment | null,
  decision: Pick<Decision, 'payments' | 'timeline'> & Partial<Decision>,
  nowMs: number,
  /** Reviews as they were held. */
  reviews: readonly Review[] = [],
  asking: Asking = nobodyAsks,
): Promise<'done' | 'stale'> {
  const { order = null, notices = [], intents = [], moved = [], timeline } = decision
  const isOfPerson = notices.length > 0 || intents.length > 0
  const payments =
    decision.payments.length === 0 && isOfPerson && before !== null ? [before.payment] : decision.payments
  const [subject] = payments
  if (subject === undefined) return 'done'
  // Not the number itself: its order may be registered one day, and counts its own notices from 1.
  const told = notices.map((notice) => ({ ...notice, orderId: `orphan/${subject.paymentId}` }))
  return db.atomically([
    ...paymentWrites(db, before === null ? [] : [before], payments, nowMs),
    ...reviewWrites(db, subject.orderId, reviews, order?.reviews ?? reviews),
    ...movedWrites(db, moved, nowMs),
    ...cancelWrites(db, intents, nowMs, asking),
    ...noticeWrites(db, told, nowMs),
    ...timelineWrites(db, subject.paymentId, (before?.version ?? 0) + 1, timeline, nowMs),
  ])
}
