import {
  CancelCause,
  CancelState,
  RefundAccount,
  type RequestedRefund,
  type CancelIntent,
  type CancelMove,
  type NoticeAnswer,
} from '@landfall/payment-core'
import { and, eq } from 'drizzle-orm'
import { answersFrom, withAnswerText } from './answers.ts'
import type { Database, Write } from './engines/open.ts'
import { isHeldBy, unleased } from './lease.ts'
import type { Tables } from './tables.ts'
import { NEVER_MS } from './work-tables.ts'

/** A stored cancel intent: the money to return at the gateway, and the state of that cancel. */
export type HeldCancel = CancelIntent & {
  readonly state: CancelState
  /** A digest of the shop's request; empty for an intent that Landfall created. */
  readonly request: string
  /** When the cancel was last sent, epoch ms. Null before the first call, and after the gateway has refused it. */
  readonly sentAtMs: number | null
  /** The payment's cancelled amount at the last call or look-up; -1 before the first. */
  readonly cancelledBefore: number
  /** Look-ups since then that showed no change. */
  readonly unchangedLooks: number
  /** How often the gateway has refused it. */
  readonly refusals: number
  /** The gateway's last answer, or why none came. */
  readonly lastProblem: string | null
  /** The answer to each attempt: the first three and the last seventeen. */
  readonly answers: readonly NoticeAnswer[]
  /** Who requested it; null for an intent that Landfall created. */
  readonly actor: string | null
  readonly createdAtMs: number
  readonly attempts: number
  readonly lease: string
}

export type CancelRow = Tables['cancels']['$inferSelect']

export const heldFrom = (row: CancelRow): HeldCancel => ({
  ...row,
  cause: CancelCause.parse(row.cause),
  state: CancelState.parse(row.state),
  unchangedLooks: row.unchangedLooks ?? 0,
  answers: answersFrom(row.answers),
  refundAccount: row.refundAccount === null ? null : RefundAccount.parse(JSON.parse(row.refundAccount)),
})

/** No worker acts on the intent again. */
export const isEnded = ({ state }: Pick<HeldCancel, 'state'>): boolean => state === 'done' || state === 'over'

/** Who requests a refund, and a digest of the request. */
export type Requester = { readonly request: string; readonly actor: string | null }
export const noRequester: Requester = { request: '', actor: null }

/**
 * Inserts intents in the same unit as the decision that created them: at most one for each cause and payment, or one for
 * each idempotency key (S-08, M-09).
 */
export function cancelWrites(
  db: Database,
  intents: readonly CancelIntent[],
  nowMs: number,
  /** `noRequester` for an intent that Landfall created. */
  { request, actor }: Requester,
): Write[] {
  const { cancels } = db.tables
  return intents.map((intent) => (query) => {
    const row = {
      ...intent,
      refundAccount: intent.refundAccount === null ? null : JSON.stringify(intent.refundAccount),
      request,
      sentAtMs: null,
      cancelledBefore: -1,
      unchangedLooks: 0,
      refusals: 0,
      state: 'requested',
      createdAtMs: nowMs,
      lastProblem: null,
      answers: null,
      actor,
      dueAtMs: nowMs,
      attempts: 0,
      ...unleased,
    }
    const insert = query.insert(cancels).values(row)
    // An account may be closed for more than one reason: once is enough, and the later decision stands.
    return intent.cause === 'account'
      ? insert.onConflictDoUpdate({ target: cancels.intentId, set: { intentId: intent.intentId } })
      : insert.onConflictDoNothing()
  })
}

/**
 * Marks intents that the gateway's record shows as executed. They are never sent again, and a worker that holds one can
 * no longer write it (S-15).
 */
export const executedWrites = (db: Database, intentIds: readonly string[]): Write[] =>
  intentIds.map((intentId) => (query) => {
    const { cancels } = db.tables
    const ended = { dueAtMs: NEVER_MS, refundAccount: null, ...unleased }
    return query
      .update(cancels)
      .set({ ...ended, state: 'done' })
      .where(eq(cancels.intentId, intentId))
  })

