import { markIn, Return } from '@landfall/payment-core'
import { factsOf, openReviewsOf, type OrderRow } from './books.ts'
import { must, type Change } from './safety.ts'

/** What is remembered of a customer's words, and what is put before a person. */
export function checkPersons(change: Change): void {
  const { before, after } = change
  if (before.notices !== after.notices) checkOrphans(change)
  for (const order of after.orders.values()) {
    if (before.orders.get(order.order_id)?.version === order.version) continue
    checkSpoken(change, order)
    checkReviews(change, order)
  }
}

/** What a person is told of a payment that is nobody's here has numbers of its own, without gaps (S-13). */
function checkOrphans({ after }: Change): void {
  const counts = new Map<string, number>()
  for (const { order_id: orderId, sequence, notice_id: id } of after.notices.values()) {
    if (!orderId.startsWith('orphan/')) continue
    const number = (counts.get(orderId) ?? 0) + 1
    counts.set(orderId, number)
    must(sequence === number, 'S-13', () => `${id} of ${orderId} is number ${sequence}`)
  }
}

/** Flag and text of a return stand in an order only if they came through its own link (S-25, R-22, R-23). */
function checkSpoken({ spoken }: Change, order: OrderRow): void {
  if (order.returns === null) return
  const own = spoken.get(order.order_id)
  // Of a crowd of returns one stands for all, and names no try.
  const crowds = new Set([...(own ?? [])].map((words) => words.replace(/^\S+/, '-')))
  for (const { paymentId, says, message } of Return.array().parse(JSON.parse(order.returns))) {
    const words = `${paymentId ?? '-'} ${says} ${message ?? '-'}`
    must(
      own?.has(words) === true || crowds.has(words),
      'S-25',
      () => `${order.order_id} remembers «${words}», which its customer never said`,
    )
  }
}

/** What a person must see to is a row of its own, and the list finds the oldest. */
function checkReviews({ after }: Change, order: OrderRow): void {
  const open = openReviewsOf(after, order.order_id)
  const isListed = open.some(({ reason }) => reason === order.review)
  // What was called for while its order was being registered is listed among the orphans until the order's first look.
  const isOfOrder = open.some(({ reason }) => reason !== 'orphan' || order.looked_at_ms > 0)
  must(
    order.review === null ? !isOfOrder : isListed,
    'S-11',
    () =>
      `${order.order_id} is listed for ${order.review}, its reviews are ${open.map((each) => each.review_id).join()}`,
  )
  // A gateway that gave back more than it was asked for, or twice, is a person's (M-24, S-24).
  for (const payment of after.payments.values()) {
    if (payment.order_id !== order.order_id) continue
    const under = new Map<string, number>()
    for (const { reason, amount } of factsOf(payment).cancels) {
      const mark = markIn(reason)
      if (mark !== '') under.set(mark, (under.get(mark) ?? 0) + amount)
    }
    for (const [mark, sum] of under) {
      const asked = after.cancels.get(mark)?.amount ?? 0
      const isSettled = [...after.reviews.values()].some(
        (each) =>
          each.reason === 'returned_more' &&
          each.payment_id === payment.payment_id &&
          each.ended_as === 'dismiss',
      )
      const isTold = open.some(
        ({ reason, payment_id: paymentId }) => reason === 'returned_more' && paymentId === payment.payment_id,
      )
      must(
        sum <= asked || isTold || isSettled || payment.standing === null,
        'S-24',
        () => `${mark}: ${sum} went back for ${asked}, and nobody is called`,
      )
    }
  }
}
