import { and, eq, gt, lt, or } from 'drizzle-orm'
import type { Database, Write } from './db.ts'

const CALLS = 'calls'
const PAUSE = 'pause'

/** Makes the two rows of the gateway's budget, once. */
export async function openBudget(db: Database): Promise<void> {
  const { budget } = db.tables
  for (const name of [CALLS, PAUSE])
    await db.atomically([
      (query) =>
        query
          .insert(budget)
          .values({ name, atMs: 0, taken: 0 })
          .onConflictDoNothing()
          .returning({ name: budget.name }),
    ])
}

/** A count this far in the future is of a clock that has jumped back since; it is begun anew (K-03). */
const CLOCKS_DIFFER_MAX_MS = 5_000
/** How often a count that another server changed meanwhile is read again. */
const STALE_REPEATS_MAX = 5

/**
 * Takes `count` calls out of the second that begins at `secondMs`, of which there are `callsMax` for all servers together; false
 * when they are used up.
 */
export async function takeCalls(
  db: Database,
  secondMs: number,
  count: number,
  callsMax: number,
): Promise<boolean> {
  const { budget } = db.tables
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const [row] = await db.query.select().from(budget).where(eq(budget.name, CALLS))
    if (row === undefined) return false
    const aheadMs = row.atMs - secondMs
    if (aheadMs > 0 && aheadMs < CLOCKS_DIFFER_MAX_MS) return false
    const taken = aheadMs === 0 ? row.taken : 0
    if (taken + count > callsMax) return false
    const take: Write = (query) =>
      query
        .update(budget)
        .set({ atMs: secondMs, taken: taken + count })
        .where(and(eq(budget.name, CALLS), eq(budget.atMs, row.atMs), eq(budget.taken, row.taken)))
        .returning({ name: budget.name })
    if ((await db.atomically([take])) === 'done') return true
  }
  return false
}

/** The gateway's `Retry-After` is honoured up to this: a longer pause is of a clock that has jumped back since (K-03). */
export const PAUSE_MAX_MS = 600_000

/** Nobody calls before `untilMs`: the gateway said 429 (G-13). */
export async function pauseCalls(db: Database, untilMs: number, nowMs: number): Promise<void> {
  const { budget } = db.tables
  const shorter = or(lt(budget.atMs, untilMs), gt(budget.atMs, nowMs + PAUSE_MAX_MS))
  await db.atomically([
    (query) =>
      query
        .update(budget)
        .set({ atMs: untilMs })
        .where(and(eq(budget.name, PAUSE), shorter))
        .returning({ name: budget.name }),
  ])
}

/** Until when nobody may call; 0 or a time past when everybody may. */
export async function pausedUntil(db: Database, nowMs: number): Promise<number> {
  const { budget } = db.tables
  const [row] = await db.query.select().from(budget).where(eq(budget.name, PAUSE))
  return row === undefined || row.atMs > nowMs + PAUSE_MAX_MS ? 0 : row.atMs
}
