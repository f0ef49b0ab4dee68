import { and, eq, gt, gte, inArray, lt, lte } from 'drizzle-orm'
import type { Database } from './engines/open.ts'

const HURRIED_AT_ONCE = 500
const TURNS_MAX = 200

/**
 * Makes notices that wait due now, with their attempts to be made anew: one with those of its order that must be told before it, or those recorded
 * from a moment on and before another.
 */
export async function hurryNotices(
  db: Database,
  choice: { readonly id: string } | { readonly from: number; readonly to: number },
  nowMs: number,
): Promise<void> {
  const { notices } = db.tables
  const chosen = 'id' in choice ? await upTo(db, choice.id) : within(db, choice)
  if (chosen === undefined) return
  const late = and(eq(notices.state, 'waiting'), gt(notices.dueAtMs, nowMs), chosen)
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const rows = await db.query
      .select({ id: notices.noticeId })
      .from(notices)
      .where(late)
      .limit(HURRIED_AT_ONCE)
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return
    await db.atomically([
      (query) =>
        query
          .update(notices)
          .set({ dueAtMs: nowMs, attempts: 0 })
          .where(and(inArray(notices.noticeId, ids), late))
          .returning({ id: notices.noticeId }),
    ])
  }
}

async function upTo(db: Database, noticeId: string) {
  const { notices } = db.tables
  const [row] = await db.query
    .select({ orderId: notices.orderId, sequence: notices.sequence })
    .from(notices)
    .where(eq(notices.noticeId, noticeId))
  return row && and(eq(notices.orderId, row.orderId), lte(notices.sequence, row.sequence))
}

const within = ({ tables: { notices } }: Database, range: { readonly from: number; readonly to: number }) =>
  and(gte(notices.createdAtMs, range.from), lt(notices.createdAtMs, range.to))
