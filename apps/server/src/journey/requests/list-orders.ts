import {
  ok,
  openReviews,
  reviewView,
  strangersOrder,
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
/** Orders that one page of a search looks at: beginnings have no index, and nobody else waits for long. */
const SEARCHED_MAX = 1_000
/** Says in a cursor that what is named exactly has been shown, and the search for beginnings goes on. */
const BEGINNINGS = '*'

type Found = { readonly page: readonly OrderPlace[]; readonly nextCursor: string | null }
type OrderSearch = {
  readonly filter: OrderFilter
  readonly after: OrderPlace | null
  readonly limit: number
}

/** Orders by their registration, a page at a time; for review with the sums that wait and the orphan payments. */
export async function ordersIn(journey: Journey, input: ListInput): Promise<Result<OrderList, Problem>> {
  const { store } = journey.deps
  const found = await foundIn(journey, input)
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
  const order = strangersOrder(payment, await reviewsOfOrder(deps.store, payment.orderId))
  const reviews = openReviews(order.reviews).map((review) => reviewView(review, order, [payment]))
  return { ...viewOf(payment), orderId: payment.orderId, reviews }
}

async function foundIn(journey: Journey, input: ListInput): Promise<Result<Found, Problem>> {
  const isLater = input.cursor?.startsWith(BEGINNINGS) ?? false
  // Only the search for beginnings can go on from nowhere.
  const place = input.cursor === BEGINNINGS ? ok(null) : placeIn(input.cursor?.slice(isLater ? 1 : 0))
  if (!place.ok) return place
  const after = place.value === null ? null : { registeredAtMs: place.value.atMs, orderId: place.value.id }
  const asked = { filter: filterOf(input), after, limit: input.limit }
  const { text } = input
  if (text === undefined)
    return ok(pageOf(await places(journey, asked, input.limit + 1), input.limit, placeOf))
  if (isLater) return ok(await beginning(journey, asked, text))
  const named = await orderIdsMatching(journey.deps.store, text)
  const exact = pageOf(await places(journey, asked, input.limit + 1, named), input.limit, placeOf)
  if (exact.nextCursor !== null) return ok(exact)
  const rest = input.limit - exact.page.length
  if (rest === 0) return ok({ ...exact, nextCursor: BEGINNINGS })
  const others = await beginning(journey, { ...asked, after: null, limit: rest }, text)
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

const places = (
  { deps }: Journey,
  { filter, after }: OrderSearch,
  limit: number,
  ids: readonly string[] | null = null,
): Promise<ListedOrder[]> => orderPlaces(deps.store, filter, after, limit, ids)

const placeOf = ({ registeredAtMs: atMs, orderId: id }: OrderPlace): CursorPlace => ({ atMs, id })

/**
 * Orders whose id or name begins with the text. So many are looked at for one page and no more; a page that finds nothing among them still says
 * where the next goes on. What the text names exactly was shown before these.
 */
async function beginning(journey: Journey, asked: OrderSearch, text: string): Promise<Found> {
  const looked = await places(journey, asked, SEARCHED_MAX)
  const wanted = text.normalize().toLowerCase()
  const begins = (value: string): boolean => value.normalize().toLowerCase().startsWith(wanted)
  const named = new Set(await orderIdsMatching(journey.deps.store, text))
  const matches = looked.filter(
    ({ orderId, name }) => (begins(orderId) || begins(name)) && !named.has(orderId),
  )
  const page = matches.slice(0, asked.limit)
  const isWhole = looked.length < SEARCHED_MAX
  const edge = matches.length > asked.limit ? page.at(-1) : isWhole ? undefined : looked.at(-1)
  return { page, nextCursor: edge === undefined ? null : `${BEGINNINGS}${cursorOf(placeOf(edge))}` }
}
