import {
  noticeOf,
  noVerdict,
  type CancelIntent,
  type Claim,
  type Decision,
  type Facts,
  type Review,
  type ReviewReason,
  type Notice,
  type Order,
  type Payment,
} from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database, Touched, Write } from './engines/open.ts'
import type { Lease } from './lease.ts'
import { readOrder, type OrderRecord, type recordDecision } from './orders.ts'

/**
 * An empty database of one engine. Each `connect` opens another server's connection. Disposal closes them all and drops
 * the database.
 */
export type OpenedStore = AsyncDisposable & { readonly connect: () => Promise<Database> }

export const nowMs = Date.UTC(2026, 10, 2, 3, 0, 0)
export const at = { nowMs, dueAtMs: nowMs + 60_000, lookedAtMs: nowMs - 5 }

/** Quotes of three kinds, a backslash, a line break, a percent sign, Korean, a pair of surrogates, and a mark that turns the line around. */
export const nastyText = `제주 한라봉 '드립백' "₩14,000" \`x\` \\ \n %s $1 ? 🍊 \u202e`

/** One of several servers' connections, in turn. */
export const anyOf = (servers: readonly Database[], index = 0): Database =>
  one(servers, index % servers.length)

export function one<T>(list: readonly T[], index = 0): T {
  const found = list[index]
  if (found === undefined) throw new Error(`the test expected more than ${list.length}`)
  return found
}

export async function reading(db: Database, orderId: string): Promise<OrderRecord> {
  const record = await readOrder(db, orderId)
  if (record === null) throw new Error(`no order ${orderId}`)
  return record
}

export const anOrder = (orderId: string): Order => ({
  orderId,
  name: '제주 한라봉 드립백',
  amount: 14_000,
  currency: 'KRW',
  gateway: 'portone-v1',
  registeredAtMs: nowMs,
  expiresAtMs: nowMs + 3_600_000,
  taxFree: null,
  vat: null,
  adoptsFromMs: nowMs - 86_400_000,
  accountsUntilMs: nowMs + 30 * 86_400_000,
  amountFixedAtMs: null,
  closedAtMs: null,
  reference: null,
  returnTo: null,
  status: 'open',
  keptPaymentId: null,
  emptyAfterDeadline: false,
  reviews: [],
  sequence: 0,
  returns: [],
})

/** What a person must see to of one payment; open, unless the change ends it. */
export const aReview = (reason: ReviewReason, about: Partial<Review> = {}): Review => ({
  reviewId: reason,
  reason,
  paymentId: null,
  atStake: 14_000,
  sinceMs: nowMs,
  note: 'why',
  endedAtMs: null,
  endNote: null,
  end: null,
  endedBy: null,
  ...about,
})

export const factsOf = (paymentId: string, orderId: string): Facts => ({
  paymentId,
  orderId,
  status: 'paid',
  amounts: [14_000],
  currencies: ['KRW'],
  gateway: 'portone-v1',
  testChannel: false,
  cancelledAmount: 0,
  deposited: 0,
  cancels: [],
  details: {
    method: 'card',
    methodName: '신한카드',
    cardNumber: null,
    bankName: null,
    accountNumber: null,
    accountHolder: null,
    accountDueAtMs: null,
    receiptUrl: null,
    failReason: null,
    discount: null,
    approval: null,
    approvalNumber: null,
    cardIssuer: null,
    startedAtMs: nowMs,
    paidAtMs: nowMs,
    failedAtMs: null,
    cancelledAtMs: null,
  },
})

export const aPayment = (paymentId: string, orderId: string): Payment => ({
  ...factsOf(paymentId, orderId),
  ...noVerdict,
})

export const anEntry = {
  event: 'payment.seen',
  paymentId: null,
  from: null,
  to: null,
  reason: 'paid',
} as const

export const aNotice = (order: Order, sequence: number): Notice =>
  noticeOf({
    type: 'payment.failed',
    order: { ...order, sequence },
    payments: [],
    payment: null,
    review: null,
    mark: sequence,
    timestamp: '2026-11-02T03:00:00.000Z',
  })

