import {
  CancelCause,
  CancelState,
  RefundAccount,
  type AskedBack,
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

/** An intent as it is held: what must be undone at the gateway, and what has become of it. */
export type HeldCancel = CancelIntent & {
  readonly state: CancelState
  /** What the shop asked for, as text; empty for an intent of our own. */
  readonly request: string
  /** When it was last sent, if that may have been done; null before, and once the gateway has refused it. */
  readonly sentAtMs: number | null
  /** What had gone back when it was last sent or looked for; -1 before that. */
  readonly cancelledBefore: number
  /** Looks since then in which the record was as it had been. */
  readonly unchangedLooks: number
  /** How often the gateway has said no. */
  readonly refusals: number
  /** The gateway's last word, or why there was none. */
  readonly lastProblem: string | null
  /** What came of each try: the first three and the last seventeen. */
  readonly answers: readonly NoticeAnswer[]
  /** Who asked for it; null for an intent of our own. */
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

/** Nothing more is done about it. */
export const isEnded = ({ state }: Pick<HeldCancel, 'state'>): boolean => state === 'done' || state === 'over'

/** Who asks for money back, and a digest of the words. */
export type Asking = { readonly request: string; readonly actor: string | null }
export const nobodyAsks: Asking = { request: '', actor: null }

/**
 * Intents are inserted with the decision that made them: one a cause and payment, or one an idempotency key
 * (S-08, M-09).
 */
export function cancelWrites(
  db: Database,
  intents: readonly CancelIntent[],
  nowMs: number,
  /** Who asked for it, and in which words; both empty for an intent of our own. */
  { request, actor }: Asking,
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
    return query.insert(cancels).values(row).onConflictDoNothing().returning({ intentId: cancels.intentId })
  })
}

/** The gateway's record shows them: nobody sends them any more, and a worker that has one in its hands may not write it (S-15). */
export const executedWrites = (db: Database, intentIds: readonly string[]): Write[] =>
  intentIds.map((intentId) => (query) => {
    const { cancels } = db.tables
    const ended = { dueAtMs: NEVER_MS, refundAccount: null, ...unleased }
    return query
      .update(cancels)
      .set({ ...ended, state: 'done' })
      .where(eq(cancels.intentId, intentId))
      .returning({ intentId: cancels.intentId })
  })

/** A person has sent them on their way again, with a day of their own before the next person is called, or stopped them. */
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
      .returning({ intentId: cancels.intentId })
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

/** What a decision about the order needs to know of them. */
export const askedBack = ({ intentId, paymentId, amount, state }: HeldCancel): AskedBack => ({
  intentId,
  paymentId,
  amount,
  isDone: state === 'done',
})

/** False once another worker has taken it over, or the gateway's record has shown it done (S-15). */
export async function holdsLease(db: Database, row: HeldCancel): Promise<boolean> {
  const { cancels } = db.tables
  const [held] = await db.query
    .select({ lease: cancels.lease })
    .from(cancels)
    .where(eq(cancels.intentId, row.intentId))
  return held?.lease === row.lease
}

/** Ends or puts off an intent; `stale` when another worker has taken it over meanwhile (S-15). */
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
    /** The gateway has said that nothing was done. */
    readonly sentAtMs?: null
    /** What came of a try; without one nothing was tried. */
    readonly answer?: NoticeAnswer
  },
): Promise<'done' | 'stale'> {
  const { cancels } = db.tables
  const ended = isEnded(next) ? { refundAccount: null } : {} // a person's account is not kept (P-04)
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
        .where(and(eq(cancels.intentId, row.intentId), isHeldBy(cancels, row.lease)))
        .returning({ intentId: cancels.intentId }),
  ])
}
