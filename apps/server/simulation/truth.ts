import { DEPOSIT_GRACE_MS } from '@landfall/payment-core'
import { factsOf, type OrderRow, type PaymentRow } from './books.ts'
import type { Row } from './ledger.ts'
import type { Scene } from './scene.ts'

/** After its deadline an order is looked at within a minute, and once more if that look was put off. */
const EXPIRY_WAIT_MS = 130_000
const HOUR_MS = 3_600_000
/** Of an order older than that. */
const OLD_LOOKS_APART_MS = 600_000

/**
 * What the books still say otherwise than the gateway's own ledger does; null when they agree. The end depends on the ledger alone, whatever
 * the order, number and path of claims was (S-12), up to which of two valid payments is kept.
 */
export function disagreement(scene: Scene): string | null {
  for (const order of scene.books.orders.values()) {
    const rows = scene.ledger.rows().filter((row) => row.merchant_uid === order.order_id)
    const found = disagreementOn(scene, order, rows)
    if (found !== null) return `${order.order_id} (${order.status}): ${found}`
  }
  return null
}

/** A person decides what the gateway has told in two ways; until then nothing more is expected of the order. */
const isDoubtful = (scene: Scene, row: Row): boolean => {
  const word = statusWord(row)
  const deposits = row.deposit_history.reduce((sum, each) => sum + each.amount, 0)
  return (
    scene.liedAbout.has(row.imp_uid) || deposits > (word === 'paid' || word === 'cancelled' ? row.amount : 0)
  )
}

function disagreementOn(scene: Scene, order: OrderRow, rows: readonly Row[]): string | null {
  const { books, weather } = scene
  const doubtful = rows.some((row) => isDoubtful(scene, row))
  if (doubtful && order.review !== null) return null
  const money = rows.filter((row) => row.paid_at > 0)
  for (const row of money) {
    const found = factsDiffer(books.payments.get(row.imp_uid), row)
    if (found !== null) return found
    const left = row.amount - row.cancel_amount
    const isKept = order.kept_payment_id === row.imp_uid
    const goesBack = [...books.cancels.values()].some((each) => each.payment_id === row.imp_uid)
    if (!isKept && left > 0 && !goesBack && order.review === null)
      return `${row.imp_uid} holds ${left} for nobody`
  }
  const valid = money.filter(
    (row) => row.amount === order.amount && row.currency === order.currency && !row.sandbox,
  )
  // What brings no money waits for the order's own next look: an hour, when a clock that was ahead has put it off.
  if (valid.length === 0) return scene.leapt ? null : withoutMoney(scene, order, rows)
  const kept = valid.find((row) => row.imp_uid === order.kept_payment_id)
  if (kept === undefined)
    return order.status === 'expired' && weather.onLate !== 'accept' ? null : 'its payment is not kept'
  const due =
    kept.cancel_amount === 0 ? 'paid' : kept.cancel_amount < kept.amount ? 'partially_cancelled' : 'cancelled'
  return order.status === due ? null : `it is ${due}`
}

function factsDiffer(held: PaymentRow | undefined, row: Row): string | null {
  if (held === undefined) return `${row.imp_uid} is not known`
  const facts = factsOf(held)
  const same = facts.status === statusWord(row) && facts.cancelledAmount === row.cancel_amount
  return same ? null : `${row.imp_uid} is held as ${facts.status}, ${facts.cancelledAmount} cancelled`
}

const statusWord = (row: Row): string =>
  row.status === 'ready' && row.vbank_num !== null ? 'awaiting_deposit' : row.status

function withoutMoney(scene: Scene, order: OrderRow, rows: readonly Row[]): string | null {
  const nowMs = scene.agenda.nowMs
  // Money that a person is to decide about keeps the order from expiring.
  const isHeld = rows.some((row) => row.paid_at > 0 && row.cancel_amount < row.amount)
  const accounts = rows.filter(
    (row) =>
      statusWord(row) === 'awaiting_deposit' &&
      row.amount === order.amount &&
      row.currency === order.currency,
  )
  const dues = rows
    .filter((row) => statusWord(row) === 'awaiting_deposit')
    .map((row) => row.vbank_date * 1_000 + DEPOSIT_GRACE_MS)
  const deadlineMs = Math.max(order.expires_at_ms, ...dues)
  // No list tells of an account that was closed: an order older than an hour finds out by its own look.
  const isOld = nowMs > order.registered_at_ms + HOUR_MS
  const isLookedAt = nowMs < order.looked_at_ms + OLD_LOOKS_APART_MS + EXPIRY_WAIT_MS + scene.intervalMs
  if (order.status === 'awaiting_deposit' && isOld && isLookedAt) return null
  if (nowMs > deadlineMs + EXPIRY_WAIT_MS + scene.intervalMs && !isHeld)
    return order.status === 'expired' ? null : 'its deadline has passed'
  if (order.status === 'expired') return nowMs >= order.expires_at_ms ? null : 'its deadline is to come'
  const due = accounts.length > 0 ? 'awaiting_deposit' : 'open'
  return order.status === due ? null : `it is ${due}`
}

/** What is still under way; null at rest. Claims about what nobody knows are asked about for an hour, and wait no longer for anybody. */
export function unrest(scene: Scene): string | null {
  const { books } = scene
  for (const cancel of books.cancels.values())
    if (cancel.state === 'waiting') return `${cancel.intent_id} waits`
  for (const notice of books.notices.values())
    if (notice.state === 'waiting') return `${notice.notice_id} waits`
  for (const receipt of books.receipts.values()) {
    const isKnown = books.payments.has(receipt.payment_id)
    if (receipt.state === 'waiting' && isKnown) return `${receipt.receipt_id} waits`
  }
  return null
}
