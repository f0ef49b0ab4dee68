import type { Review, StoryLine } from '@landfall/payment-core'
import type { StoryRows } from '../../../store/story-rows.ts'
import type { TimelineRow } from '../../../store/timeline.ts'
import { currencyIn } from './money.ts'

/** Review lines come from the review rows; the timeline gives their places. The sets hold the reviews already placed. */
export type ReviewPlaces = {
  readonly rows: StoryRows
  readonly opened: Set<string>
  readonly ended: Set<string>
}

const isOf = (review: Review, row: TimelineRow): boolean =>
  row.paymentId === null || review.paymentId === row.paymentId

export function openedBy({ rows, opened }: ReviewPlaces, row: TimelineRow): StoryLine[] {
  const review = rows.reviews.find(
    (each) => isOf(each, row) && each.note === row.reason && !opened.has(each.reviewId),
  )
  if (review === undefined) return []
  opened.add(review.reviewId)
  return [openedLine(rows, review, row.atMs)]
}

export function endedBy({ rows, ended }: ReviewPlaces, row: TimelineRow): StoryLine[] {
  const review = rows.reviews.find(
    (each) => isOf(each, row) && each.endNote === row.reason && !ended.has(each.reviewId),
  )
  if (review === undefined) return []
  ended.add(review.reviewId)
  return [endedLine(review, row.atMs)]
}

/** Reviews without a timeline entry, which earlier versions wrote. */
export function reviewsBeside({ rows, opened, ended }: ReviewPlaces): StoryLine[] {
  return rows.reviews.flatMap((review) => [
    ...(opened.has(review.reviewId) ? [] : [openedLine(rows, review, review.sinceMs)]),
    ...(ended.has(review.reviewId) || review.endedAtMs === null ? [] : [endedLine(review, review.endedAtMs)]),
  ])
}

const openedLine = (rows: StoryRows, review: Review, at: number): StoryLine => ({
  at,
  kind: 'review_opened',
  actor: null,
  paymentId: review.paymentId,
  reviewId: review.reviewId,
  reason: review.reason,
  atStake: review.atStake,
  currency: currencyIn(rows, review.paymentId),
  note: review.note,
})

const endedLine = (
  { paymentId, reviewId, reason, end, endedBy: actor, endNote }: Review,
  at: number,
): StoryLine => ({
  at,
  kind: 'review_ended',
  actor,
  paymentId,
  reviewId,
  reason,
  end: end ?? 'facts',
  note: endNote ?? '',
})
