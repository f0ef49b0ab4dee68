import type { TimelineEntry } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import type { Database, Write } from './db.ts'
import type { Tables } from './tables.ts'

export type TimelineRow = Tables['timeline']['$inferSelect']

/** One line an entry. Ids come from the guarded version, so that a repeated write cannot tell a story twice. */
export function timelineWrites(
  db: Database,
  subjectId: string,
  version: number,
  entries: readonly TimelineEntry[],
  nowMs: number,
): Write[] {
  const { timeline } = db.tables
  return entries.map((entry, index) => (query) => {
    const entryId = `${subjectId}/${String(version).padStart(8, '0')}/${String(index).padStart(3, '0')}`
    const { event, paymentId, from: fromStatus, to: toStatus, reason } = entry
    return query
      .insert(timeline)
      .values({ entryId, orderId: subjectId, paymentId, atMs: nowMs, event, fromStatus, toStatus, reason })
      .onConflictDoNothing()
      .returning({ entryId: timeline.entryId })
  })
}

export async function timelineOf(db: Database, orderId: string): Promise<TimelineRow[]> {
  const { timeline } = db.tables
  return db.query
    .select()
    .from(timeline)
    .where(eq(timeline.orderId, orderId))
    .orderBy(timeline.atMs, timeline.entryId)
}
