import { asc, count, eq, isNotNull, lt, lte } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { NEVER_MS } from './work-tables.ts'

/**
 * Counts the rows that wait for work or for a person, and how long, in ms, the most overdue row has waited. An index
 * serves each number.
 */
export async function readBacklog(
  db: Database,
  nowMs: number,
): Promise<{ readonly waiting: Record<string, number>; readonly oldestDueMs: Record<string, number> }> {
  const { receipts, cancels, notices, orders, payments } = db.tables
  const waiting: Record<string, number> = {}
  const oldestDueMs: Record<string, number> = {}
  for (const [what, table] of Object.entries({ claims: receipts, cancels, notices, orders })) {
    const dueBefore = what === 'orders' ? lte(table.dueAtMs, nowMs) : lt(table.dueAtMs, NEVER_MS)
    const [rows] = await db.query.select({ count: count() }).from(table).where(dueBefore)
    const due = db.query.select({ dueAtMs: table.dueAtMs }).from(table).where(lte(table.dueAtMs, nowMs))
    const [oldest] = await due.orderBy(asc(table.dueAtMs)).limit(1)
    waiting[what] = rows?.count ?? 0
    oldestDueMs[what] = oldest === undefined ? 0 : nowMs - oldest.dueAtMs
  }
  const [parked] = await db.query.select({ count: count() }).from(notices).where(eq(notices.state, 'parked'))
  const [review] = await db.query.select({ count: count() }).from(orders).where(isNotNull(orders.review))
  const isOrphan = eq(payments.standing, 'orphan')
  const [orphans] = await db.query.select({ count: count() }).from(payments).where(isOrphan)
  waiting['parked_notices'] = parked?.count ?? 0
  waiting['orders_for_review'] = review?.count ?? 0
  waiting['orphan_payments'] = orphans?.count ?? 0
  return { waiting, oldestDueMs }
}
