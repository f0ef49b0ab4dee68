import {
  type Decision,
  oldestReview,
  Order,
  Reference,
  Return,
  type Review,
  type TimelineEntry,
} from '@landfall/payment-core'
import { and, eq, gt } from 'drizzle-orm'
import { cancelWrites, executedWrites, movedWrites, nobodyAsks, type Asking } from './cancels.ts'
import { everyColumn } from './engines/columns.ts'
import type { Database } from './engines/open.ts'
import { unleased } from './lease.ts'
import { noticeWrites } from './outbox.ts'
import { paymentWrites, paymentsAbout, paymentsOfOrder, proofWrite, type HeldPayment } from './payments.ts'
import { referenceWrites } from './references.ts'
import { reviewsOfOrder, reviewWrites } from './reviews.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'
import { NEVER_MS } from './work-tables.ts'
import { timelineWrites } from './timeline.ts'

/** An order as it is held, with everything one guarded write of it needs. */
export type OrderRecord = {
  readonly order: Order
  readonly version: number
  readonly payments: readonly HeldPayment[]
  /** Failed looks in a row since the last good one. */
  readonly attempts: number
  readonly lookedAtMs: number
  /** When its next look is due; `NEVER_MS` when none is. */
  readonly dueAtMs: number
}

type OrderRow = Tables['orders']['$inferSelect']

const orderFrom = (row: OrderRow, reviews: readonly Review[]): Order =>
  Order.parse({
    ...row,
    reviews,
    adoptsFromMs: row.adoptsFromMs ?? row.registeredAtMs - ADOPTS_MS,
    accountsUntilMs: row.accountsUntilMs ?? row.expiresAtMs + ACCOUNTS_MS,
    emptyAfterDeadline: row.emptyAfterDeadline === 1,
    reference: row.reference === null ? null : Reference.parse(JSON.parse(row.reference)),
    returns: row.returns === null ? [] : Return.array().parse(JSON.parse(row.returns)),
  })
/** What a server of the version before has registered has neither: the defaults of the configuration. */
const ADOPTS_MS = 24 * 3_600_000
const ACCOUNTS_MS = 30 * 24 * 3_600_000

const columnsOf = (order: Order) => ({
  status: order.status,
  keptPaymentId: order.keptPaymentId,
  emptyAfterDeadline: order.emptyAfterDeadline ? 1 : 0,
  review: oldestReview(order.reviews)?.reason ?? null,
  reviewed: order.reviews.length,
  sequence: order.sequence,
  returns: order.returns.length === 0 ? null : JSON.stringify(order.returns),
  closedAtMs: order.closedAtMs,
})

const insertRow = statement<OrderRow, { orderId: string }>((query, { orders }) =>
  query
    .insert(orders)
    .values(everyColumn(orders))
    .onConflictDoNothing()
    .returning({ orderId: orders.orderId }),
)

/** Registers an order unless its id is taken; true when it is new. The first look is due at `dueAtMs`. */
export async function insertOrder(
  db: Database,
  order: Order,
  dueAtMs: number,
  timeline: readonly TimelineEntry[] = [],
  /** Reviews of its number that are held already: of payments that came before it. */
  held: readonly Review[] = [],
): Promise<boolean> {
  const row = {
    ...order,
    ...columnsOf(order),
    version: 1,
    reference: order.reference === null ? null : JSON.stringify(order.reference),
    lastReturn: null,
    amountFixed: order.amountFixedAtMs === null ? 0 : 1,
    lookedAtMs: 0,
    dueAtMs,
    attempts: 0,
    ...unleased,
  }
  const writes = [
    insertRow.write(db, row),
    ...referenceWrites(db, order.orderId, order.reference),
    ...reviewWrites(db, order.orderId, held, order.reviews),
    ...timelineWrites(db, order.orderId, row.version, timeline, order.registeredAtMs),
  ]
  return (await db.atomically(writes)) === 'done'
}

const selectOne = statement<{ orderId: string }, OrderRow>((query, { orders }, param) =>
  query
    .select()
    .from(orders)
    .where(eq(orders.orderId, param('orderId'))),
)

export async function readOrder(db: Database, orderId: string): Promise<OrderRecord | null> {
  const [row] = await selectOne.rows(db, { orderId })
  return row === undefined ? null : recordFrom(db, row)
}

const recordFrom = async (db: Database, row: OrderRow): Promise<OrderRecord> =>
  recordOf(db, row, await paymentsOfOrder(db, row.orderId))

const recordOf = async (
  db: Database,
  row: OrderRow,
  payments: readonly HeldPayment[],
): Promise<OrderRecord> => ({
  // Hardly an order has any: they are read where the row says so, and where a payment may have been held for a person while its order was registered.
  order: orderFrom(row, mayHaveReviews(row, payments) ? await reviewsOfOrder(db, row.orderId) : []),
  version: row.version,
  payments,
  attempts: row.attempts,
  lookedAtMs: row.lookedAtMs,
  dueAtMs: row.dueAtMs,
})

