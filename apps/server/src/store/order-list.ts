import { OrderStatus, type ReviewReason } from '@landfall/payment-core'
import { and, eq, gt, gte, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { byBytes, unionAll } from './engines/columns.ts'
import type { Database } from './engines/open.ts'

/** Null matches any value. */
export type OrderFilter = {
  readonly status: OrderStatus | null
  /** Only orders with an open review. */
  readonly review: boolean
  readonly reviewReason: ReviewReason | null
  /** Registered from `fromMs` until before `toMs`, epoch ms. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Orders whose reference holds this string. */
  readonly reference: string | null
}

/** An order's place in the list: ordered by registration time, then by the bytes of its id. Neither ever changes. */
export type OrderPlace = { readonly registeredAtMs: number; readonly orderId: string }
export type ListedOrder = OrderPlace & { readonly name: string }

/**
 * Reads up to `limit` orders after a place, oldest registration first. Whatever the table's size, a page reads about as
 * many rows as it holds: the index `orders_status` orders each status by registration, and one statement merges the
 * statuses. That statement reads a single snapshot, so an order whose status changes meanwhile is neither skipped nor
 * repeated. Filters by reference, review or id use their own indexes and sort the few rows they find.
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
    // The concatenation keeps SQLite from using the status index, with which it would scan every order of that status.
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
  const [first, second, ...rest] = OrderStatus.options.map(arm)
  if (first === undefined || second === undefined) return []
  const merged = await unionAll(first, second, ...rest)
  return merged.toSorted(byPlace).slice(0, limit)
}

/** The order that both databases use. */
const byPlace = (a: OrderPlace, b: OrderPlace): number =>
  a.registeredAtMs - b.registeredAtMs || (a.orderId < b.orderId ? -1 : 1)

function beyond({ tables: { orders } }: Database, after: OrderPlace | null): SQL | undefined {
  if (after === null) return undefined
  const { registeredAtMs, orderId } = after
  const sameMoment = and(
    eq(orders.registeredAtMs, registeredAtMs),
    sql`${byBytes(orders.orderId)} > ${orderId}`,
  )
  // The first condition lets the engine seek in the index.
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

/**
 * The ids of the orders that an exact text may mean: the text itself as an order id, the order of that payment id, and
 * the orders whose reference holds it.
 */
export async function orderIdsMatching(db: Database, text: string): Promise<string[]> {
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
/** A string that more orders share identifies none. The filter `reference` pages through all of them. */
const NAMED_MAX = 200
