import { Facts, isDeclared, NoticeType, OrderStatus, remainderOf } from '@landfall/payment-core'
import {
  factsOf,
  isBeforePerson,
  isEnded,
  isEndedByPerson,
  type Books,
  type NoticeRow,
  type OrderRow,
} from './books.ts'
import type { Ledger } from './ledger.ts'
import type { Weather } from './weather.ts'

/** What must hold does not: which invariant, and how one sees it. */
export class Violation extends Error {
  readonly id: string
  constructor(id: string, what: string) {
    super(`${id}: ${what}`)
    this.id = id
  }
}

export function must(holds: boolean, id: string, what: () => string): void {
  if (!holds) throw new Violation(id, what())
}

export type Change = {
  readonly before: Books
  readonly after: Books
  /** Whose commit this was, and in which of its lives. */
  readonly life: string
  readonly ledger: Ledger
  readonly weather: Weather
  /** What customers have said through an order's own link. */
  readonly spoken: ReadonlyMap<string, ReadonlySet<string>>
}

/** All that can be seen of S of an order in one commit: what was, what is, and what the gateway knows. */
export function checkSafety(change: Change): void {
  const { before, after } = change
  for (const order of after.orders.values()) {
    const was = before.orders.get(order.order_id)
    if (was === order || was?.version === order.version) continue
    checkOrder(change, order, was)
  }
}

function checkOrder(change: Change, order: OrderRow, was: OrderRow | undefined): void {
  const { after } = change
  const { order_id: orderId, status } = order
  const notices = [...after.notices.values()].filter((each) => each.order_id === orderId)
  checkSequence(order, notices)
  const proof = after.proofs.get(orderId)
  const finalised = ['paid', 'partially_cancelled', 'cancelled'].includes(status)
  must(
    finalised === (proof !== undefined),
    'S-01',
    () => `${orderId} is ${status}, its proof ${proof?.payment_id}`,
  )
  must(
    (order.kept_payment_id !== null) === finalised,
    'S-01',
    () => `${orderId} keeps ${order.kept_payment_id}`,
  )
  if (proof !== undefined) checkProof(change, order, proof.payment_id, proof.observation)
  const paidNotices = notices.filter((each) => each.type === 'payment.paid')
  // What came and went before anybody looked is told as its end alone (M-26).
  const wasThere = proof !== undefined && remainderOf(Facts.parse(JSON.parse(proof.observation))) > 0
  must(
    paidNotices.length === (wasThere ? 1 : 0),
    'S-02',
    () => `${orderId}: ${paidNotices.length} payment.paid`,
  )
  checkOneKept(change, order)
  must(
    was === undefined || was.version < order.version,
    'S-06',
    () => `${orderId} went back to ${order.version}`,
  )
  must(
    was?.kept_payment_id == null || was.kept_payment_id === order.kept_payment_id,
    'S-02',
    () => `${orderId} kept ${was?.kept_payment_id}, now ${order.kept_payment_id}`,
  )
  checkWay(change, order, was)
  const waits = status === 'open' || status === 'awaiting_deposit'
  must(!waits || order.due_at_ms < Number.MAX_SAFE_INTEGER, 'L-10', () => `${orderId} waits and nobody looks`)
}

/** Numbers without gaps, each notice with the state at that number; as many as the order counts: one commit, or none of it. */
function checkSequence(order: OrderRow, notices: readonly NoticeRow[]): void {
  must(
    notices.length === order.sequence,
    'S-11',
    () => `${order.order_id} counts ${order.sequence}, has ${notices.length}`,
  )
  notices.forEach((notice, index) => {
    must(notice.sequence === index + 1, 'S-13', () => `${notice.notice_id} is number ${notice.sequence}`)
  })
  const last = notices.at(-1)
  if (last === undefined) return
  must(
    last.body.includes(`"status":"${order.status}","balance"`),
    'S-13',
    () => `${order.order_id} is ${order.status}, told last: ${last.body}`,
  )
}

function checkProof({ ledger }: Change, order: OrderRow, paymentId: string, observation: string): void {
  must(paymentId === order.kept_payment_id, 'S-01', () => `${order.order_id} keeps another than its proof`)
  const seen = Facts.parse(JSON.parse(observation))
  const fits =
    seen.paymentId === paymentId &&
    seen.orderId === order.order_id &&
    (seen.status === 'paid' || seen.status === 'cancelled') &&
    seen.amounts.length === 1 &&
    seen.amounts[0] === order.amount &&
    seen.currencies[0] === order.currency &&
    !seen.testChannel
  must(fits, 'S-01', () => `${order.order_id}: its proof does not prove it: ${observation}`)
  const row = ledger.row(paymentId)
  const true_ = row !== null && row.paid_at > 0 && row.merchant_uid === order.order_id && !row.sandbox
  must(
    true_ && row.amount === order.amount,
    'S-09',
    () => `${order.order_id}: the gateway never took ${paymentId}`,
  )
}

function checkOneKept({ after }: Change, order: OrderRow): void {
  const own = [...after.payments.values()].filter((each) => each.order_id === order.order_id)
  const kept = own.filter((each) => each.standing === 'kept')
  must(
    kept.length <= 1,
    'S-04',
    () => `${order.order_id} keeps ${kept.map((each) => each.payment_id).join()}`,
  )
  must(kept[0] === undefined || kept[0].payment_id === order.kept_payment_id, 'S-04', () => order.order_id)
  for (const payment of own) {
    if (payment.standing === 'kept') continue
    const left = remainderOf(factsOf(payment))
    const goesBack = [...after.cancels.values()].some(
      (each) => each.payment_id === payment.payment_id && !isEnded(each),
    )
    const isLookedAt = payment.contradiction !== null && payment.contradiction_is_certain === 0
    must(
      left === 0 ||
        goesBack ||
        isLookedAt ||
        isBeforePerson(after, payment.payment_id) ||
        isEndedByPerson(after, payment.payment_id, 'dismiss') ||
        payment.standing === 'orphan',
      'S-04',
      () => `${payment.payment_id} holds ${left} that is neither kept nor goes back`,
    )
  }
}

/** Along declared edges only, as the timeline tells it. */
function checkWay({ after, before }: Change, order: OrderRow, was: OrderRow | undefined): void {
  let at = was?.status ?? 'open'
  for (const line of after.timeline.values()) {
    if (line.order_id !== order.order_id || line.to_status === null || line.from_status === null) continue
    if (before.timeline.has(line.entry_id)) continue
    const move = {
      from: OrderStatus.parse(line.from_status),
      to: OrderStatus.parse(line.to_status),
      event: NoticeType.parse(line.event),
    }
    must(
      move.from === at,
      'S-06',
      () => `${order.order_id} was ${at}, its timeline goes on from ${move.from}`,
    )
    must(
      move.from === move.to || isDeclared(move),
      'S-06',
      () => `${move.from} → ${move.to} by ${move.event}`,
    )
    at = move.to
  }
  must(at === order.status, 'S-11', () => `${order.order_id} is ${order.status}, its timeline ends at ${at}`)
}
