import {
  type Decision,
  firstGateway,
  keepErased,
  oldestReview,
  Order,
  Reference,
  Return,
  type Review,
  type TimelineEntry,
} from '@landfall/payment-core'
import { and, eq } from 'drizzle-orm'
import { cancelWrites, executedWrites, movedWrites, noRequester, type Requester } from './cancels.ts'
import { everyColumn } from './engines/columns.ts'
import type { Database } from './engines/open.ts'
import { unleased } from './lease.ts'
import { noticeWrites } from './outbox.ts'
import {
  paymentWrites,
  paymentsAbout,
  paymentsOfOrder,
  proofWrite,
  touchWrites,
  type HeldPayment,
} from './payments.ts'
import { referenceWrites } from './references.ts'
import { reviewsOfOrder, reviewWrites } from './reviews.ts'
import { statement, writeStatement } from './engines/statement.ts'
import type { Tables } from './tables.ts'
import { NEVER_MS } from './work-tables.ts'
import { timelineWrites } from './timeline.ts'

/** A stored order, with everything that its guarded write needs. */
export type OrderRecord = {
  readonly order: Order
  readonly version: number
  readonly payments: readonly HeldPayment[]
  /** Failed look-ups since the last successful one. */
  readonly attempts: number
  readonly lookedAtMs: number
  /** When the next look-up is due, epoch ms; `NEVER_MS` when none is. */
  readonly dueAtMs: number
}

type OrderRow = Tables['orders']['$inferSelect']

const orderFrom = (row: OrderRow, reviews: readonly Review[]): Order =>
  Order.parse({
    ...row,
    reviews,
    gateway: row.gateway ?? firstGateway,
    adoptsFromMs: row.adoptsFromMs ?? row.registeredAtMs - ADOPTS_MS,
    accountsUntilMs: row.accountsUntilMs ?? row.expiresAtMs + ACCOUNTS_MS,
    emptyAfterDeadline: row.emptyAfterDeadline === 1,
    reference: row.reference === null ? null : Reference.parse(JSON.parse(row.reference)),
    returns: row.returns === null ? [] : Return.array().parse(JSON.parse(row.returns)),
  })
/** The configuration's defaults, for rows of the previous version, which lack these columns. */
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

const insertRow = writeStatement<OrderRow>((query, { orders }) =>
  query.insert(orders).values(everyColumn(orders)).onConflictDoNothing(),
)

/**
 * Inserts an order, with the reviews of payments that were seen before its registration. Returns false when its id is taken, or when one of those
 * payments has changed since it was read: its row would name reviews that have ended. The first look-up is due at `dueAtMs`.
 */
export async function insertOrder(
  db: Database,
  order: Order,
  dueAtMs: number,
  timeline: readonly TimelineEntry[] = [],
  /** What was stored under this order id before: payments, and the reviews that the order takes over. */
  seen: { readonly payments: readonly HeldPayment[]; readonly reviews: readonly Review[] } = nothingSeen,
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
    ...touchWrites(db, seen.payments),
    ...reviewWrites(db, order.orderId, seen.reviews, order.reviews),
    ...timelineWrites(db, order.orderId, row.version, timeline, order.registeredAtMs),
  ]
  return (await db.atomically(writes)) === 'done'
}

const nothingSeen = { payments: [], reviews: [] }

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
  // Few orders have reviews. Read them only when the row counts some, or when an orphan payment may have got one while
  // its order was being registered.
  order: orderFrom(row, mayHaveReviews(row, payments) ? await reviewsOfOrder(db, row.orderId) : []),
  version: row.version,
  payments,
  attempts: row.attempts,
  lookedAtMs: row.lookedAtMs,
  dueAtMs: row.dueAtMs,
})

const mayHaveReviews = ({ reviewed }: OrderRow, payments: readonly HeldPayment[]): boolean =>
  (reviewed ?? 0) > 0 || payments.some(({ payment }) => payment.standing === 'orphan')

/**
 * Reads a payment and its order: the order it is recorded for, or else the order `named`. An empty `named` means none.
 */
export async function readAbout(
  db: Database,
  paymentId: string,
  named: string,
): Promise<{ readonly payment: HeldPayment | null; readonly record: OrderRecord | null }> {
  // Read the order's row first. A later write of its payments changes its version, and then the guarded write is stale.
  const [row] = await selectOne.rows(db, { orderId: named })
  const held = await paymentsAbout(db, named, paymentId)
  const payment = held.find((each) => each.payment.paymentId === paymentId) ?? null
  if (payment !== null && payment.payment.orderId !== named)
    return { payment, record: await readOrder(db, payment.payment.orderId) }
  return { payment, record: row === undefined ? null : await recordOf(db, row, held) }
}

type Recorded = ReturnType<typeof columnsOf> &
  Pick<OrderRow, 'orderId' | 'version' | 'dueAtMs' | 'lookedAtMs'> & { readonly before: number }

const updateAt = writeStatement<Recorded>((query, { orders }, param) =>
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
    .where(and(eq(orders.orderId, param('orderId')), eq(orders.version, param('before')))),
)

/**
 * The guarded write: records a decision's facts, status, proof, timeline, notices and intents, all or none (S-11).
 * Returns `stale` when the order or one of its payments has changed since it was read. A null `dueAtMs` means that no
 * look-up is due.
 */
export async function recordDecision(
  db: Database,
  before: OrderRecord,
  decision: Decision & { readonly order: Order },
  at: { readonly nowMs: number; readonly dueAtMs: number | null; readonly lookedAtMs: number },
  /** Who requested the intents; `noRequester` when Landfall created them. */
  requester: Requester = noRequester,
): Promise<'done' | 'stale'> {
  const { order, ...kept } = keepErased(before.order, decision)
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
    ...paymentWrites(db, before.payments, kept.payments, at.nowMs),
    ...(kept.proof === null ? [] : [proofWrite(db, order.orderId, kept.proof, at)]),
    ...reviewWrites(db, order.orderId, before.order.reviews, order.reviews),
    ...executedWrites(db, kept.executed),
    ...movedWrites(db, kept.moved ?? [], at.nowMs),
    ...cancelWrites(db, kept.intents, at.nowMs, requester),
    ...noticeWrites(db, kept.notices, at.nowMs),
    ...timelineWrites(db, order.orderId, version, kept.timeline, at.nowMs),
  ])
}

/** Records a return whose look-up failed and reschedules the look-up. The facts stay as they are (S-20). */
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
        .where(and(eq(orders.orderId, before.order.orderId), eq(orders.version, before.version))),
  ])
}