export const aClaim = (paymentId: string, orderId: string | null, status = 'paid'): Claim => ({
  source: 'webhook',
  gateway: 'portone-v1',
  paymentId,
  orderId,
  says: 'success',
  status,
  cancellationId: null,
  failReason: null,
  message: null,
})

export const anIntent = (paymentId = 'imp_1', about: Partial<CancelIntent> = {}): CancelIntent => ({
  intentId: `cancel:${paymentId}`,
  orderId: 'ord-1',
  paymentId,
  amount: 14_000,
  expectedBalance: 14_000,
  cause: 'surplus',
  reason: 'a second payment',
  refundAccount: null,
  taxFree: null,
  vat: null,
  ...about,
})

export type TakeBy = Lease & { readonly limit: number }

/** A worker that takes rows at a moment, and holds them for ten milliseconds. */
export const by = (lease: string, fromMs = nowMs, limit = 10): TakeBy => ({
  lease,
  nowMs: fromMs,
  leaseUntilMs: fromMs + 10,
  limit,
})

/** A decision that changes what is given, and nothing else. */
export const deciding = (
  { order }: OrderRecord,
  change: Partial<Order>,
  rest: Partial<Omit<Decision, 'order'>> = {},
): Decision & { readonly order: Order } => ({
  payments: [],
  notices: [],
  intents: [],
  executed: [],
  timeline: [],
  proof: null,
  ...rest,
  order: { ...order, ...change },
})

/** The decision that finalises an order: payment, proof, notice, line of history. */
export function paying(record: OrderRecord, paymentId: string): Decision & { readonly order: Order } {
  const { orderId } = record.order
  const change = { status: 'paid', keptPaymentId: paymentId, sequence: record.order.sequence + 1 } as const
  return deciding(record, change, {
    payments: [{ ...aPayment(paymentId, orderId), standing: 'kept' }],
    proof: factsOf(paymentId, orderId),
    notices: [aNotice(record.order, change.sequence)],
    timeline: [anEntry],
  })
}

/** `recordDecision` as it must not be: its first write does not name the version that was read. */
export const recordUnguarded: typeof recordDecision = async (db, before, { order }) => {
  const { orders } = db.tables
  const change = {
    status: order.status,
    sequence: order.sequence,
    emptyAfterDeadline: order.emptyAfterDeadline ? 1 : 0,
    version: before.version + 1,
  }
  return db.atomically([(query) => query.update(orders).set(change).where(eq(orders.orderId, order.orderId))])
}

const rowOf = (entryId: string) => ({
  entryId,
  orderId: 'noted',
  paymentId: null,
  atMs: nowMs,
  event: 'noted',
  fromStatus: null,
  toStatus: null,
  reason: '',
})

/** A write that touches one row of its own, told by `noted`. */
export const noting =
  (db: Database, entryId: string): Write =>
  (query) =>
    query.insert(db.tables.timeline).values(rowOf(entryId)).onConflictDoNothing()

export const noted = async (db: Database): Promise<string[]> => {
  const { timeline } = db.tables
  const rows = await db.query
    .select()
    .from(timeline)
    .where(eq(timeline.orderId, 'noted'))
    .orderBy(timeline.entryId)
  return rows.map((row) => row.entryId)
}

export const touchingNothing =
  (db: Database): Write =>
  (query) =>
    query.update(db.tables.orders).set({ name: '' }).where(eq(db.tables.orders.orderId, 'nobody'))

/** A write the database refuses when the row is there: it does not say what to do then. */
export const failing =
  (db: Database, entryId: string): Write =>
  (query) =>
    query.insert(db.tables.timeline).values(rowOf(entryId))

/** A question of Postgres as a write that touched what it found. */
export const asWrite = (asked: PromiseLike<readonly unknown[]>): ReturnType<Write> =>
  asked.then(({ length }) => z.custom<Touched>().parse({ rowCount: length }))
