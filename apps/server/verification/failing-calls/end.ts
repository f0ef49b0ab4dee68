import { Facts, heldMoney, remainderOf } from '@landfall/payment-core'
import { openReviewsOf, type NoticeRow, type OrderRow } from '../simulation/books.ts'
import type { Scene } from '../simulation/scene.ts'
import { first, second } from './lines.ts'
import type { Scenario } from './scenario.ts'

/** How a story ended, in lines that can be compared. */
export type End = {
  /** What became of the order, in short. */
  readonly order: string
  /** What is true at the gateway. */
  readonly truth: readonly string[]
  /** What our books make of it, and what the shop was told for good. */
  readonly books: readonly string[]
  /** Notices that were given up. */
  readonly parked: number
}

/** Of states that pass only who saw them tells. */
const passing = new Set(['payment.awaiting_deposit', 'payment.failed', 'order.review_ended'])
/** Told only while the money was there (M-26). */
const ofMoneyThatIsThere = new Set(['payment.paid', 'payment.rejected', 'payment.surplus'])
/** The one that is paid after everything healed, to see whether it can be, is not of the story. */
const CANARY = 'canary'

export function endOf(scene: Scene): End {
  const { books, ledger } = scene
  const isOfStory = (row: { readonly order_id: string }): boolean => row.order_id !== CANARY
  const orders = [...books.orders.values()].filter(isOfStory)
  const notices = [...books.notices.values()].filter(isOfStory)
  const truth = ledger
    .rows()
    .filter((row) => row.merchant_uid !== CANARY && row.paid_at > 0)
    .map((row) => `${row.imp_uid} of ${row.merchant_uid}: ${row.cancel_amount} of ${row.amount} back`)
  // What is of no order we know is taken in after a quarter of an hour: only a run that waited for a notice lasts so long.
  const money = [...books.payments.values()]
    .filter(({ order_id: orderId }) => orderId !== CANARY && books.orders.has(orderId))
    .filter((payment) => heldMoney(Facts.parse(JSON.parse(payment.facts))))
    .map((payment) => `${payment.payment_id} stands as ${payment.standing ?? 'nothing'}`)
  // An order that was paid after all may have been seen to expire first, or not.
  const isFinal = ({ type, order_id: orderId, body, notice_id: id }: NoticeRow): boolean => {
    if (type === 'order.expired') return books.orders.get(orderId)?.status === 'expired'
    // Of a person who is not needed any more only who saw it tells.
    if (type === 'order.review')
      return openReviewsOf(books, orderId).some((each) => body.includes(`"id":"${each.review_id}"`))
    const isThere = ledger.rows().some((row) => id.includes(row.imp_uid) && row.cancel_amount < row.amount)
    return ofMoneyThatIsThere.has(type) ? isThere : !passing.has(type)
  }
  return {
    order: orders.map((order) => inShort(scene, order)).join('; '),
    truth: truth.toSorted(),
    books: [
      ...orders.map((order) => `${order.order_id} keeps ${order.kept_payment_id}`),
      ...money,
      ...notices.filter(isFinal).map((each) => each.notice_id),
    ].toSorted(),
    parked: notices.filter((notice) => notice.state === 'parked').length,
  }
}

/** «paid, 12000 kept», and why a person is called. */
function inShort({ books }: Scene, { status, review, kept_payment_id: kept }: OrderRow): string {
  const facts = kept === null ? undefined : books.payments.get(kept)?.facts
  const left = facts === undefined ? 0 : remainderOf(Facts.parse(JSON.parse(facts)))
  return `${status}, ${left} kept${review === null ? '' : `, review: ${review}`}`
}

/**
 * Null when a replay ended as it should: as the untouched run did (S-12), or in another way that the scenario allows. Otherwise what is
 * different.
 */
export function isSame(scenario: Scenario, wanted: End, found: End): string | null {
  if (scenario.orElse?.includes(found.order) === true) return null
  const asWanted = difference(wanted, found)
  return asWanted === null || scenario.eitherIsKept !== true ? asWanted : difference(wanted, exchanged(found))
}

function difference(wanted: End, found: End): string | null {
  const different = [
    ...differences([wanted.order], [found.order]),
    ...differences(wanted.truth, found.truth),
    ...differences(wanted.books, found.books),
    ...(found.parked > wanted.parked ? [`+ ${found.parked} notices given up`] : []),
  ]
  return different.length === 0 ? null : different.join('; ')
}

/** The same end with the two payments in each other's place. */
function exchanged(end: End): End {
  const both = new RegExp(`${first}|${second}`, 'g')
  const swap = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(both, (id) => (id === first ? second : first)))
  return { ...end, truth: swap(end.truth), books: swap(end.books) }
}

function differences(wanted: readonly string[], found: readonly string[]): string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `− ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ]
}
