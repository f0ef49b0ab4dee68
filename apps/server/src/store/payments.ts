import {
  Facts,
  RejectReason,
  Standing,
  type Decision,
  type Observation,
  type Payment,
} from '@landfall/payment-core'
import { and, desc, eq } from 'drizzle-orm'
import type { Database, Write } from './db.ts'
import type { Tables } from './tables.ts'
import { timelineWrites } from './timeline.ts'

/** A payment with the version that guards its next write. */
export type HeldPayment = { readonly payment: Payment; readonly version: number }

type PaymentRow = Tables['payments']['$inferSelect']

const heldFrom = (row: PaymentRow): HeldPayment => ({
  version: row.version,
  payment: {
    ...Facts.parse(JSON.parse(row.facts)),
    standing: Standing.nullable().parse(row.standing),
    rejectReason: RejectReason.nullable().parse(row.rejectReason),
    contradiction: row.contradiction,
  },
})

export async function readPayment(db: Database, paymentId: string): Promise<HeldPayment | null> {
  const [row] = await db.query
    .select()
    .from(db.tables.payments)
    .where(eq(db.tables.payments.paymentId, paymentId))
  return row === undefined ? null : heldFrom(row)
}

export async function paymentsOfOrder(db: Database, orderId: string): Promise<HeldPayment[]> {
  const { payments } = db.tables
  const rows = await db.query
    .select()
    .from(payments)
    .where(eq(payments.orderId, orderId))
    .orderBy(payments.paymentId)
  return rows.map(heldFrom)
}

/** Payments that hold money for orders nobody registered here, newest first: the operator's list (M-17). */
export async function orphanPayments(db: Database, limit: number): Promise<Payment[]> {
  const { payments } = db.tables
  const rows = await db.query
    .select()
    .from(payments)
    .where(eq(payments.standing, 'orphan'))
    .orderBy(desc(payments.recordedAtMs), payments.paymentId)
    .limit(limit)
  return rows.map((row) => heldFrom(row).payment)
}

/** New payments are inserted, held ones updated at the version that was read. */
export function paymentWrites(
  db: Database,
  before: readonly HeldPayment[],
  changed: readonly Payment[],
  nowMs: number,
): Write[] {
  return changed.map((payment) => {
    const held = before.find((each) => each.payment.paymentId === payment.paymentId)
    return held === undefined
      ? insertPayment(db, payment, nowMs)
      : updatePayment(db, payment, held.version, nowMs)
  })
}

const columnsOf = (payment: Payment, nowMs: number) => ({
  orderId: payment.orderId,
  status: payment.status,
  standing: payment.standing,
  rejectReason: payment.rejectReason,
  contradiction: payment.contradiction,
  facts: JSON.stringify(Facts.parse(payment)),
  recordedAtMs: nowMs,
})

function insertPayment(db: Database, payment: Payment, nowMs: number): Write {
  const { payments } = db.tables
  return (query) =>
    query
      .insert(payments)
      .values({ paymentId: payment.paymentId, version: 1, ...columnsOf(payment, nowMs) })
      .onConflictDoNothing()
      .returning({ paymentId: payments.paymentId })
}

function updatePayment(db: Database, payment: Payment, version: number, nowMs: number): Write {
  const { payments } = db.tables
  return (query) =>
    query
      .update(payments)
      .set({ version: version + 1, ...columnsOf(payment, nowMs) })
      .where(and(eq(payments.paymentId, payment.paymentId), eq(payments.version, version)))
      .returning({ paymentId: payments.paymentId })
}

/** The look-up that finalised an order, in the same write as the status (S-01). */
export function proofWrite(
  db: Database,
  orderId: string,
  proof: Observation,
  at: { readonly nowMs: number; readonly lookedAtMs: number },
): Write {
  const { proofs } = db.tables
  return (query) =>
    query
      .insert(proofs)
      .values({
        orderId,
        paymentId: proof.paymentId,
        observation: JSON.stringify(proof),
        lookedUpAtMs: at.lookedAtMs,
        recordedAtMs: at.nowMs,
      })
      .onConflictDoNothing()
      .returning({ orderId: proofs.orderId })
}

export type Proof = {
  readonly orderId: string
  readonly paymentId: string
  readonly observation: Observation
  readonly lookedUpAtMs: number
}

/** What proves that an order is paid; null when it never was. */
export async function readProof(db: Database, orderId: string): Promise<Proof | null> {
  const [row] = await db.query.select().from(db.tables.proofs).where(eq(db.tables.proofs.orderId, orderId))
  if (row === undefined) return null
  const { paymentId, lookedUpAtMs } = row
  return { orderId, paymentId, lookedUpAtMs, observation: Facts.parse(JSON.parse(row.observation)) }
}

/** Holds payments of orders nobody registered here, guarded by their own version: there is no order to guard them. */
export async function recordOrphans(
  db: Database,
  before: HeldPayment | null,
  decision: Pick<Decision, 'payments' | 'timeline'>,
  nowMs: number,
): Promise<'done' | 'stale'> {
  const subject = decision.payments[0]
  if (subject === undefined) return 'done'
  return db.atomically([
    ...paymentWrites(db, before === null ? [] : [before], decision.payments, nowMs),
    ...timelineWrites(db, subject.paymentId, (before?.version ?? 0) + 1, decision.timeline, nowMs),
  ])
}
