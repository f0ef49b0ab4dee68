import {
  NoticeState,
  NoticeType,
  type Notice,
  type NoticeAnswer,
  type TimelineEntry,
} from '@landfall/payment-core'
import { and, eq, gt, gte, inArray, lt, notExists, or, sql } from 'drizzle-orm'
import { answersFrom, withAnswerText } from './answers.ts'
import { alias, everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import {
  isAvailable,
  isHeldBy,
  leaseEach,
  leaseStatement,
  unleased,
  type DueParams,
  type Lease,
} from './lease.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'
import { timelineWriteOfEach } from './timeline.ts'
import { NEVER_MS } from './work-tables.ts'

export type NoticeRow = Tables['notices']['$inferSelect']

const insertNotice = statement<NoticeRow, { noticeId: string }>((query, { notices }) =>
  query
    .insert(notices)
    .values(everyColumn(notices))
    .onConflictDoNothing()
    .returning({ noticeId: notices.noticeId }),
)

/** Notices are born in the same write as the status they announce, as the text that will be signed and sent. */
export function noticeWrites(db: Database, notices: readonly Notice[], nowMs: number): Write[] {
  return notices.map((notice) => {
    const { id: noticeId, orderId, sequence, type } = notice
    const state = {
      state: 'waiting',
      createdAtMs: nowMs,
      lastAnswer: null,
      answers: null,
      dueAtMs: nowMs,
      attempts: 0,
      ...unleased,
    }
    const row = { noticeId, orderId, sequence, type, body: JSON.stringify(notice.body), ...state }
    return insertNotice.write(db, row)
  })
}

export async function noticesOfOrder(
  db: Database,
  orderId: string,
): Promise<Array<{ id: string; type: NoticeType; sequence: number; state: NoticeState }>> {
  const { notices } = db.tables
  const rows = await db.query
    .select()
    .from(notices)
    .where(eq(notices.orderId, orderId))
    .orderBy(notices.sequence)
  return rows.map((row) => ({
    id: row.noticeId,
    type: NoticeType.parse(row.type),
    sequence: row.sequence,
    state: NoticeState.parse(row.state),
  }))
}

const selectDue = statement<DueParams, NoticeRow>((query, { notices }, param) => {
  const earlier = alias(notices, 'earlier')
  const isNext = notExists(
    query
      .select({ id: earlier.noticeId })
      .from(earlier)
      .where(
        and(
          eq(earlier.orderId, notices.orderId),
          eq(earlier.state, 'waiting'),
          gt(notices.sequence, earlier.sequence),
        ),
      ),
  )
  return query
    .select()
    .from(notices)
    .where(and(isAvailable(notices, param('nowMs')), isNext))
    .orderBy(notices.dueAtMs)
    .limit(sql.placeholder('limit'))
})

const leaseOne = leaseStatement(({ notices }) => ({ table: notices, id: notices.noticeId }))

/** Takes due notices for this worker alone. Of one order only the earliest that still waits: a later state is never announced first (N-04). */
export async function leaseNotices(
  db: Database,
  by: Lease & { readonly limit: number },
): Promise<NoticeRow[]> {
  const due = await selectDue.rows(db, by)
  const taken = await leaseEach(db, due, (row) => leaseOne.write(db, { ...by, id: row.noticeId }))
  return taken.map((row) => ({ ...row, lease: by.lease }))
}

type SettledRow = Pick<
  NoticeRow,
  'noticeId' | 'lease' | 'state' | 'dueAtMs' | 'lastAnswer' | 'answers' | 'attempts'
>

const updateHeld = statement<SettledRow, { noticeId: string }>((query, { notices }, param) =>
  query
    .update(notices)
    .set({
      state: param('state'),
      dueAtMs: param('dueAtMs'),
      lastAnswer: param('lastAnswer'),
      answers: param('answers'),
      attempts: param('attempts'),
      leaseUntilMs: 0,
    })
    .where(and(eq(notices.noticeId, param('noticeId')), isHeldBy(notices, param('lease'))))
    .returning({ noticeId: notices.noticeId }),
)

/** What has become of a notice. `answer` is what an attempt was answered with; without one there was none. */
export type SettledNotice = {
  readonly state: 'waiting' | 'delivered' | 'parked'
  readonly dueAtMs: number | null
  readonly lastAnswer: string
  readonly answer?: NoticeAnswer
}

/** Marks an attempt; `stale` when another worker has taken the notice over meanwhile (S-15). */
export async function settleNotice(
  db: Database,
  row: NoticeRow,
  { state, lastAnswer, dueAtMs, answer }: SettledNotice,
): Promise<'done' | 'stale'> {
  const { noticeId, lease } = row
  const answers = answer === undefined ? row.answers : withAnswerText(answersFrom(row.answers), answer)
  const settled = { state, lastAnswer, answers, dueAtMs: dueAtMs ?? NEVER_MS, attempts: row.attempts + 1 }
  return db.atomically([updateHeld.write(db, { noticeId, lease, ...settled })])
}

/** Which notices: one, or those recorded from a moment on and before another, each page after the last of the one before. */
export type NoticeChoice =
  | { readonly id: string }
  | {
      readonly fromMs: number
      readonly toMs: number
      readonly after: NoticePlace | null
      readonly limit: number
    }
export type NoticePlace = { readonly createdAtMs: number; readonly id: string }
/** Whose wish it is, told once to each order of which a notice is sent again; `told` are those of earlier pages. */
export type ReplayAct = {
  readonly actId: string
  readonly entry: TimelineEntry
  readonly told: ReadonlySet<string>
}

/**
 * Has notices that were delivered or parked sent again, under the same id and in their order's own sequence (N-01); which. Those that wait
 * anyway are left alone.
 */
export async function replayNotices(
  db: Database,
  choice: NoticeChoice,
  nowMs: number,
  act: ReplayAct | null = null,
): Promise<Array<NoticePlace & { readonly orderId: string }>> {
  const { notices } = db.tables
  const ended = inArray(notices.state, ['delivered', 'parked'])
  const rows = await db.query
    .select({ id: notices.noticeId, createdAtMs: notices.createdAtMs, orderId: notices.orderId })
    .from(notices)
    .where(and(ended, chosen(db, choice)))
    .orderBy(notices.createdAtMs, notices.noticeId)
    .limit('id' in choice ? 1 : choice.limit)
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const again = { state: 'waiting', dueAtMs: nowMs, attempts: 0, ...unleased }
  const untold = [...new Set(rows.map(({ orderId }) => orderId))].filter(
    (each) => act?.told.has(each) === false,
  )
  await db.atomically([
    (query) =>
      query
        .update(notices)
        .set(again)
        .where(and(inArray(notices.noticeId, ids), ended))
        .returning({ noticeId: notices.noticeId }),
    ...(act === null || untold.length === 0
      ? []
      : [timelineWriteOfEach(db, untold, act.actId, act.entry, nowMs)]),
  ])
  return rows
}

function chosen({ tables: { notices } }: Database, choice: NoticeChoice) {
  if ('id' in choice) return eq(notices.noticeId, choice.id)
  const { fromMs, toMs, after } = choice
  const within = and(gte(notices.createdAtMs, fromMs), lt(notices.createdAtMs, toMs))
  if (after === null) return within
  const sameMoment = and(eq(notices.createdAtMs, after.createdAtMs), gt(notices.noticeId, after.id))
  return and(within, or(gt(notices.createdAtMs, after.createdAtMs), sameMoment))
}

/** Parks what has waited since before `beforeMs`; how many. */
export async function parkNotices(db: Database, beforeMs: number, lastAnswer: string): Promise<number> {
  const { notices } = db.tables
  const old = and(eq(notices.state, 'waiting'), lt(notices.createdAtMs, beforeMs))
  const rows = await db.query.select({ id: notices.noticeId }).from(notices).where(old).limit(PARKED_AT_ONCE)
  if (rows.length === 0) return 0
  const ids = rows.map(({ id }) => id)
  await db.atomically([
    (query) =>
      query
        .update(notices)
        .set({ state: 'parked', dueAtMs: NEVER_MS, lastAnswer, ...unleased })
        .where(and(inArray(notices.noticeId, ids), old))
        .returning({ noticeId: notices.noticeId }),
  ])
  return ids.length
}
const PARKED_AT_ONCE = 1_000
