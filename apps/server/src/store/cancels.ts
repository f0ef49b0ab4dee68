import { RefundAccount, type CancelIntent } from '@landfall/payment-core'
import { and, eq, gt, lt, lte, notExists, or, sql } from 'drizzle-orm'
import { alias } from './columns.ts'
import type { Database, Write } from './db.ts'
import { takeEach, type Due, type Lease, type Taking } from './lease.ts'
import { statement } from './statement.ts'
import { NEVER_MS, type Tables } from './tables.ts'

export type CancelState = 'waiting' | 'done' | 'failed'

/** An intent as it is held: what must be undone at the gateway, and what has become of it. */
export type HeldCancel = Omit<CancelIntent, 'refundAccount' | 'cause'> & {
  readonly cause: string
  readonly refundAccount: RefundAccount | null
  readonly state: string
  /** What the shop asked for, as text; empty for an intent of our own. */
  readonly request: string
  /** What had gone back when it was first sent; -1 before that. */
  readonly cancelledBefore: number
  /** How often the gateway has said no. */
  readonly refusals: number
  readonly createdAtMs: number
  readonly attempts: number
  readonly lease: string
}

type CancelRow = Tables['cancels']['$inferSelect']

const heldFrom = (row: CancelRow): HeldCancel => ({
  ...row,
  refundAccount: row.refundAccount === null ? null : RefundAccount.parse(JSON.parse(row.refundAccount)),
})

/**
 * Intents are inserted with the decision that made them: one a cause and payment, or one an idempotency key
 * (S-08, M-09).
 */
export function cancelWrites(
  db: Database,
  intents: readonly CancelIntent[],
  nowMs: number,
  request: string,
): Write[] {
  const { cancels } = db.tables
  return intents.map((intent) => (query) => {
    const row = {
      ...intent,
      refundAccount: intent.refundAccount === null ? null : JSON.stringify(intent.refundAccount),
      request,
      cancelledBefore: -1,
      refusals: 0,
      state: 'waiting',
      createdAtMs: nowMs,
      lastProblem: null,
      dueAtMs: nowMs,
      attempts: 0,
      leaseUntilMs: 0,
      lease: '',
    }
    return query.insert(cancels).values(row).onConflictDoNothing().returning({ intentId: cancels.intentId })
  })
}

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

const selectDue = statement<Due, CancelRow>((query, { cancels }, hole) => {
  const other = alias(cancels, 'other')
  // One that a worker holds goes first, whatever the clocks of two servers have dated (K-03).
  const before = or(
    gt(other.leaseUntilMs, hole('nowMs')),
    lt(other.createdAtMs, cancels.createdAtMs),
    and(eq(other.createdAtMs, cancels.createdAtMs), lt(other.intentId, cancels.intentId)),
  )
  const isNext = notExists(
    query
      .select({ id: other.intentId })
      .from(other)
      .where(and(eq(other.paymentId, cancels.paymentId), eq(other.state, 'waiting'), before)),
  )
  return query
    .select()
    .from(cancels)
    .where(and(lte(cancels.dueAtMs, hole('nowMs')), lte(cancels.leaseUntilMs, hole('nowMs')), isNext))
    .orderBy(cancels.dueAtMs)
    .limit(sql.placeholder('limit'))
})

const takeOne = statement<Taking, { intentId: string }>((query, { cancels }, hole) => {
  const free = and(lte(cancels.dueAtMs, hole('nowMs')), lte(cancels.leaseUntilMs, hole('nowMs')))
  return query
    .update(cancels)
    .set({ lease: hole('lease'), leaseUntilMs: hole('leaseUntilMs') })
    .where(and(eq(cancels.intentId, hole('id')), free))
    .returning({ intentId: cancels.intentId })
})

/**
 * Takes due intents for this worker alone. Of one payment only the earliest that still waits: each is sent with
 * the balance the ones before it leave (M-08).
 */
export async function leaseCancels(
  db: Database,
  by: Lease & { readonly limit: number },
): Promise<HeldCancel[]> {
  const due = await selectDue.rows(db, by)
  const taken = await takeEach(db, due, (row) => takeOne.write(db, { ...by, id: row.intentId }))
  return taken.map((row) => ({ ...heldFrom(row), lease: by.lease }))
}

/** Notes, before the first call, what had gone back until then; `stale` when another worker took over (S-15). */
export async function noteSending(db: Database, row: HeldCancel): Promise<'done' | 'stale'> {
  const { cancels } = db.tables
  const { cancelledBefore } = row
  return db.atomically([
    (query) =>
      query
        .update(cancels)
        .set({ cancelledBefore })
        .where(and(eq(cancels.intentId, row.intentId), eq(cancels.lease, row.lease)))
        .returning({ intentId: cancels.intentId }),
  ])
}

/** Ends or puts off an intent; `stale` when another worker has taken it over meanwhile (S-15). */
export async function settleCancel(
  db: Database,
  row: HeldCancel,
  next: {
    readonly state: CancelState
    readonly dueAtMs: number | null
    readonly lastProblem: string | null
  },
): Promise<'done' | 'stale'> {
  const { cancels } = db.tables
  const ended = next.state === 'waiting' ? {} : { refundAccount: null } // a person's account is not kept (P-04)
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
          refusals: row.refusals,
          leaseUntilMs: 0,
        })
        .where(and(eq(cancels.intentId, row.intentId), eq(cancels.lease, row.lease)))
        .returning({ intentId: cancels.intentId }),
  ])
}
