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
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'
import { timelineWriteOfEach } from './timeline.ts'
import { NEVER_MS } from './work-tables.ts'

export type NoticeRow = Tables['notices']['$inferSelect']

const insertNotice = writeStatement<NoticeRow>((query, { notices }) =>
  query.insert(notices).values(everyColumn(notices)).onConflictDoNothing(),
)

/**
 * Inserts notices in the same unit as the status they announce. The stored body is the exact text that is signed and
 * sent.
 */
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

/**
 * Leases up to `limit` due notices, the longest overdue first. For each order it leases only the earliest waiting notice,
 * so that no later state is announced first (N-04).
 */
export async function leaseNotices(
  db: Database,
  holder: Lease & { readonly limit: number },
): Promise<NoticeRow[]> {
  const due = await selectDue.rows(db, holder)
  const taken = await leaseEach(db, due, holder, leaseOne, (row) => row.noticeId)
  return taken.map((row) => ({ ...row, lease: holder.lease }))
}

type SettledRow = Pick<
  NoticeRow,
  'noticeId' | 'lease' | 'state' | 'dueAtMs' | 'lastAnswer' | 'answers' | 'attempts'
>

const updateHeld = writeStatement<SettledRow>((query, { notices }, param) =>
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
    .where(and(eq(notices.noticeId, param('noticeId')), isHeldBy(notices, param('lease')))),
)

/** The outcome for a notice. `answer` is absent when no attempt was made; a null `dueAtMs` means never. */
export type SettledNotice = {
  readonly state: 'waiting' | 'delivered' | 'parked'
  readonly dueAtMs: number | null
  readonly lastAnswer: string
  readonly answer?: NoticeAnswer
}

/** Records an attempt and releases the lease. Returns `stale` when another worker has taken over the notice (S-15). */
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

/**
 * One notice, or a page of those recorded from `fromMs` until before `toMs`. `after` is the last notice of the page
 * before.
 */
export type NoticeChoice =
  | { readonly id: string }
  | {
      readonly fromMs: number
      readonly toMs: number
      readonly after: NoticePlace | null
      readonly limit: number
    }
export type NoticePlace = { readonly createdAtMs: number; readonly id: string }
/**
 * The timeline entry of a replay, written once for each order. `told` holds the orders of earlier pages, which already
 * have it.
 */
export type ReplayAct = {
  readonly actId: string
  readonly entry: TimelineEntry
  readonly told: ReadonlySet<string>
}

/**
 * Makes delivered and parked notices due again, with the same id and in the order's own sequence (N-01). Returns those
 * notices. Waiting notices are left alone.
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
        .where(and(inArray(notices.noticeId, ids), ended)),
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

/** Parks up to 1,000 notices that were recorded before `beforeMs` and still wait. Returns their number. */
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
        .where(and(inArray(notices.noticeId, ids), old)),
  ])
  return ids.length
}
const PARKED_AT_ONCE = 1_000