const mayHaveReviews = ({ reviewed }: OrderRow, payments: readonly HeldPayment[]): boolean =>
  (reviewed ?? 0) > 0 || payments.some(({ payment }) => payment.standing === 'orphan')

/** A payment and its order: the one it is recorded for, or else the one that is named; '' names none. */
export async function readAbout(
  db: Database,
  paymentId: string,
  named: string,
): Promise<{ readonly payment: HeldPayment | null; readonly record: OrderRecord | null }> {
  // The order's row first: whoever writes its payments after that changes its version, and the guarded write finds out.
  const [row] = await selectOne.rows(db, { orderId: named })
  const held = await paymentsAbout(db, named, paymentId)
  const payment = held.find((each) => each.payment.paymentId === paymentId) ?? null
  if (payment !== null && payment.payment.orderId !== named)
    return { payment, record: await readOrder(db, payment.payment.orderId) }
  return { payment, record: row === undefined ? null : await recordOf(db, row, held) }
}

type Recorded = ReturnType<typeof columnsOf> &
  Pick<OrderRow, 'orderId' | 'version' | 'dueAtMs' | 'lookedAtMs'> & { readonly before: number }

const updateAt = statement<Recorded, { version: number }>((query, { orders }, param) =>
  query
    .update(orders)
    .set({
      status: param('status'),
      keptPaymentId: param('keptPaymentId'),
      emptyAfterDeadline: param('emptyAfterDeadline'),
      review: param('review'),
      reviewed: param('reviewed'),
      sequence: param('sequence'),
      returns: param('returns'),
      closedAtMs: param('closedAtMs'),
      version: param('version'),
      dueAtMs: param('dueAtMs'),
      lookedAtMs: param('lookedAtMs'),
      attempts: 0,
      leaseUntilMs: 0,
    })
    .where(and(eq(orders.orderId, param('orderId')), eq(orders.version, param('before'))))
    .returning({ version: orders.version }),
)

/**
 * The one guarded write: facts, status, proof, timeline, notices and intents of a decision, or nothing (S-11). `stale` when the order or
 * one of its payments is not what was read before.
 */
export async function recordDecision(
  db: Database,
  before: OrderRecord,
  decision: Decision & { readonly order: Order },
  at: { readonly nowMs: number; readonly dueAtMs: number | null; readonly lookedAtMs: number },
  /** Who asked for the intents, when they are not our own. */
  asking: Asking = nobodyAsks,
): Promise<'done' | 'stale'> {
  const { order } = decision
  const version = before.version + 1
  const guard = updateAt.write(db, {
    ...columnsOf(order),
    orderId: order.orderId,
    version,
    dueAtMs: at.dueAtMs ?? NEVER_MS,
    lookedAtMs: at.lookedAtMs,
    before: before.version,
  })
  return db.atomically([
    guard,
    ...paymentWrites(db, before.payments, decision.payments, at.nowMs),
    ...(decision.proof === null ? [] : [proofWrite(db, order.orderId, decision.proof, at)]),
    ...reviewWrites(db, order.orderId, before.order.reviews, order.reviews),
    ...executedWrites(db, decision.executed),
    ...movedWrites(db, decision.moved ?? [], at.nowMs),
    ...cancelWrites(db, decision.intents, at.nowMs, asking),
    ...noticeWrites(db, decision.notices, at.nowMs),
    ...timelineWrites(db, order.orderId, version, decision.timeline, at.nowMs),
  ])
}

/** Notes a return whose look-up failed and puts off the next look; the facts stay as they are (S-20). */
export async function postponeLook(
  db: Database,
  before: OrderRecord,
  next: { readonly returns: readonly Return[]; readonly dueAtMs: number },
): Promise<'done' | 'stale'> {
  const { orders } = db.tables
  const returns = next.returns.length === 0 ? null : JSON.stringify(next.returns)
  return db.atomically([
    (query) =>
      query
        .update(orders)
        .set({
          returns,
          dueAtMs: next.dueAtMs,
          attempts: before.attempts + 1,
          version: before.version + 1,
          leaseUntilMs: 0,
        })
        .where(and(eq(orders.orderId, before.order.orderId), eq(orders.version, before.version)))
        .returning({ version: orders.version }),
  ])
}

/** Brings an order's next look forward, never back. */
export async function lookNoLaterThan(db: Database, orderId: string, dueAtMs: number): Promise<void> {
  const { orders } = db.tables
  await db.atomically([
    (query) =>
      query
        .update(orders)
        .set({ dueAtMs })
        .where(and(eq(orders.orderId, orderId), gt(orders.dueAtMs, dueAtMs)))
        .returning({ orderId: orders.orderId }),
  ])
}
