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
  return entries.map((entry, index) => {
    const place = `${String(version).padStart(8, '0')}/${String(index).padStart(3, '0')}`
    return insertLine.write(db, lineOf(`${subjectId}/${place}`, subjectId, entry, nowMs))
  })
}

/** An entry of each of these orders, told by one act on several of them; `actId` is new with each act. */
export function timelineWriteOfEach(
  db: Database,
  orderIds: readonly string[],
  actId: string,
  entry: TimelineEntry,
  nowMs: number,
): Write {
  const { timeline } = db.tables
  const lines = orderIds.map((orderId) => lineOf(`${orderId}/${actId}`, orderId, entry, nowMs))
  return (query) => query.insert(timeline).values(lines).returning({ entryId: timeline.entryId })
}

const lineOf = (entryId: string, orderId: string, entry: TimelineEntry, atMs: number): TimelineRow => ({
  entryId,
  orderId,
  paymentId: entry.paymentId,
  atMs,
  event: entry.event,
  fromStatus: entry.from,
  toStatus: entry.to,
  reason: entry.reason,
  actor: entry.actor ?? null,
  because: entry.because ?? null,
})

export async function timelineOf(db: Database, orderId: string): Promise<TimelineRow[]> {
  const { timeline } = db.tables
  return db.query
    .select()
    .from(timeline)
    .where(eq(timeline.orderId, orderId))
    .orderBy(timeline.atMs, timeline.entryId)
}
