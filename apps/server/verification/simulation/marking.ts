import { isEnded, type Books, type CancelRow, type OrderRow, type PaymentRow } from './books.ts'
import type { CancelCall, CancelEvent, Fate } from './gateway-words.ts'
import type { Change } from './safety.ts'
import type { Scene } from './scene.ts'
import type { ServerName } from './story.ts'

/** What of a commit is worth counting. */
export function markChange(scene: Scene, change: Change): void {
  const { before, after } = change
  for (const order of after.orders.values()) markOrder(scene, before.orders.get(order.order_id), order)
  for (const payment of after.payments.values())
    markPayment(scene, after, before.payments.get(payment.payment_id), payment)
  for (const cancel of after.cancels.values())
    markIntent(scene, after, before.cancels.get(cancel.intent_id), cancel)
  markReviews(scene, change)
  markNotices(scene, change)
  markReceipts(scene, change)
  markTakeovers(scene, change)
}

function markOrder({ marks, agenda, servers }: Scene, was: OrderRow | undefined, order: OrderRow): void {
  if (was === undefined) return
  if (was.status !== order.status) {
    marks.hit(`an order turns from ${was.status} to ${order.status}`)
    if (order.status === 'expired' && agenda.nowMs < order.expires_at_ms)
      marks.hit('an order expires by a clock that is ahead')
    if (order.status === 'expired' && order.closed_at_ms !== null) marks.hit('an order is called off')
    if (servers.A.skewMs !== 0 || servers.B.skewMs !== 0) marks.hit('an order moves while a clock is wrong')
  }
}

/** Whose money it is, and by what. */
function markEvidence(
  { marks, ledger }: Scene,
  { payment_id: id, order_id: orderId, standing }: PaymentRow,
  after: Books,
): void {
  const [entry, order] = [ledger.entries.get(id), after.orders.get(orderId)]
  if (entry === undefined || order === undefined) return
  if (entry.whose === 'theirs') marks.hit(`money of somebody else stands as ${standing}`)
  if (entry.hides !== 'nothing')
    marks.hit(`money without a time of its own (${entry.hides}) stands as ${standing}`)
  const begun = (ledger.row(id)?.started_at ?? 0) * 1000
  if (standing === 'kept' && begun < order.registered_at_ms - 240_000)
    marks.hit('money begun long before its order is kept')
}

function markPayment(scene: Scene, after: Books, was: PaymentRow | undefined, payment: PaymentRow): void {
  const { marks, under } = scene
  const { payment_id: id, status, standing } = payment
  if (was?.version === payment.version) return
  if (payment.standing !== was?.standing && standing !== null) {
    marks.hit(`money stands as ${standing}`)
    if (after.orders.get(payment.order_id)?.closed_at_ms != null)
      marks.hit(`money of an order that was called off stands as ${standing}`)
    markEvidence(scene, payment, after)
    if (standing === 'kept' && was?.status === 'failed') marks.hit('a payment that had failed is kept')
    if (standing === 'kept' && was?.status === 'awaiting_deposit') marks.hit('a deposit is kept')
  }
  if (payment.contradiction !== null && was?.contradiction == null)
    marks.hit(`the gateway contradicts itself: ${payment.contradiction}`)
  if (payment.contradiction === null && was?.contradiction != null) marks.hit('a contradiction dissolves')
  if (payment.contradiction_is_certain === 1 && was?.contradiction_is_certain !== 1)
    marks.hit('a contradiction becomes certain')
  if (status === 'paid' && was?.status !== 'paid') {
    if (under.is(`/payments/cancel`)) marks.hit('paid seen while a cancel was in flight')
    if (under.is(`/vbanks/${id}`)) marks.hit('a deposit is seen while its account is being closed')
    if (after.orders.get(payment.order_id) === undefined) marks.hit('paid seen of an order nobody registered')
  }
  if (was === undefined && status === 'cancelled') marks.hit('a payment is first seen when it is cancelled')
  if (was?.status === 'cancelled' && status === 'cancelled') marks.hit('a second return of money is seen')
  if (was?.status === 'ready' && status === 'failed') marks.hit('an open window is seen to have failed')
}

function markIntent(
  { marks, under }: Scene,
  after: Books,
  was: CancelRow | undefined,
  cancel: CancelRow,
): void {
  if (was === undefined) {
    marks.hit(`money is to go back: ${cancel.cause}`)
    if (!after.orders.has(cancel.order_id)) marks.hit('money of an order nobody registered is to go back')
    const others = [...after.cancels.values()].filter(
      (each) => each.payment_id === cancel.payment_id && !isEnded(each),
    )
    if (others.length > 1) marks.hit('two cancels of one payment wait')
    if (under.is('/payments/cancel')) marks.hit('money is asked back while a cancel is in flight')
  } else if (was.state !== cancel.state) {
    marks.hit(`a cancel ${isEnded(cancel) ? 'ends as' : 'is'} ${cancel.state} (${cancel.cause})`)
    if (was.state === 'over') marks.hit('a cancel is done after a person was called')
    if (was.state === 'refused' && cancel.state === 'unknown') marks.hit('what was refused is asked again')
  } else if (was.attempts < cancel.attempts) marks.hit('a cancel is put off')
  if (was?.state === 'unknown' && cancel.state === 'unknown' && was.sent_at_ms !== cancel.sent_at_ms)
    marks.hit('a cancel without an answer is sent again')
  if (was !== undefined && was.cancelled_before < 0 && cancel.cancelled_before > 0)
    marks.hit('a cancel is sent of a payment that was cancelled in part before')
}

