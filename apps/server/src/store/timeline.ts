import type { TimelineEntry } from '@landfall/payment-core'
import { eq, inArray, sql } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import { writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

export type TimelineRow = Tables['timeline']['$inferSelect']

const insertLine = writeStatement<TimelineRow>((query, { timeline }) =>
  query.insert(timeline).values(everyColumn(timeline)).onConflictDoNothing(),
)

/**
 * Inserts one line for each entry. Line ids derive from the guarded version, so that a repeated write adds no second
 * line.
 */
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

/** Inserts the same entry for each of several orders that one act concerns. `actId` is unique to the act. */
export function timelineWriteOfEach(
  db: Database,
  orderIds: readonly string[],
  actId: string,
  entry: TimelineEntry,
  nowMs: number,
): Write {
  const { timeline } = db.tables
  const lines = orderIds.map((orderId) => lineOf(`${orderId}/${actId}`, orderId, entry, nowMs))
  return (query) => query.insert(timeline).values(lines)
}

// A write that touches no row would undo its unit. Update an existing line to its own value instead.
const insertOnce = writeStatement<TimelineRow>((query, { timeline }) =>
  query
    .insert(timeline)
    .values(everyColumn(timeline))
    .onConflictDoUpdate({ target: timeline.entryId, set: { reason: sql`${timeline.reason}` } }),
)

/**
 * Keeps the first claim of each source, message and payment, some dozens for an order at most. Retention deletes the
 * receipts. Later equal claims, which have no bound, appear only while their receipt exists.
 */
export const claimEntryWrite = (
  db: Database,
  subjectId: string,
  entry: TimelineEntry,
  atMs: number,
): Write => {
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

/** The lines of an order and of its former orphan payments, oldest first. */
export async function timelineOfAll(db: Database, subjectIds: readonly string[]): Promise<TimelineRow[]> {
  const { timeline } = db.tables
  return db.query
    .select()
    .from(timeline)
    .where(inArray(timeline.orderId, [...subjectIds]))
    .orderBy(timeline.atMs, timeline.entryId)
}
