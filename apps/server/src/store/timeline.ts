import type { TimelineEntry } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { everyColumn } from './columns.ts'
import type { Database, Write } from './db.ts'
import { statement } from './statement.ts'
import type { Tables } from './tables.ts'

export type TimelineRow = Tables['timeline']['$inferSelect']

const insertLine = statement<TimelineRow, { entryId: string }>((query, { timeline }) =>
  query
    .insert(timeline)
    .values(everyColumn(timeline))
    .onConflictDoNothing()
    .returning({ entryId: timeline.entryId }),
)

/** One line an entry. Ids come from the guarded version, so that a repeated write cannot tell a story twice. */
export function timelineWrites(
  db: Database,
  subjectId: string,
  version: number,
  entries: readonly TimelineEntry[],
  nowMs: number,
): Write[] {
  return entries.map(({ event, paymentId, from: fromStatus, to: toStatus, reason, actor = null }, index) => {
    const entryId = `${subjectId}/${String(version).padStart(8, '0')}/${String(index).padStart(3, '0')}`
    const row = {
      entryId,
      orderId: subjectId,
      paymentId,
      atMs: nowMs,
      event,
      fromStatus,
      toStatus,
      reason,
      actor,
      because: null,
    }
    return insertLine.write(db, row)
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
