import { NoticeState, NoticeType, type NoticeView } from '@landfall/payment-core'
import { and, eq, gt, gte, lt, or, sql, type SQL } from 'drizzle-orm'
import { answersFrom } from './answers.ts'
import { byBytes, unionAll } from './engines/columns.ts'
import type { Database } from './engines/open.ts'
import { type NoticePlace, type NoticeRow } from './outbox.ts'
import { NEVER_MS } from './work-tables.ts'

const viewOf = (row: NoticeRow): NoticeView => ({
  id: row.noticeId,
  orderId: row.orderId,
  type: NoticeType.parse(row.type),
  sequence: row.sequence,
  state: NoticeState.parse(row.state),
  recordedAt: row.createdAtMs,
  dueAt: row.dueAtMs === NEVER_MS ? null : row.dueAtMs,
  attempts: row.attempts,
  lastAnswer: row.lastAnswer,
  answers: answersFrom(row.answers),
})

/** Null matches any value. The range runs from `fromMs` until before `toMs`, epoch ms of recording. */
export type NoticeFilter = {
  readonly orderId: string | null
  readonly state: NoticeState | null
  readonly fromMs: number | null
  readonly toMs: number | null
}

/**
 * Reads up to `limit` notices after a place, oldest first. The index `notices_state` orders the notices of one state by
 * time. One statement merges the states, so that it reads a single snapshot. The few notices of one order are sorted.
 */
export async function noticesAfter(
  db: Database,
  filter: NoticeFilter,
  after: NoticePlace | null,
  limit: number,
): Promise<NoticeView[]> {
  const { notices } = db.tables
  const ordered = [notices.createdAtMs, byBytes(notices.noticeId)]
  const wanted = [ranged(db, filter), beyond(db, after)]
  if (filter.orderId !== null) {
    const state = filter.state === null ? undefined : eq(sql`${notices.state} || ''`, filter.state)
    const ofOrder = and(eq(notices.orderId, filter.orderId), state, ...wanted)
    const rows = db.query.select().from(notices).where(ofOrder)
    return (await rows.orderBy(...ordered).limit(limit)).map(viewOf)
  }
  const arm = (state: string) => {
    const rows = db.query
      .select()
      .from(notices)
      .where(and(eq(notices.state, state), ...wanted))
      .orderBy(...ordered)
      .limit(limit)
      .as(`of_${state}`)
    return db.query.select().from(rows)
  }
  if (filter.state !== null) return (await arm(filter.state)).map(viewOf)
  const [first, second, ...rest] = NoticeState.options.map(arm)
  if (first === undefined || second === undefined) return []
  const merged = await unionAll(first, second, ...rest)
  return merged.toSorted(byPlace).slice(0, limit).map(viewOf)
}

const byPlace = (a: NoticeRow, b: NoticeRow): number =>
  a.createdAtMs - b.createdAtMs || (a.noticeId < b.noticeId ? -1 : 1)

const ranged = ({ tables: { notices } }: Database, { fromMs, toMs }: NoticeFilter): SQL | undefined =>
  and(
    fromMs === null ? undefined : gte(notices.createdAtMs, fromMs),
    toMs === null ? undefined : lt(notices.createdAtMs, toMs),
  )

function beyond({ tables: { notices } }: Database, after: NoticePlace | null): SQL | undefined {
  if (after === null) return undefined
  const { createdAtMs, id } = after
  const sameMoment = and(eq(notices.createdAtMs, createdAtMs), sql`${byBytes(notices.noticeId)} > ${id}`)
  return and(gte(notices.createdAtMs, createdAtMs), or(gt(notices.createdAtMs, createdAtMs), sameMoment))
}
