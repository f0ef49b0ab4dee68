import { stringsOf, type Reference } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import { writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

type ReferenceRow = Tables['orderReferences']['$inferSelect']

const insertOne = writeStatement<ReferenceRow>((query, { orderReferences }) =>
  query.insert(orderReferences).values(everyColumn(orderReferences)).onConflictDoNothing(),
)

/** The distinct strings, so that a search finds an order once. */
const valuesOf = (reference: Reference | null): string[] => [...new Set(stringsOf(reference))]

/** Inserts the strings of an order that has none yet. They follow the order's own write in its unit. */
export const referenceWrites = (db: Database, orderId: string, reference: Reference | null): Write[] =>
  valuesOf(reference).map((value, index) =>
    insertOne.write(db, { rowId: `${orderId}/${index}`, orderId, value }),
  )

/** Replaces an order's strings; no writes when the reference is unchanged. */
export function referenceChanges(
  db: Database,
  orderId: string,
  before: Reference | null,
  after: Reference | null,
): Write[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const { orderReferences } = db.tables
  const drop: Write = (query) => query.delete(orderReferences).where(eq(orderReferences.orderId, orderId))
  // A delete that touches no row would undo the unit.
  return [...(valuesOf(before).length === 0 ? [] : [drop]), ...referenceWrites(db, orderId, after)]
}
