import { and, eq } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { isAvailable, isHeldBy, leaseEach, leaseStatement, unleased, type Lease } from './lease.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

/** A list of changes at the gateway, and until when it has been read. */
export type PollCursor = Pick<
  Tables['rounds']['$inferSelect'],
  'status' | 'readUntilMs' | 'attempts' | 'lease'
>

type RoundRow = Tables['rounds']['$inferSelect']

const insertOne = statement<Pick<RoundRow, 'status' | 'readUntilMs' | 'dueAtMs'>, { status: string }>(
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
      .onConflictDoNothing()
      .returning({ status: rounds.status }),
)

/** Makes the rows of the lists, once; the first round, due at `dueAtMs`, reads from `readUntilMs` on. */
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

/** Takes due lists for this worker alone. */
export async function leaseRounds(db: Database, by: Lease): Promise<PollCursor[]> {
  const due = await selectDue.rows(db, by)
  const taken = await leaseEach(db, due, ({ status }) => leaseOne.write(db, { ...by, id: status }))
  return taken.map((row) => ({ ...row, lease: by.lease }))
}

type Kept = Pick<RoundRow, 'status' | 'lease' | 'readUntilMs' | 'leaseUntilMs'>
type SettledPoll = Pick<RoundRow, 'status' | 'lease' | 'readUntilMs' | 'dueAtMs' | 'attempts'>

const updateKept = statement<Kept, { status: string }>((query, { rounds }, param) =>
  query
    .update(rounds)
    .set({ readUntilMs: param('readUntilMs'), leaseUntilMs: param('leaseUntilMs') })
    .where(and(eq(rounds.status, param('status')), isHeldBy(rounds, param('lease'))))
    .returning({ status: rounds.status }),
)

const updateSettled = statement<SettledPoll, { status: string }>((query, { rounds }, param) =>
  query
    .update(rounds)
    .set({
      readUntilMs: param('readUntilMs'),
      dueAtMs: param('dueAtMs'),
      attempts: param('attempts'),
      leaseUntilMs: 0,
    })
    .where(and(eq(rounds.status, param('status')), isHeldBy(rounds, param('lease'))))
    .returning({ status: rounds.status }),
)

/** Notes how far a list has been read, and keeps it for this worker; `stale` when another has taken it over meanwhile (S-15). */
export async function keepRound(
  db: Database,
  { status, lease }: PollCursor,
  next: { readonly readUntilMs: number; readonly leaseUntilMs: number },
): Promise<'done' | 'stale'> {
  return db.atomically([updateKept.write(db, { status, lease, ...next })])
}

/** Notes how far a list has been read; `stale` when another worker has taken it over meanwhile (S-15). */
export async function settleRound(
  db: Database,
  { status, lease }: PollCursor,
  next: { readonly readUntilMs: number; readonly dueAtMs: number; readonly attempts: number },
): Promise<'done' | 'stale'> {
  return db.atomically([updateSettled.write(db, { status, lease, ...next })])
}