function markReviews({ marks }: Scene, { before, after }: Change): void {
  for (const [id, review] of after.reviews) {
    const was = before.reviews.get(id)
    if (was === review) continue
    const isByPerson = review.ended_as !== null && review.ended_as !== 'facts'
    if (was === undefined) marks.hit(`a person is called: ${review.reason}`)
    else if (isByPerson) marks.hit(`a person ends a review: ${review.reason}, ${review.ended_as}`)
    else marks.hit(`a review ends by itself: ${review.reason}`)
    const others = [...after.reviews.values()].filter(
      (each) => each.order_id === review.order_id && each.ended_at_ms === null,
    )
    if (others.length > 1) marks.hit('an order has two reviews at once')
  }
}

function markNotices({ marks }: Scene, { before, after }: Change): void {
  let waiting = ''
  for (const notice of after.notices.values()) {
    const was = before.notices.get(notice.notice_id)
    if (was === undefined) marks.hit(`a notice is born: ${notice.type}`)
    else if (was.state !== notice.state) marks.hit(`a notice turns ${notice.state}`)
    if (notice.state === 'waiting' && waiting === notice.order_id && was === undefined)
      marks.hit('a notice waits behind another of its order')
    waiting = notice.state === 'waiting' ? notice.order_id : ''
  }
}

function markReceipts({ marks, under }: Scene, { before, after }: Change): void {
  for (const receipt of after.receipts.values()) {
    const was = before.receipts.get(receipt.receipt_id)
    if (was !== undefined && was.times === receipt.times) {
      if (was.state !== receipt.state) marks.hit(`a claim ends as ${receipt.state}`)
      continue
    }
    if (under.is(`/payments/${receipt.payment_id}`))
      marks.hit('a claim comes while its payment is being looked up')
    if (receipt.order_id !== '' && !after.orders.has(receipt.order_id))
      marks.hit('a claim comes before its order')
    if (was !== undefined)
      marks.hit(`a claim comes again after it ${was.state === 'waiting' ? 'came' : 'had ended'}`)
    if (receipt.receipt_id.startsWith('list')) marks.hit('the list finds what nobody spoke of')
  }
}

/** Work that another process held. */
function markTakeovers({ marks, servers }: Scene, { before, after, life }: Change): void {
  for (const table of ['cancels', 'notices', 'receipts'] as const)
    for (const [id, was] of before[table]) {
      const now = after[table].get(id)
      if (now === undefined || was.lease === '' || was.lease === now.lease || was.lease_until_ms === 0)
        continue
      const [old = '', taker = ''] = [was.lease.split('-')[0], now.lease.split('-')[0]]
      if (old === taker || taker !== life) continue
      const lives = [servers.A.lifeId, servers.B.lifeId]
      marks.hit(
        `${table}: work is taken over from a server that ${lives.includes(old) ? 'is slow' : 'is dead'}`,
      )
    }
}

type CancelSeen = {
  readonly intentId: string
  readonly event: CancelEvent
  readonly returned: number
  readonly fate: Fate['kind']
}

/** A call that arrives at the gateway. */
export function markCall({ marks, under, gateway }: Scene, path: string, from: ServerName): void {
  const other = from === 'A' ? 'B' : 'A'
  const shared = path.startsWith('/users') ? 'both servers ask for a token at once' : null
  if (under.is(path, other))
    marks.hit(
      shared ??
        (path === '/payments/cancel'
          ? 'both servers cancel at once'
          : 'both servers look up one thing at once'),
    )
  if (gateway.isTokenGone) marks.hit('a call comes when the token is gone')
  if (path === '/payments/cancel' && under.count('/payments/cancel') > 1)
    marks.hit('two cancels are in flight at once')
}

/** A cancel at the gateway: it comes in, and then it is booked or not, at once or later. */
export function markCancel(
  { marks, servers, under, books }: Scene,
  { imp_uid: impUid, amount }: CancelCall,
  { intentId, event, returned, fate }: CancelSeen,
): void {
  const cause = books.cancels.get(intentId)?.cause ?? ''
  if (event === 'executed') {
    marks.hit(`a cancel is executed (${cause})`)
    if (fate === 'pending' || fate === 'slow') marks.hit(`a cancel is booked later (${fate})`)
    if (fate === 'slow' && !under.is('/payments/cancel'))
      marks.hit('a cancel is executed after its sender has given it up')
    if (returned > amount)
      marks.hit(fate === 'twice' ? 'a cancel is booked twice' : 'more goes back than was asked')
    if (books.payments.get(impUid)?.standing === 'kept' && cause !== 'shop')
      marks.hit('kept money goes back by itself')
  }
  if (event === 'refused') marks.hit(`a cancel is refused (${cause})`)
  if (event === 'denied') marks.hit('a cancel is accepted and never booked')
  if (event !== 'arrived') return
  if (!under.is('/payments/cancel')) marks.hit('a cancel arrives after its sender has given it up')
  if (!servers.A.isUp && !servers.B.isUp) marks.hit('a cancel arrives while no server lives')
}
