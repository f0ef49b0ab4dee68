import type { NoticeAnswer } from '@landfall/payment-core'
import { and, eq, inArray, lt, ne, notExists, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { withAnswerText } from './answers.ts'
import { heldFrom, type CancelRow, type HeldCancel } from './cancels.ts'
import { alias } from './engines/columns.ts'
import type { Query } from './engines/database.ts'
import type { Database } from './engines/open.ts'
import { isInScope, type GatewayScope } from './gateway-scope.ts'
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
import type { Tables } from './tables.ts'

function dueCancels(query: Query, tables: Tables, nowMs: SQL, scope: GatewayScope) {
  const { cancels } = tables
  const other = alias(cancels, 'other')
  const earlier = or(
    lt(other.createdAtMs, cancels.createdAtMs),
    and(eq(other.createdAtMs, cancels.createdAtMs), lt(other.intentId, cancels.intentId)),
  )
  // While an intent may still be executed, the balance of every other is uncertain. A refused intent blocks none: its
  // retry is hours away.
  const first = or(inArray(other.state, ['accepted', 'unknown']), and(eq(other.state, 'requested'), earlier))
  // An intent that was already sent waits for no earlier one: the worker only looks for its outcome. A slow clock on
  // another server must not delay that.
  // A leased intent goes first, because the clocks of two servers may disagree on which is earlier (K-03).
  const before = or(isLeased(other, nowMs), and(notInArray(cancels.state, ['accepted', 'unknown']), first))
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
    .where(and(isAvailable(cancels, nowMs), isNext, isInScope(query, tables, cancels.orderId, scope)))
    .orderBy(cancels.dueAtMs)
}

const selectDue = statement<DueParams, CancelRow>((query, tables, param) =>
  dueCancels(query, tables, param('nowMs'), null).limit(sql.placeholder('limit')),
)

const leaseOne = leaseStatement(({ cancels }) => ({ table: cancels, id: cancels.intentId }))

/**
 * Leases up to `limit` due intents, the longest overdue first. For each payment it leases only the earliest unsent
 * intent, and none while another may still be executed: each cancel is sent with the balance that the earlier ones leave
 * (M-08, S-24).
 */
export async function leaseCancels(
  db: Database,
  holder: Lease & { readonly limit: number; readonly scope?: GatewayScope },
): Promise<HeldCancel[]> {
  const { nowMs, limit, scope = null } = holder
  const due =
    scope === null
      ? await selectDue.rows(db, { nowMs, limit })
      : await dueCancels(db.query, db.tables, sql`${nowMs}`, scope).limit(limit)
  const taken = await leaseEach(db, due, holder, leaseOne, (row) => row.intentId)
  return taken.map((row) => ({ ...heldFrom(row), lease: holder.lease }))
}

/**
 * Records, before each call, its send time and the amount cancelled so far. The outcome stays `unknown` until its answer
 * is stored, so a worker that dies during the call leaves a correct state (C-03). Extends the lease to the end of the
 * call's deadline. Returns `stale` when another worker has taken over the intent (S-15), or when another intent of the
 * payment may still be executed: two servers can lease one each at the same moment (M-08).
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
    // The answer replaces this entry. An entry that stays means that the call was never answered, or that the gateway's
    // record showed the cancel first.
    answers: withAnswerText(row.answers, { atMs: at.nowMs, answer: 'sent' }),
  }
  const other = alias(cancels, 'other')
  const isEarlier = or(
    lt(other.createdAtMs, row.createdAtMs),
    and(eq(other.createdAtMs, row.createdAtMs), lt(other.intentId, row.intentId)),
  )
  const blocks = or(inArray(other.state, ['accepted', 'unknown']), and(isLeased(other, at.nowMs), isEarlier))
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
                .where(and(eq(other.paymentId, row.paymentId), ne(other.intentId, row.intentId), blocks)),
            ),
          ),
        ),
  ])
}

/** Replaces the stored answers of an intent. Writes nothing when another worker has taken it over. */
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
        .where(and(eq(cancels.intentId, intentId), isHeldBy(cancels, lease))),
  ])
}
