import { and, eq, gt, gte, inArray, lt, lte } from 'drizzle-orm'
import type { Database } from './engines/open.ts'

const ROWS_PER_BATCH_MAX = 500
const BATCHES_MAX = 200

/**
 * Makes waiting notices due now and resets their attempts. The choice is one notice with the earlier ones of its order,
 * which must be sent first, or the notices recorded from `from` until before `to` (epoch ms).
 */
export async function makeNoticesDue(
  db: Database,
  choice: { readonly id: string } | { readonly from: number; readonly to: number },
  nowMs: number,
): Promise<void> {
  const { notices } = db.tables
  const chosen = 'id' in choice ? await noticeAndEarlier(db, choice.id) : within(db, choice)
  if (chosen === undefined) return
  const notYetDue = and(eq(notices.state, 'waiting'), gt(notices.dueAtMs, nowMs), chosen)
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const rows = await db.query
      .select({ id: notices.noticeId })
      .from(notices)
      .where(notYetDue)
      .limit(ROWS_PER_BATCH_MAX)
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return
    await db.atomically([
      (query) =>
        query
          .update(notices)
          .set({ dueAtMs: nowMs, attempts: 0 })
          .where(and(inArray(notices.noticeId, ids), notYetDue)),
    ])
  }
}

async function noticeAndEarlier(db: Database, noticeId: string) {
  const { notices } = db.tables
  const [row] = await db.query
    .select({ orderId: notices.orderId, sequence: notices.sequence })
    .from(notices)
    .where(eq(notices.noticeId, noticeId))
  return row && and(eq(notices.orderId, row.orderId), lte(notices.sequence, row.sequence))
}

const within = ({ tables: { notices } }: Database, range: { readonly from: number; readonly to: number }) =>
  and(gte(notices.createdAtMs, range.from), lt(notices.createdAtMs, range.to))
