import { and, eq, gt, inArray, lt, or } from 'drizzle-orm'
import type { Database, Write } from './db.ts'

const CALLS = 'calls'
const PAUSE = 'pause'

/** Makes the rows of the gateway's budget, once: all calls, the pause, and each share's part of the calls. */
export async function openBudget(db: Database, shares: readonly string[]): Promise<void> {
  const { budget } = db.tables
  for (const name of [CALLS, PAUSE, ...shares])
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

/** A count of calls: within the span that begins at `spanMs` there are `callsMax`, for all servers together. */
export type Count = { readonly spanMs: number; readonly callsMax: number }

/** Takes `count` calls out of the present second and out of a share's part of it, or none: false when either is used up. */
export async function takeCalls(
  db: Database,
  count: number,
  all: Count,
  share: Count & { readonly name: string },
): Promise<boolean> {
  const { budget } = db.tables
  for (let repeat = 0; repeat < STALE_REPEATS_MAX; repeat += 1) {
    const rows = await db.query
      .select()
      .from(budget)
      .where(inArray(budget.name, [CALLS, share.name]))
    const rowOf = (name: string) => rows.find((row) => row.name === name)
    const fromAll = taking(db, rowOf(CALLS), count, all)
    const fromShare = taking(db, rowOf(share.name), count, share)
    if (fromAll === null || fromShare === null) return false
    if ((await db.atomically([fromAll, fromShare])) === 'done') return true
  }
  return false
}

/** The write that counts them, over what was read before; null when there are no more. */
function taking(
  db: Database,
  row: { readonly name: string; readonly atMs: number; readonly taken: number } | undefined,
  count: number,
  { spanMs, callsMax }: Count,
): Write | null {
  const { budget } = db.tables
  if (row === undefined) return null
  const aheadMs = row.atMs - spanMs
  if (aheadMs > 0 && aheadMs < CLOCKS_DIFFER_MAX_MS) return null
  const taken = aheadMs === 0 ? row.taken : 0
  if (taken + count > callsMax) return null
  return (query) =>
    query
      .update(budget)
      .set({ atMs: spanMs, taken: taken + count })
      .where(and(eq(budget.name, row.name), eq(budget.atMs, row.atMs), eq(budget.taken, row.taken)))
      .returning({ name: budget.name })
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
