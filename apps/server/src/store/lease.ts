import type { Database, Write } from './engines/open.ts'

/** The right to work on rows until a time. A worker that dies leaves it to run out; one that is slow finds its writes refused (S-15). */
export type Lease = { readonly lease: string; readonly nowMs: number; readonly leaseUntilMs: number }

/** What the statements that find and take due rows are run with. */
export type DueRow = { readonly nowMs: number; readonly limit: number }
export type Taking = Lease & { readonly id: string }

/** Takes each row by its conditional update, all in one commit; the ones another worker took first are left out. */
export async function takeEach<T>(db: Database, rows: readonly T[], take: (row: T) => Write): Promise<T[]> {
  const outcomes = await Promise.all(rows.map((row) => db.atomically([take(row)])))
  return rows.filter((_, index) => outcomes[index] === 'done')
}
