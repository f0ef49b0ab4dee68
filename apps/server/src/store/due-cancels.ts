import type { NoticeAnswer } from '@landfall/payment-core'
import { and, eq, inArray, lt, ne, notExists, notInArray, or, sql } from 'drizzle-orm'
import { withAnswerText } from './answers.ts'
import { heldFrom, type CancelRow, type HeldCancel } from './cancels.ts'
import { alias } from './engines/columns.ts'
import type { Database } from './engines/open.ts'
import {
  isAvailable,
  isHeldBy,
  isLeased,
  leaseEach,
  leaseStatement,
  type DueParams,
  type Lease,
} from './lease.ts'
import { statement } from './engines/statement.ts'

const selectDue = statement<DueParams, CancelRow>((query, { cancels }, param) => {
  const other = alias(cancels, 'other')
  // One that a worker holds goes first, whatever the clocks of two servers have dated (K-03).
  const earlier = or(
    lt(other.createdAtMs, cancels.createdAtMs),
    and(eq(other.createdAtMs, cancels.createdAtMs), lt(other.intentId, cancels.intentId)),
  )
  // What may be executed at any moment leaves no other's balance certain. What was refused is on nobody's way for hours.
  const first = or(inArray(other.state, ['accepted', 'unknown']), and(eq(other.state, 'requested'), earlier))
  // What is under way itself waits for no other: it is only looked for, and a clock that dates the others earlier must not keep it from that.
  const before = or(
    isLeased(other, param('nowMs')),
    and(notInArray(cancels.state, ['accepted', 'unknown']), first),
  )
  const isOther = ne(other.intentId, cancels.intentId)
  const isNext = notExists(
    query
      .select({ id: other.intentId })
      .from(other)
      .where(and(eq(other.paymentId, cancels.paymentId), isOther, before)),
  )
  return query
    .select()
    .from(cancels)
    .where(and(isAvailable(cancels, param('nowMs')), isNext))
    .orderBy(cancels.dueAtMs)
    .limit(sql.placeholder('limit'))
})

const leaseOne = leaseStatement(({ cancels }) => ({ table: cancels, id: cancels.intentId }))

/**
 * Takes due intents for this worker alone. Of one payment only the earliest that was never sent, and none while another may be executed: each is
 * sent with the balance the ones before it leave (M-08, S-24).
 */
export async function leaseCancels(
  db: Database,
  by: Lease & { readonly limit: number },
): Promise<HeldCancel[]> {
  const due = await selectDue.rows(db, by)
  const taken = await leaseEach(db, due, (row) => leaseOne.write(db, { ...by, id: row.intentId }))
  return taken.map((row) => ({ ...heldFrom(row), lease: by.lease }))
}

/**
 * Notes, before each call, when it is sent and what had gone back until then: until its answer is noted its outcome is unknown, and a worker that
 * dies leaves just that behind (C-03). The lease lasts as long as the call may. `stale` when another worker took over (S-15), or another intent of the payment may be executed: two
 * servers may have taken one each at the same moment (M-08).
 */
export async function noteSending(
  db: Database,
  row: HeldCancel,
  at: { readonly nowMs: number; readonly leaseUntilMs: number; readonly cancelledAmount: number },
): Promise<'done' | 'stale'> {
  const { cancels } = db.tables
  const { leaseUntilMs, cancelledAmount } = at
  const sent = {
    state: 'unknown',
    sentAtMs: at.nowMs,
    cancelledBefore: cancelledAmount,
    unchangedLooks: 0,
    leaseUntilMs,
    // Its answer takes the place of this: what is left of it is a call whose answer never came, or whose money was seen to be back.
    answers: withAnswerText(row.answers, { atMs: at.nowMs, answer: 'sent' }),
  }
  const other = alias(cancels, 'other')
  const isEarlier = or(
    lt(other.createdAtMs, row.createdAtMs),
    and(eq(other.createdAtMs, row.createdAtMs), lt(other.intentId, row.intentId)),
  )
  const isInTheWay = or(
    inArray(other.state, ['accepted', 'unknown']),
    and(isLeased(other, at.nowMs), isEarlier),
  )
  return db.atomically([
    (query) =>
      query
        .update(cancels)
        .set(sent)
        .where(
          and(
            eq(cancels.intentId, row.intentId),
            isHeldBy(cancels, row.lease),
            notExists(
              query
                .select({ id: other.intentId })
                .from(other)
                .where(and(eq(other.paymentId, row.paymentId), ne(other.intentId, row.intentId), isInTheWay)),
            ),
          ),
        )
        .returning({ intentId: cancels.intentId }),
  ])
}

/** What came of a try, as its worker has heard it; nothing once another has taken the intent over. */
export async function storeAnswers(
  db: Database,
  { intentId, lease }: HeldCancel,
  answers: readonly NoticeAnswer[],
): Promise<void> {
  const { cancels } = db.tables
  await db.atomically([
    (query) =>
      query
        .update(cancels)
        .set({ answers: JSON.stringify(answers) })
        .where(and(eq(cancels.intentId, intentId), isHeldBy(cancels, lease)))
        .returning({ intentId: cancels.intentId }),
  ])
}