/** Applies a person's decision: retry an intent, with its time until the next escalation starting anew, or stop it. */
export const movedWrites = (db: Database, moves: readonly CancelMove[], nowMs: number): Write[] =>
  moves.map(({ intentId, from, to, refundAccount }) => (query) => {
    const { cancels } = db.tables
    const isOver = to === 'over'
    const next = isOver
      ? { dueAtMs: NEVER_MS, refundAccount: null }
      : {
          dueAtMs: nowMs,
          createdAtMs: nowMs,
          refusals: 0,
          attempts: 0,
          unchangedLooks: 0,
          ...(refundAccount === null ? {} : { refundAccount: JSON.stringify(refundAccount) }),
        }
    return query
      .update(cancels)
      .set({ ...next, state: to, ...unleased })
      .where(and(eq(cancels.intentId, intentId), eq(cancels.state, from)))
  })

export async function readCancel(db: Database, intentId: string): Promise<HeldCancel | null> {
  const { cancels } = db.tables
  const [row] = await db.query.select().from(cancels).where(eq(cancels.intentId, intentId))
  return row === undefined ? null : heldFrom(row)
}

export async function cancelsOfOrder(db: Database, orderId: string): Promise<HeldCancel[]> {
  const { cancels } = db.tables
  const rows = await db.query.select().from(cancels).where(eq(cancels.orderId, orderId))
  return rows.map(heldFrom)
}

/** The part of an intent that a decision reads. */
export function requestedRefund(row: HeldCancel): RequestedRefund {
  const { intentId, paymentId, amount, state, cancelledBefore } = row
  const isUnderWay = ['accepted', 'unknown'].includes(state) && cancelledBefore >= 0
  return {
    intentId,
    paymentId,
    amount,
    isDone: state === 'done',
    cancelledBefore: isUnderWay ? cancelledBefore : null,
  }
}

/** False when another worker has taken over the intent, or when the gateway's record has shown it executed (S-15). */
export async function holdsLease(db: Database, row: HeldCancel): Promise<boolean> {
  const { cancels } = db.tables
  const [current] = await db.query
    .select({ lease: cancels.lease })
    .from(cancels)
    .where(eq(cancels.intentId, row.intentId))
  return current?.lease === row.lease
}

/**
 * Ends or reschedules an intent and releases its lease. Returns `stale` when another worker has taken it over (S-15). A
 * null `dueAtMs` means never.
 */
export async function settleCancel(
  db: Database,
  row: HeldCancel,
  next: {
    readonly state: CancelState
    readonly dueAtMs: number | null
    readonly lastProblem: string | null
    readonly unchangedLooks?: number
    readonly cancelledBefore?: number
    readonly refusals?: number
    /** Null when the gateway has said that it executed nothing. */
    readonly sentAtMs?: null
    /** The answer to an attempt. Absent when no call was made. */
    readonly answer?: NoticeAnswer
  },
): Promise<'done' | 'stale'> {
  const { cancels } = db.tables
  const ended = isEnded(next) ? { refundAccount: null } : {} // do not keep a person's account (P-04)
  return db.atomically([
    (query) =>
      query
        .update(cancels)
        .set({
          ...ended,
          state: next.state,
          dueAtMs: next.dueAtMs ?? NEVER_MS,
          lastProblem: next.lastProblem,
          attempts: row.attempts + 1,
          ...(next.answer === undefined ? {} : { answers: withAnswerText(row.answers, next.answer) }),
          refusals: next.refusals ?? row.refusals,
          ...(next.sentAtMs === undefined ? {} : { sentAtMs: next.sentAtMs }),
          unchangedLooks: next.unchangedLooks ?? row.unchangedLooks,
          ...(next.cancelledBefore === undefined ? {} : { cancelledBefore: next.cancelledBefore }),
          leaseUntilMs: 0,
        })
        .where(and(eq(cancels.intentId, row.intentId), isHeldBy(cancels, row.lease))),
  ])
}
