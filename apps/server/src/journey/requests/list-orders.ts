import {
  ok,
  openReviews,
  reviewView,
  standInOrder,
  viewOf,
  type ListInput,
  type OrderList,
  type Payment,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import {
  orderPlaces,
  orderIdsMatching,
  type ListedOrder,
  type OrderFilter,
  type OrderPlace,
} from '../../store/order-list.ts'
import { readOrder } from '../../store/orders.ts'
import { orphanPayments } from '../../store/payments.ts'
import { reviewTotals } from '../../store/review-totals.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import { cursorOf, pageOf, placeIn, type CursorPlace } from './cursor.ts'
import type { Journey } from '../journey.ts'
import { orderView } from './order-view.ts'

const ORPHANS_MAX = 100
/** The most orders that one page of a prefix search reads: prefixes have no index, and other queries must not wait. */
const SEARCHED_MAX = 1_000
/** Begins the cursor of a prefix search, which follows the exact matches. */
const PREFIX_SEARCH = '*'

type Found = { readonly page: readonly OrderPlace[]; readonly nextCursor: string | null }
type OrderSearch = {
  readonly filter: OrderFilter
  readonly after: OrderPlace | null
  readonly limit: number
}

/** A page of orders by registration time. With `review` the first page includes the totals under review and the orphan payments. */
export async function ordersIn(journey: Journey, input: ListInput): Promise<Result<OrderList, Problem>> {
  const { store } = journey.deps
  const found = await findPage(journey, input)
  if (!found.ok) return found
  const { page, nextCursor } = found.value
  const records = await Promise.all(page.map(({ orderId }) => readOrder(store, orderId)))
  const held = records.filter((record) => record !== null)
  const isReview = input.review === true
  const isFirst = input.cursor == null && input.orphanCursor == null
  const showsOrphans = isReview && (input.cursor == null || input.orphanCursor != null)
  const afterOrphan = input.orphanCursor ?? ''
  const orphans = showsOrphans ? await orphanPayments(store, afterOrphan, ORPHANS_MAX + 1) : []
  const shown = orphans.slice(0, ORPHANS_MAX)
  return ok({
    orders: await Promise.all(held.map((record) => orderView(journey, record))),
    nextCursor,
    totals: isReview && isFirst ? await reviewTotals(store) : null,
    orphans: await Promise.all(shown.map((payment) => orphanView(journey, payment))),
    nextOrphan: orphans.length > ORPHANS_MAX ? (shown.at(-1)?.paymentId ?? null) : null,
  })
}

async function orphanView({ deps }: Journey, payment: Payment): Promise<OrderList['orphans'][number]> {
  const order = standInOrder(payment, await reviewsOfOrder(deps.store, payment.orderId))
  const reviews = openReviews(order.reviews).map((review) => reviewView(review, order, [payment]))
  return { ...viewOf(payment), orderId: payment.orderId, reviews }
}

async function findPage(journey: Journey, input: ListInput): Promise<Result<Found, Problem>> {
  const isPrefixSearch = input.cursor?.startsWith(PREFIX_SEARCH) ?? false
  // Only a prefix search has a cursor without a place: its first page.
  const place =
    input.cursor === PREFIX_SEARCH ? ok(null) : placeIn(input.cursor?.slice(isPrefixSearch ? 1 : 0))
  if (!place.ok) return place
  const after = place.value === null ? null : { registeredAtMs: place.value.atMs, orderId: place.value.id }
  const search = { filter: filterOf(input), after, limit: input.limit }
  const { text } = input
  if (text === undefined)
    return ok(pageOf(await readPlaces(journey, search, input.limit + 1), input.limit, placeOf))
  if (isPrefixSearch) return ok(await findByPrefix(journey, search, text))
  const named = await orderIdsMatching(journey.deps.store, text)
  const exact = pageOf(await readPlaces(journey, search, input.limit + 1, named), input.limit, placeOf)
  if (exact.nextCursor !== null) return ok(exact)
  const rest = input.limit - exact.page.length
  if (rest === 0) return ok({ ...exact, nextCursor: PREFIX_SEARCH })
  const others = await findByPrefix(journey, { ...search, after: null, limit: rest }, text)
  return ok({ page: [...exact.page, ...others.page], nextCursor: others.nextCursor })
}

const filterOf = (input: ListInput): OrderFilter => ({
  status: input.status ?? null,
  review: input.review ?? false,
  reviewReason: input.reviewReason ?? null,
  fromMs: input.from ?? null,
  toMs: input.to ?? null,
  reference: input.reference ?? null,
})

const readPlaces = (
  { deps }: Journey,
  { filter, after }: OrderSearch,
  limit: number,
  ids: readonly string[] | null = null,
): Promise<ListedOrder[]> => orderPlaces(deps.store, filter, after, limit, ids)

const placeOf = ({ registeredAtMs: atMs, orderId: id }: OrderPlace): CursorPlace => ({ atMs, id })

/**
 * Orders whose id or name begins with the text, without the exact matches of the earlier pages. One page reads at most `SEARCHED_MAX` orders; a page
 * without matches still has a cursor when orders remain.
 */
async function findByPrefix(journey: Journey, search: OrderSearch, text: string): Promise<Found> {
  const scanned = await readPlaces(journey, search, SEARCHED_MAX)
  const wanted = text.normalize().toLowerCase()
  const begins = (value: string): boolean => value.normalize().toLowerCase().startsWith(wanted)
  const named = new Set(await orderIdsMatching(journey.deps.store, text))
  const matches = scanned.filter(
    ({ orderId, name }) => (begins(orderId) || begins(name)) && !named.has(orderId),
  )
  const page = matches.slice(0, search.limit)
  const isWhole = scanned.length < SEARCHED_MAX
  const last = matches.length > search.limit ? page.at(-1) : isWhole ? undefined : scanned.at(-1)
  return { page, nextCursor: last === undefined ? null : `${PREFIX_SEARCH}${cursorOf(placeOf(last))}` }
}
