import { type Decision, LastReturn, Order, type OrderStatus } from '@landfall/payment-core'
import { and, eq, gt, isNotNull } from 'drizzle-orm'
import { cancelWrites } from './cancels.ts'
import { everyColumn } from './columns.ts'
import type { Database } from './db.ts'
import { noticeWrites } from './outbox.ts'
import { paymentWrites, paymentsAbout, paymentsOfOrder, proofWrite, type HeldPayment } from './payments.ts'
import { statement } from './statement.ts'
import { NEVER_MS, type Tables } from './tables.ts'
import { timelineWrites } from './timeline.ts'

/** An order as it is held, with everything one guarded write of it needs. */
export type OrderRecord = {
  readonly order: Order
  readonly version: number
  readonly payments: readonly HeldPayment[]
  readonly amountFixed: boolean
  /** Failed looks in a row since the last good one. */
  readonly attempts: number
  readonly lookedAtMs: number
  /** When its next look is due; `NEVER_MS` when none is. */
  readonly dueAtMs: number
}

type OrderRow = Tables['orders']['$inferSelect']

const orderFrom = (row: OrderRow): Order =>
  Order.parse({
    ...row,
    emptyAfterDeadline: row.emptyAfterDeadline === 1,
    lastReturn: row.lastReturn === null ? null : LastReturn.parse(JSON.parse(row.lastReturn)),
  })

const columnsOf = (order: Order) => ({
  status: order.status,
  keptPaymentId: order.keptPaymentId,
  emptyAfterDeadline: order.emptyAfterDeadline ? 1 : 0,
  review: order.review,
  sequence: order.sequence,
  lastReturn: order.lastReturn === null ? null : JSON.stringify(order.lastReturn),
})

const insertRow = statement<OrderRow, { orderId: string }>((query, { orders }) =>
  query
    .insert(orders)
    .values(everyColumn(orders))
    .onConflictDoNothing()
    .returning({ orderId: orders.orderId }),
)

/** Registers an order unless its id is taken; true when it is new. The first look is due at `dueAtMs`. */
export async function insertOrder(db: Database, order: Order, dueAtMs: number): Promise<boolean> {
  const row = {
    ...order,
    ...columnsOf(order),
    version: 1,
    amountFixed: 0,
    lookedAtMs: 0,
    dueAtMs,
    attempts: 0,
    leaseUntilMs: 0,
    lease: '',
  }
  return (await db.atomically([insertRow.write(db, row)])) === 'done'
}

const selectOne = statement<{ orderId: string }, OrderRow>((query, { orders }, hole) =>
  query
    .select()
    .from(orders)
    .where(eq(orders.orderId, hole('orderId'))),
)

export async function readOrder(db: Database, orderId: string): Promise<OrderRecord | null> {
  const [row] = await selectOne.rows(db, { orderId })
  return row === undefined ? null : recordFrom(db, row)
}

const recordFrom = async (db: Database, row: OrderRow): Promise<OrderRecord> =>
  recordOf(row, await paymentsOfOrder(db, row.orderId))

const recordOf = (row: OrderRow, payments: readonly HeldPayment[]): OrderRecord => ({
  order: orderFrom(row),
  version: row.version,
  payments,
  amountFixed: row.amountFixed === 1,
  attempts: row.attempts,
  lookedAtMs: row.lookedAtMs,
  dueAtMs: row.dueAtMs,
})

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
  return { payment, record: row === undefined ? null : recordOf(row, held) }
}

/** A page of orders by id, after `cursor`, for the shop's list. */
export async function listOrders(
  db: Database,
  filter: { status: OrderStatus | null; review: boolean; afterOrderId: string; limit: number },
): Promise<OrderRecord[]> {
  const { orders } = db.tables
  const wanted = and(
    gt(orders.orderId, filter.afterOrderId),
    filter.status === null ? undefined : eq(orders.status, filter.status),
    filter.review ? isNotNull(orders.review) : undefined,
  )
  const rows = await db.query.select().from(orders).where(wanted).orderBy(orders.orderId).limit(filter.limit)
  return Promise.all(rows.map((row) => recordFrom(db, row)))
}

type Recorded = ReturnType<typeof columnsOf> &
  Pick<OrderRow, 'orderId' | 'version' | 'dueAtMs' | 'lookedAtMs'> & { readonly before: number }

const updateAt = statement<Recorded, { version: number }>((query, { orders }, hole) =>
  query
    .update(orders)
    .set({
      status: hole('status'),
      keptPaymentId: hole('keptPaymentId'),
      emptyAfterDeadline: hole('emptyAfterDeadline'),
      review: hole('review'),
      sequence: hole('sequence'),
      lastReturn: hole('lastReturn'),
      version: hole('version'),
      dueAtMs: hole('dueAtMs'),
      lookedAtMs: hole('lookedAtMs'),
      attempts: 0,
      leaseUntilMs: 0,
    })
    .where(and(eq(orders.orderId, hole('orderId')), eq(orders.version, hole('before'))))
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
  /** The shop's own words, when the intents are what it asked for. */
  request = '',
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
    ...cancelWrites(db, decision.intents, at.nowMs, request),
    ...noticeWrites(db, decision.notices, at.nowMs),
    ...timelineWrites(db, order.orderId, version, decision.timeline, at.nowMs),
  ])
}

/** Notes a return whose look-up failed and puts off the next look; the facts stay as they are (S-20). */
export async function postponeLook(
  db: Database,
  before: OrderRecord,
  next: { readonly lastReturn: LastReturn | null; readonly dueAtMs: number },
): Promise<'done' | 'stale'> {
  const { orders } = db.tables
  const lastReturn = next.lastReturn === null ? null : JSON.stringify(next.lastReturn)
  return db.atomically([
    (query) =>
      query
        .update(orders)
        .set({
          lastReturn,
          dueAtMs: next.dueAtMs,
          attempts: before.attempts + 1,
          version: before.version + 1,
          leaseUntilMs: 0,
        })
        .where(and(eq(orders.orderId, before.order.orderId), eq(orders.version, before.version)))
        .returning({ version: orders.version }),
  ])
}

const setAmountFixed = statement<{ orderId: string }, { orderId: string }>((query, { orders }, hole) =>
  query
    .update(orders)
    .set({ amountFixed: 1 })
    .where(eq(orders.orderId, hole('orderId')))
    .returning({ orderId: orders.orderId }),
)

/** Notes that the gateway now refuses any other amount for this order. */
export const markAmountFixed = async (db: Database, orderId: string): Promise<void> =>
  void (await db.atomically([setAmountFixed.write(db, { orderId })]))

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
