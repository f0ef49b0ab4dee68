import { and, eq, gt, lt, or, sql } from 'drizzle-orm'
import type { Database, Write } from './engines/open.ts'
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

type BudgetRow = Tables['budget']['$inferSelect']

/** Each gateway has a budget of its own. `prefix` begins the names of its rows. */
const CALLS = 'calls'
const PAUSE = 'pause'

const insertCount = writeStatement<{ name: string }>((query, { budget }, param) =>
  query
    .insert(budget)
    .values({ name: param('name'), atMs: 0, taken: 0 })
    .onConflictDoNothing(),
)

/** Creates a gateway's rows that do not exist yet: all calls, the pause, and each share. */
export async function openBudget(db: Database, shares: readonly string[], prefix = ''): Promise<void> {
  for (const name of [CALLS, PAUSE, ...shares])
    await db.atomically([insertCount.write(db, { name: `${prefix}${name}` })])
}

/** A count further in the future comes from a clock that has jumped back since. It starts anew (K-03). */
const CLOCKS_DIFFER_MAX_MS = 5_000
/** Retries when another server changed the count between read and write. */
const STALE_REPEATS_MAX = 5

/** A call limit: `callsMax` calls in the span that begins at `spanMs` (epoch ms), over all servers together. */
export type Count = { readonly spanMs: number; readonly callsMax: number }

const selectTwo = statement<{ calls: string; share: string }, BudgetRow>((query, { budget }, param) =>
  query
    .select()
    .from(budget)
    .where(or(eq(budget.name, param('calls')), eq(budget.name, param('share')))),
)

const updateCount = writeStatement<BudgetRow & { atMsBefore: number; takenBefore: number }>(
  (query, { budget }, param) =>
    query
      .update(budget)
      .set({ atMs: param('atMs'), taken: param('taken') })
      .where(
        and(
          eq(budget.name, param('name')),
          eq(budget.atMs, param('atMsBefore')),
          eq(budget.taken, param('takenBefore')),
        ),
      ),
)

/**
 * Takes `count` calls from the total budget and from one share, or takes none. Returns false when either has too few
 * left.
 */
export async function takeCalls(
  db: Database,
  count: number,
  all: Count,
  share: Count & { readonly name: string },
  prefix = '',
): Promise<boolean> {
  const [calls, shareName] = [`${prefix}${CALLS}`, `${prefix}${share.name}`]
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const rows = await selectTwo.rows(db, { calls, share: shareName })
    const rowOf = (name: string) => rows.find((row) => row.name === name)
    const fromAll = taking(db, rowOf(calls), count, all)
    const fromShare = taking(db, rowOf(shareName), count, share)
    if (fromAll === null || fromShare === null) return false
    if ((await db.atomically([fromAll, fromShare])) === 'done') return true
  }
  return false
}

/** The guarded write that counts the calls; null when too few are left. */
function taking(
  db: Database,
  row: BudgetRow | undefined,
  count: number,
  { spanMs, callsMax }: Count,
): Write | null {
  if (row === undefined) return null
  const aheadMs = row.atMs - spanMs
  if (aheadMs > 0 && aheadMs < CLOCKS_DIFFER_MAX_MS) return null
  const taken = aheadMs === 0 ? row.taken : 0
  if (taken + count > callsMax) return null
  const before = { atMsBefore: row.atMs, takenBefore: row.taken }
  return updateCount.write(db, { name: row.name, atMs: spanMs, taken: taken + count, ...before })
}

/** The longest `Retry-After` that is honoured. A longer pause comes from a clock that has jumped back since (K-03). */
export const PAUSE_MAX_MS = 600_000

/**
 * Stops all calls for `forMs`, because the gateway answered 429 (G-13). Stores the length too, so that other servers can
 * recognise a pause that a fast clock wrote.
 */
export async function pauseCalls(db: Database, nowMs: number, forMs: number, prefix = ''): Promise<void> {
  const { budget } = db.tables
  const beganLater = gt(sql`${budget.atMs} - ${budget.taken}`, nowMs + CLOCKS_DIFFER_MAX_MS)
  await db.atomically([
    (query) =>
      query
        .update(budget)
        .set({ atMs: nowMs + forMs, taken: forMs })
        .where(and(eq(budget.name, `${prefix}${PAUSE}`), or(lt(budget.atMs, nowMs + forMs), beganLater))),
  ])
}

const selectPause = statement<{ name: string }, BudgetRow>((query, { budget }, param) =>
  query
    .select()
    .from(budget)
    .where(eq(budget.name, param('name'))),
)

/**
 * The end of the pause, epoch ms; 0 or a past time when calls are allowed. A pause that begins in the future was written
 * by a server with a fast clock and is ignored: the gateway would answer 429 again (K-03).
 */
export async function pausedUntil(db: Database, nowMs: number, prefix = ''): Promise<number> {
  const [row] = await selectPause.rows(db, { name: `${prefix}${PAUSE}` })
  if (row === undefined || row.atMs - row.taken > nowMs + CLOCKS_DIFFER_MAX_MS) return 0
  return row.atMs
}
