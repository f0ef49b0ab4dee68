import { and, eq, gt, lte, type Column, type SQL } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { writeStatement, type WriteStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

/**
 * The right to work on rows until a time. When a worker dies, its lease expires and another worker takes the rows. A worker that outlives
 * its lease finds its writes refused (S-15).
 */
export type Lease = { readonly lease: string; readonly nowMs: number; readonly leaseUntilMs: number }

/** Parameters of the statements that select due rows, and of those that lease one row. */
export type DueParams = { readonly nowMs: number; readonly limit: number }
type LeaseParams = Lease & { readonly id: string; readonly leaseRead: string; readonly dueAtMsRead: number }

/** What every select of due rows must read. */
type DueRow = { readonly lease: string; readonly dueAtMs: number }

type LeasedTable = Tables['orders' | 'receipts' | 'cancels' | 'notices' | 'rounds']
type LeaseColumns = { readonly dueAtMs: Column; readonly leaseUntilMs: Column; readonly lease: Column }

/** The row is due, and no worker holds it. */
export const isAvailable = ({ dueAtMs, leaseUntilMs }: LeaseColumns, nowMs: SQL): SQL | undefined =>
  and(lte(dueAtMs, nowMs), lte(leaseUntilMs, nowMs))

/** Some worker holds the row. */
export const isLeased = ({ leaseUntilMs }: Pick<LeaseColumns, 'leaseUntilMs'>, nowMs: SQL | number): SQL =>
  gt(leaseUntilMs, nowMs)

/** This worker's lease is the row's latest one. Guards every write that a worker makes about a row it has leased. */
export const isHeldBy = (table: Pick<LeaseColumns, 'lease'>, lease: SQL | string): SQL =>
  eq(table.lease, lease)

/** The values of a row that no worker holds. A worker that held it can no longer write it. */
export const unleased = { leaseUntilMs: 0, lease: '' }

/**
 * A statement that leases one row, if it is available and as it was read. Another worker may have leased and settled it since: what was read would
 * then overwrite what that worker found out (S-15).
 */
export const leaseStatement = (
  from: (tables: Tables) => { readonly table: LeasedTable; readonly id: Column },
): WriteStatement<LeaseParams> =>
  writeStatement((query, tables, param) => {
    const { table, id } = from(tables)
    return query
      .update(table)
      .set({ lease: param('lease'), leaseUntilMs: param('leaseUntilMs') })
      .where(
        and(
          eq(id, param('id')),
          isAvailable(table, param('nowMs')),
          isHeldBy(table, param('leaseRead')),
          eq(table.dueAtMs, param('dueAtMsRead')),
        ),
      )
  })

/** Leases each row with a conditional update, all in one commit. Returns the rows that no other worker has leased since they were read. */
export async function leaseEach<Row extends DueRow>(
  db: Database,
  rows: readonly Row[],
  { lease, nowMs, leaseUntilMs }: Lease,
  leaseOne: WriteStatement<LeaseParams>,
  idOf: (row: Row) => string,
): Promise<Row[]> {
  const leasing = rows.map((row) => {
    const read = { id: idOf(row), leaseRead: row.lease, dueAtMsRead: row.dueAtMs }
    return db.atomically([leaseOne.write(db, { lease, nowMs, leaseUntilMs, ...read })])
  })
  const outcomes = await Promise.all(leasing)
  return rows.filter((_, index) => outcomes[index] === 'done')
}
