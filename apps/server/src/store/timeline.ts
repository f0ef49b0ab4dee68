import type { TimelineEntry } from '@landfall/payment-core'
import { eq, inArray, sql } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import { statement } from './engines/statement.ts'
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

// A write that touches no row would undo the unit it stands in: a line that is there already is touched, and stays as it is.
const insertOnce = statement<TimelineRow, { entryId: string }>((query, { timeline }) =>
  query
    .insert(timeline)
    .values(everyColumn(timeline))
    .onConflictDoUpdate({ target: timeline.entryId, set: { reason: sql`${timeline.reason}` } })
    .returning({ entryId: timeline.entryId }),
)

/**
 * The first claim of each door and word about each try, some dozens at most: receipts are deleted after a week, and a claim can be repeated without end. What comes later is told
 * by its receipt as long as that is there.
 */
export const heardWrite = (db: Database, subjectId: string, entry: TimelineEntry, atMs: number): Write => {
  const entryId = `${subjectId}/claim/${entry.because ?? ''}/${entry.reason}/${entry.paymentId ?? ''}`
  return insertOnce.write(db, lineOf(entryId, subjectId, entry, atMs))
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

/** The lines of an order and of those of its payments that were nobody's once, oldest first. */
export async function timelineOfAll(db: Database, subjectIds: readonly string[]): Promise<TimelineRow[]> {
  const { timeline } = db.tables
  return db.query
    .select()
    .from(timeline)
    .where(inArray(timeline.orderId, [...subjectIds]))
    .orderBy(timeline.atMs, timeline.entryId)
}
