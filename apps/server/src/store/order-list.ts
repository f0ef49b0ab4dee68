import type { OrderStatus, ReviewReason } from '@landfall/payment-core'
import { and, eq, gt, gte, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { byBytes, unionAll } from './engines/columns.ts'
import type { Database } from './engines/open.ts'

/** Which orders. Null means any. */
export type OrderFilter = {
  readonly status: OrderStatus | null
  /** Only those that need a person. */
  readonly review: boolean
  readonly reviewReason: ReviewReason | null
  /** Registered from this moment on, and before that one. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** One of their reference's strings. */
  readonly reference: string | null
}

/** Where an order stands in the list: by its registration, of one millisecond by the bytes of its id. Neither ever changes. */
export type OrderPlace = { readonly registeredAtMs: number; readonly orderId: string }
export type ListedOrder = OrderPlace & { readonly name: string }

const statuses: { readonly [S in OrderStatus]: true } = {
  open: true,
  awaiting_deposit: true,
  paid: true,
  partially_cancelled: true,
  cancelled: true,
  expired: true,
}

/**
 * Up to `limit` places after another. Of a million orders a page reads as many rows as it holds: the index `orders_status` gives those of one
 * status by their registration, and the statuses are merged. One statement sees one state of the table, so that an order which changes its status
 * meanwhile is neither missed nor seen twice. A reference, the need of a person, and named ids are found by their own indexes; what they find is
 * few, and is sorted.
 */
export async function orderPlaces(
  db: Database,
  filter: OrderFilter,
  after: OrderPlace | null,
  limit: number,
  ids: readonly string[] | null = null,
): Promise<ListedOrder[]> {
  const { orders } = db.tables
  const columns = { orderId: orders.orderId, registeredAtMs: orders.registeredAtMs, name: orders.name }
  const ordered = [orders.registeredAtMs, byBytes(orders.orderId)]
  const wanted = [beyond(db, after), ranged(db, filter), ...narrowed(db, filter, ids)]
  const isNarrow = filter.reference !== null || filter.review || filter.reviewReason !== null || ids !== null
  if (isNarrow) {
    // Joined to nothing, the status is compared and not looked for: SQLite would go through every order of that status in their order.
    const status = filter.status === null ? undefined : eq(sql`${orders.status} || ''`, filter.status)
    const rows = db.query.select(columns).from(orders)
    return rows
      .where(and(status, ...wanted))
      .orderBy(...ordered)
      .limit(limit)
  }
  const arm = (status: string) => {
    const rows = db.query
      .select(columns)
      .from(orders)
      .where(and(eq(orders.status, status), ...wanted))
      .orderBy(...ordered)
      .limit(limit)
      .as(`of_${status}`)
    return db.query.select().from(rows)
  }
  if (filter.status !== null) return arm(filter.status)
  const [first, second, ...rest] = Object.keys(statuses).map(arm)
  if (first === undefined || second === undefined) return []
  const merged = await unionAll(first, second, ...rest)
  return merged.toSorted(byPlace).slice(0, limit)
}

/** As the databases order them. */
const byPlace = (a: OrderPlace, b: OrderPlace): number =>
  a.registeredAtMs - b.registeredAtMs || (a.orderId < b.orderId ? -1 : 1)

function beyond({ tables: { orders } }: Database, after: OrderPlace | null): SQL | undefined {
  if (after === null) return undefined
  const { registeredAtMs, orderId } = after
  const sameMoment = and(
    eq(orders.registeredAtMs, registeredAtMs),
    sql`${byBytes(orders.orderId)} > ${orderId}`,
  )
  // The first half is what the index is searched by.
  return and(
    gte(orders.registeredAtMs, registeredAtMs),
    or(gt(orders.registeredAtMs, registeredAtMs), sameMoment),
  )
}

const ranged = ({ tables: { orders } }: Database, { fromMs, toMs }: OrderFilter): SQL | undefined =>
  and(
    fromMs === null ? undefined : gte(orders.registeredAtMs, fromMs),
    toMs === null ? undefined : lt(orders.registeredAtMs, toMs),
  )

function narrowed(db: Database, filter: OrderFilter, ids: readonly string[] | null): Array<SQL | undefined> {
  const { orders, reviews, orderReferences } = db.tables
  const { review, reviewReason, reference } = filter
  const ofReason = (reason: ReviewReason) =>
    db.query
      .select({ id: reviews.orderId })
      .from(reviews)
      .where(and(eq(reviews.orderId, orders.orderId), eq(reviews.reason, reason), isNull(reviews.endedAtMs)))
  const ofReference = (value: string) =>
    db.query
      .select({ id: orderReferences.orderId })
      .from(orderReferences)
      .where(eq(orderReferences.value, value))
  return [
    review || reviewReason !== null ? gt(orders.review, '') : undefined,
    reviewReason === null ? undefined : inArray(orders.orderId, ofReason(reviewReason)),
    reference === null ? undefined : inArray(orders.orderId, ofReference(reference)),
    ids === null ? undefined : inArray(orders.orderId, [...ids]),
  ]
}

/** Of an exact text: the order of that id, the one whose payment it is, and those that name it in their reference. */
export async function ordersNamed(db: Database, text: string): Promise<string[]> {
  const { payments, orderReferences } = db.tables
  const ofPayment = db.query
    .select({ id: payments.orderId })
    .from(payments)
    .where(eq(payments.paymentId, text))
  const ofReference = db.query
    .select({ id: orderReferences.orderId })
    .from(orderReferences)
    .where(eq(orderReferences.value, text))
    .orderBy(orderReferences.orderId)
    .limit(NAMED_MAX)
  const [paid, named] = await Promise.all([ofPayment, ofReference])
  return [...new Set([text, ...[...paid, ...named].map(({ id }) => id)])]
}
/** A string that more orders share than this is no name of one: `reference` pages through them all. */
const NAMED_MAX = 200
