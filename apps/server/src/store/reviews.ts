import { Review } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

type ReviewRow = Tables['reviews']['$inferSelect']

const selectOfOrder = statement<{ orderId: string }, ReviewRow>((query, { reviews }, param) =>
  query
    .select()
    .from(reviews)
    .where(eq(reviews.orderId, param('orderId')))
    .orderBy(reviews.sinceMs, reviews.rowId),
)

/** All reviews of an order, ended ones included, oldest first. */
export const reviewsOfOrder = async (db: Database, orderId: string): Promise<Review[]> =>
  (await selectOfOrder.rows(db, { orderId })).map((row) => Review.parse(row))

const rowOf = (orderId: string, review: Review): ReviewRow => ({
  ...review,
  orderId,
  rowId: `${orderId}/${review.reviewId}`,
})

const insertNew = writeStatement<ReviewRow>((query, { reviews }) =>
  query.insert(reviews).values(everyColumn(reviews)).onConflictDoNothing(),
)

const updateOne = writeStatement<ReviewRow>((query, { reviews }, param) =>
  query
    .update(reviews)
    .set(everyColumn(reviews))
    .where(eq(reviews.rowId, param('rowId'))),
)

/** Writes the reviews that a decision has added or ended. They follow the order's guarded write in its unit. */
export const reviewWrites = (
  db: Database,
  orderId: string,
  before: readonly Review[],
  after: readonly Review[],
): Write[] =>
  after
    .filter((review) => !before.includes(review))
    .map((review) => {
      const isKnown = before.some((each) => each.reviewId === review.reviewId)
      return (isKnown ? updateOne : insertNew).write(db, rowOf(orderId, review))
    })
