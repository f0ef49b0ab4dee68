import { Facts, Payment, type Observation, type Verdict } from '@landfall/payment-core'
import { and, eq, exists, isNull, notExists, or, sql } from 'drizzle-orm'
import { byBytes, everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'

/** A stored payment, with the version that guards its next write. */
export type HeldPayment = { readonly payment: Payment; readonly version: number }

type PaymentRow = Tables['payments']['$inferSelect']

const heldFrom = (row: PaymentRow): HeldPayment => {
  const facts: unknown = JSON.parse(row.facts)
  const { version, standing, rejectReason } = row
  const verdict = { standing, rejectReason, late: row.late === 1, contradiction: contradictionFrom(row) }
  return { version, payment: Payment.parse(Object.assign({}, facts, verdict)) }
}

const contradictionFrom = (row: PaymentRow): Verdict['contradiction'] =>
  row.contradiction === null
    ? null
    : {
        what: row.contradiction,
        sinceMs: row.contradictionSinceMs ?? 0,
        isCertain: row.contradictionIsCertain !== 0,
      }

/**
 * Payments in the order of their ids. They are few, and sorting them here costs less: SQLite plans a query with `order by`
 * anew at each execution when another index could serve it (docs/performance.md).
 */
const heldById = (rows: readonly PaymentRow[]): HeldPayment[] =>
  rows.toSorted((one, other) => (one.paymentId < other.paymentId ? -1 : 1)).map(heldFrom)

const selectOne = statement<{ paymentId: string }, PaymentRow>((query, { payments }, param) =>
  query
    .select()
    .from(payments)
    .where(eq(payments.paymentId, param('paymentId'))),
)

export async function readPayment(db: Database, paymentId: string): Promise<HeldPayment | null> {
  const [row] = await selectOne.rows(db, { paymentId })
  return row === undefined ? null : heldFrom(row)
}

const selectOfOrder = statement<{ orderId: string }, PaymentRow>((query, { payments }, param) =>
  query
    .select()
    .from(payments)
    .where(eq(payments.orderId, param('orderId'))),
)

export const paymentsOfOrder = async (db: Database, orderId: string): Promise<HeldPayment[]> =>
  heldById(await selectOfOrder.rows(db, { orderId }))

const selectAbout = statement<{ orderId: string; paymentId: string }, PaymentRow>(
  (query, { payments }, param) =>
    query
      .select()
      .from(payments)
      .where(or(eq(payments.paymentId, param('paymentId')), eq(payments.orderId, param('orderId')))),
)

/** Reads an order's payments, and one payment that may belong to another order, in one query. */
export const paymentsAbout = async (
  db: Database,
  orderId: string,
  paymentId: string,
): Promise<HeldPayment[]> => heldById(await selectAbout.rows(db, { orderId, paymentId }))

/**
 * The operator's list of payments whose order is not registered here (M-17). Returns up to `limit`, ordered by id, after
 * `afterId`. Ordering by recording time would skip payments between two pages, because each look-up changes it. The sort
 * covers every stored orphan; retention bounds their number.
 */
export async function orphanPayments(db: Database, afterId: string, limit: number): Promise<Payment[]> {
  const { payments, reviews } = db.tables
  const isOwn = and(eq(reviews.orderId, payments.orderId), eq(reviews.paymentId, payments.paymentId))
  const own = db.query.select().from(reviews).where(isOwn)
  const open = db.query
    .select()
    .from(reviews)
    .where(and(isOwn, isNull(reviews.endedAtMs)))
  const rows = await db.query
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.standing, 'orphan'),
        sql`${byBytes(payments.paymentId)} > ${afterId}`,
        // Earlier versions opened no review for an orphan.
        or(exists(open), notExists(own)),
      ),
    )
    .orderBy(byBytes(payments.paymentId))
    .limit(limit)
  return rows.map((row) => heldFrom(row).payment)
}

/** Inserts new payments, and updates stored ones at the version that was read. */
export function paymentWrites(
  db: Database,
  before: readonly HeldPayment[],
  changed: readonly Payment[],
  nowMs: number,
): Write[] {
  return changed.map((payment) => {
    const held = before.find((each) => each.payment.paymentId === payment.paymentId)
    return held === undefined
      ? insertNew.write(db, rowOf(payment, 1, nowMs))
      : updateAt.write(db, { ...rowOf(payment, held.version + 1, nowMs), before: held.version })
  })
}

function rowOf(
  { standing, rejectReason, late, contradiction, ...facts }: Payment,
  version: number,
  nowMs: number,
): PaymentRow {
  const { paymentId, orderId, status } = facts
  return {
    paymentId,
    version,
    orderId,
    status,
    standing,
    rejectReason,
    late: late ? 1 : 0,
    contradiction: contradiction?.what ?? null,
    contradictionSinceMs: contradiction?.sinceMs ?? null,
    contradictionIsCertain: contradiction === null ? null : contradiction.isCertain ? 1 : 0,
    facts: JSON.stringify(facts),
    recordedAtMs: nowMs,
  }
}

const insertNew = writeStatement<PaymentRow>((query, { payments }) =>
  query.insert(payments).values(everyColumn(payments)).onConflictDoNothing(),
)

const updateAt = writeStatement<PaymentRow & { before: number }>((query, { payments }, param) =>
  query
    .update(payments)
    .set(everyColumn(payments))
    .where(and(eq(payments.paymentId, param('paymentId')), eq(payments.version, param('before')))),
)

const touch = writeStatement<{ paymentId: string; before: number }>((query, { payments }, param) =>
  query
    .update(payments)
    .set({ version: sql`${payments.version} + 1` })
    .where(and(eq(payments.paymentId, param('paymentId')), eq(payments.version, param('before')))),
)

/** Writes nothing new. The unit is stale if one of the payments has changed since it was read, and so is a writer that read one before the unit. */
export const touchWrites = (db: Database, held: readonly HeldPayment[]): Write[] =>
  held.map(({ payment: { paymentId }, version }) => touch.write(db, { paymentId, before: version }))

const insertProof = writeStatement<Tables['proofs']['$inferSelect']>((query, { proofs }) =>
  query.insert(proofs).values(everyColumn(proofs)).onConflictDoNothing(),
)

/** Stores the look-up that finalised an order, in the same unit as its status (S-01). */
export function proofWrite(
  db: Database,
  orderId: string,
  proof: Observation,
  at: { readonly nowMs: number; readonly lookedAtMs: number },
): Write {
  return insertProof.write(db, {
    orderId,
    paymentId: proof.paymentId,
    observation: JSON.stringify(proof),
    lookedUpAtMs: at.lookedAtMs,
    recordedAtMs: at.nowMs,
  })
}

export type Proof = {
  readonly orderId: string
  readonly paymentId: string
  readonly observation: Observation
  readonly lookedUpAtMs: number
}

/** The look-up that proves an order paid; null when it was never paid. */
export async function readProof(db: Database, orderId: string): Promise<Proof | null> {
  const [row] = await db.query.select().from(db.tables.proofs).where(eq(db.tables.proofs.orderId, orderId))
  if (row === undefined) return null
  const { paymentId, lookedUpAtMs } = row
  return { orderId, paymentId, lookedUpAtMs, observation: Facts.parse(JSON.parse(row.observation)) }
}
