import type { Claim } from '@landfall/payment-core'
import { and, eq, ne, sql } from 'drizzle-orm'
import type { Database, Write } from './engines/open.ts'
import { isAvailable, isHeldBy, leaseEach, leaseStatement, unleased, type Lease } from './lease.ts'
import { statement, writeStatement } from './engines/statement.ts'
import { receiptIdOf } from './receipts.ts'
import type { Tables } from './tables.ts'

/** The read position in one of the gateway's lists of changes. */
export type PollCursor = Pick<
  Tables['rounds']['$inferSelect'],
  'status' | 'readUntilMs' | 'attempts' | 'lease'
>

type RoundRow = Tables['rounds']['$inferSelect']

const insertOne = writeStatement<Pick<RoundRow, 'status' | 'readUntilMs' | 'dueAtMs'>>(
  (query, { rounds }, param) =>
    query
      .insert(rounds)
      .values({
        status: param('status'),
        readUntilMs: param('readUntilMs'),
        dueAtMs: param('dueAtMs'),
        attempts: 0,
        ...unleased,
      })
      .onConflictDoNothing(),
)

/**
 * Creates the cursors that do not exist yet. The first poll is due at `dueAtMs` and reads from `readUntilMs` on (epoch
 * ms).
 */
export async function openRounds(
  db: Database,
  statuses: readonly string[],
  readUntilMs: number,
  dueAtMs: number,
): Promise<void> {
  for (const status of statuses) await db.atomically([insertOne.write(db, { status, readUntilMs, dueAtMs })])
}

const selectDue = statement<Lease, RoundRow>((query, { rounds }, param) =>
  query
    .select()
    .from(rounds)
    .where(isAvailable(rounds, param('nowMs'))),
)

const leaseOne = leaseStatement(({ rounds }) => ({ table: rounds, id: rounds.status }))

/** Leases the cursors of these lists whose next poll is due. Others belong to a gateway that is not configured any more. */
export async function leaseRounds(
  db: Database,
  holder: Lease,
  lists: readonly string[],
): Promise<PollCursor[]> {
  const due = (await selectDue.rows(db, holder)).filter(({ status }) => lists.includes(status))
  const taken = await leaseEach(db, due, holder, leaseOne, (row) => row.status)
  return taken.map((row) => ({ ...row, lease: holder.lease }))
}

type Kept = Pick<RoundRow, 'status' | 'lease' | 'readUntilMs' | 'leaseUntilMs'>
type SettledPoll = Pick<RoundRow, 'status' | 'lease' | 'readUntilMs' | 'dueAtMs' | 'attempts'>

const updateKept = writeStatement<Kept>((query, { rounds }, param) =>
  query
    .update(rounds)
    .set({ readUntilMs: param('readUntilMs'), leaseUntilMs: param('leaseUntilMs') })
    .where(and(eq(rounds.status, param('status')), isHeldBy(rounds, param('lease')))),
)

const updateSettled = writeStatement<SettledPoll>((query, { rounds }, param) =>
  query
    .update(rounds)
    .set({
      readUntilMs: param('readUntilMs'),
      dueAtMs: param('dueAtMs'),
      attempts: param('attempts'),
      leaseUntilMs: 0,
    })
    .where(and(eq(rounds.status, param('status')), isHeldBy(rounds, param('lease')))),
)

/**
 * Records the read position and extends the lease. Returns `stale` when another worker has taken over the cursor (S-15).
 */
export async function keepRound(
  db: Database,
  { status, lease }: PollCursor,
  next: { readonly readUntilMs: number; readonly leaseUntilMs: number },
): Promise<'done' | 'stale'> {
  return db.atomically([updateKept.write(db, { status, lease, ...next })])
}

/**
 * Records the read position and releases the lease. Returns `stale` when another worker has taken over the cursor (S-15).
 */
export async function settleRound(
  db: Database,
  { status, lease }: PollCursor,
  next: { readonly readUntilMs: number; readonly dueAtMs: number; readonly attempts: number },
): Promise<'done' | 'stale'> {
  return db.atomically([updateSettled.write(db, { status, lease, ...next })])
}

/**
 * Stores claims that the gateway's lists of changes gave, due now, all in one commit. A waiting claim stays as it is. An
 * ended claim starts anew: the poll stores it only when the record lacks the change.
 */
export async function insertListedClaims(
  db: Database,
  claims: readonly Claim[],
  nowMs: number,
): Promise<void> {
  const { receipts } = db.tables
  const again = { state: 'waiting', attempts: 0, dueAtMs: nowMs, ...unleased }
  const write =
    (claim: Claim): Write =>
    (query) =>
      query
        .insert(receipts)
        .values({
          receiptId: receiptIdOf(claim),
          orderId: claim.orderId ?? '',
          paymentId: claim.paymentId ?? '',
          claim: JSON.stringify(claim),
          firstAtMs: nowMs,
          receivedAtMs: nowMs,
          times: 1,
          ...again,
        })
        .onConflictDoUpdate({
          target: receipts.receiptId,
          set: { ...again, firstAtMs: nowMs, receivedAtMs: nowMs, times: sql`${receipts.times} + 1` },
          setWhere: ne(receipts.state, 'waiting'),
        })
  await Promise.all(claims.map((claim) => db.atomically([write(claim)])))
}
