import { ReviewReason, reviewEnds, type ReviewAction } from '@landfall/payment-core'
import { z } from 'zod'
import { isEnded, type ReviewRow } from './books.ts'
import { authorization, looking, procedure, refundAccount, type Question, type Said } from './people.ts'
import { must, Violation } from './safety.ts'
import type { Scene } from './scene.ts'
import type { ServerName, SpokenItem } from './story.ts'

/** A review as a person reads of it. */
export type Named = { readonly orderId: string; readonly reviewId: string; readonly reason: ReviewReason }

const Review = z.object({ id: z.string(), reason: ReviewReason })
const Shown = z.object({ result: z.object({ data: z.object({ reviews: z.array(Review) }) }) })
const Ended = z.object({ result: z.object({ data: z.object({ end: z.string() }) }) })

export const closing = ({ at, orderId }: Extract<SpokenItem, { do: 'close' }>): Question => ({
  from: 'shop',
  at,
  what: `close ${orderId}`,
  again: 2,
  request: procedure('orders.close', { orderId, reason: '재고 없음' }, { authorization }),
})

export const resolving = (
  at: ServerName,
  { orderId, reviewId }: Named,
  action: ReviewAction,
  account: boolean,
): Question => ({
  from: 'shop',
  at,
  what: `resolve of ${orderId}: ${reviewId}, ${action}`,
  again: 8,
  request: procedure(
    'orders.resolve',
    { orderId, reviewId, action, note: '고객과 통화했음', ...(account ? { refundAccount } : {}) },
    { authorization },
  ),
})

/** The shop calls an order off. Acknowledged, it stays so. */
export function callOff(scene: Scene, item: Extract<SpokenItem, { do: 'close' }>): void {
  const { books, marks, away, agenda } = scene
  const { orderId } = item
  const order = books.orders.get(orderId)
  const own = scene.ledger.rows().filter((row) => row.merchant_uid === orderId && row.status === 'ready')
  const isOpen = order !== undefined && order.closed_at_ms === null && order.kept_payment_id === null
  const told = [
    ...(isOpen && own.some((row) => row.vbank_num === null) ? ['while a window is open'] : []),
    ...(isOpen && own.some((row) => row.vbank_num !== null) ? ['while an account is open'] : []),
    ...(isOpen && away.gatewayUntilMs > agenda.nowMs ? ['while the gateway is away'] : []),
    ...(order?.closed_at_ms == null ? [] : ['twice']),
  ]
  scene.ask(closing(item), ({ status }) => {
    marks.hit(`a close is answered with ${status}`)
    for (const how of told) marks.hit(`an order is called off ${how}`)
    if (status !== 200) return
    must(
      scene.books.orders.get(orderId)?.closed_at_ms != null,
      'S-10',
      () => `${orderId} is called off, and that is not stored`,
    )
  })
}

/** A person reads an order's reviews and ends one. Reviews of orphan payments are known from notices alone. */
export function endReview(scene: Scene, item: Extract<SpokenItem, { do: 'resolve' }>): void {
  const { at, orderId, actions, account, blindly } = item
  const read = looking({ do: 'order', at, orderId, atMs: 0 }, null)
  if (read === null) return
  scene.ask({ ...read, again: 8 }, ({ status, text }) => {
    const shown = status === 200 ? Shown.safeParse(JSON.parse(text)) : null
    const open = shown?.success === true ? shown.data.result.data.reviews.map(named(orderId)) : []
    const told = status === 200 && !blindly ? [] : toldOf(scene, orderId)
    const review = open[0] ?? told.at(-1)
    if (review === undefined) return
    const possible = reviewEnds[review.reason]
    const action = actions.find((each) => blindly || possible.includes(each)) ?? 'dismiss'
    end(scene, at, review, action, account)
  })
}

const named =
  (orderId: string) =>
  ({ id, reason }: z.infer<typeof Review>): Named => ({ orderId, reviewId: id, reason })

/** What notices have said of reviews under this number. */
const toldOf = ({ shop }: Scene, orderId: string): Named[] =>
  shop.heard.flatMap(({ body: { type, data } }) => {
    const review = data.review
    return type === 'order.review' && data.order.orderId === orderId && review != null
      ? [named(orderId)(review)]
      : []
  })

function end(scene: Scene, at: ServerName, review: Named, action: ReviewAction, account: boolean): void {
  const { marks } = scene
  const before = rowOf(scene, review)
  const wasMoving = isMoving(scene, before)
  const ends = scene.under.resolving
  const id = `${review.orderId}/${review.reviewId}`
  if (ends.has(id)) marks.hit('two persons end one review at once')
  ends.add(id)
  scene.ask(resolving(at, review, action, account), (said) => {
    ends.delete(id)
    marks.hit(`a person's end of a review is answered with ${said.status}`)
    if (before?.ended_at_ms != null) marks.hit(`a person comes to a review that had ended (${said.status})`)
    if (said.status === 200 && wasMoving) marks.hit('a review is ended while its cancel is on its way')
    checkEnd(scene, review, said, action)
  })
}

/** Whether something that was sent of its payment's money may be executed at any moment. */
const isMoving = ({ books }: Scene, row: ReviewRow | undefined): boolean =>
  [...books.cancels.values()].some(
    (each) =>
      each.payment_id === row?.payment_id && !isEnded(each) && each.amount > 0 && each.sent_at_ms !== null,
  )

const rowOf = ({ books }: Scene, { orderId, reviewId }: Named): ReviewRow | undefined =>
  books.reviews.get(`${orderId}/${reviewId}`)

/** What was acknowledged is stored, as it was said. */
export function checkEnd(scene: Scene, review: Named, { status, text }: Said, action: ReviewAction): void {
  if (status !== 200) return
  const { end: said } = Ended.parse(JSON.parse(text)).result.data
  const row = rowOf(scene, review)
  if (row === undefined) throw new Violation('S-10', `${review.reviewId} of ${review.orderId} is not stored`)
  must(
    row.ended_at_ms !== null && (row.ended_as ?? 'facts') === said,
    'S-10',
    () => `${review.reviewId} of ${review.orderId} has ended as ${said}, and is stored as ${row.ended_as}`,
  )
  must(
    said === action || said === 'facts',
    'S-10',
    () => `${review.reviewId}: ${action} is taken for ${said}`,
  )
  const isKept = scene.books.orders.get(review.orderId)?.kept_payment_id === row.payment_id
  must(said !== 'accept' || isKept, 'S-10', () => `${row.payment_id} is accepted, and is not kept`)
}
