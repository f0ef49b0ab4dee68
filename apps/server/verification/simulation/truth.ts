import {
  CLAIMED_SUCCESS_MS,
  DEPOSIT_GRACE_MS,
  LATER_APPROVAL_MS,
  remainderOf,
  Return,
  SETTLE_FAILURE_MS,
  SETTLE_SILENT_MS,
} from '@landfall/payment-core'
import {
  factsOf,
  isBeforePerson,
  isEnded,
  isEndedByPerson,
  openReviewsOf,
  type OrderRow,
  type PaymentRow,
} from './books.ts'
import type { Row } from './ledger.ts'
import type { Scene } from './scene.ts'
import type { World } from './world.ts'

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

/** What the gateway has told in two ways: looked at again, and then a person's, until a later look agrees. */
const isDoubtful = (scene: Scene, row: Row): boolean => {
  const word = statusWord(row)
  const deposits = row.deposit_history.reduce((sum, each) => sum + each.amount, 0)
  return (
    scene.liedAbout.has(row.imp_uid) ||
    scene.laggedAbout.has(row.imp_uid) ||
    deposits > (word === 'paid' || word === 'cancelled' ? row.amount : 0)
  )
}

/** A lie about the amount stands in the books until the order's own next look finds that the gateway contradicts itself. */
const isHeldAsLied = ({ books, liedAbout, agenda }: Scene, order: OrderRow, row: Row): boolean => {
  const held = books.payments.get(row.imp_uid)
  const isLied = liedAbout.has(row.imp_uid) && held !== undefined && factsOf(held).amounts[0] !== row.amount
  return isLied && agenda.nowMs < order.due_at_ms + EXPIRY_WAIT_MS
}

/** Nothing more is expected of an order for as long as what is held of one of its payments is in doubt. */
const isInDoubt = ({ books }: Scene, order: OrderRow, rows: readonly Row[]): boolean =>
  rows.some((row) => (books.payments.get(row.imp_uid)?.contradiction ?? null) !== null) ||
  openReviewsOf(books, order.order_id).some(
    ({ reason }) => reason === 'contradiction' || reason === 'bad_money',
  )

function disagreementOn(scene: Scene, order: OrderRow, rows: readonly Row[]): string | null {
  const { books } = scene
  if (rows.some((row) => isDoubtful(scene, row)) && isInDoubt(scene, order, rows)) return null
  if (rows.some((row) => isHeldAsLied(scene, order, row))) return null
  // A person who has believed a lie keeps to it.
  if (rows.some(({ imp_uid: id }) => scene.liedAbout.has(id) && isEndedByPerson(books, id))) return null
  const money = rows.filter((row) => row.paid_at > 0)
  for (const row of money) {
    if (isNobodysNews(scene, order, row)) continue
    const found = factsDiffer(books.payments.get(row.imp_uid), row)
    if (found !== null) return found
    const left = row.amount - row.cancel_amount
    const isKept = order.kept_payment_id === row.imp_uid
    const goesBack = [...books.cancels.values()].some(
      (each) => each.payment_id === row.imp_uid && !isEnded(each),
    )
    const isPersons = isBeforePerson(books, row.imp_uid) || isEndedByPerson(books, row.imp_uid, 'dismiss')
    if (!isKept && left > 0 && !goesBack && !isPersons) return `${row.imp_uid} holds ${left} for nobody`
  }
  const valid = money.filter((row) => isValid(scene, order, row))
  const kept = money.find((row) => row.imp_uid === order.kept_payment_id)
  if (kept === undefined && valid.length > 0) {
    const found = valid.map((row) => whyNotKept(scene, order, row))
    if (found.includes(null)) return 'its payment is not kept'
    if (found.includes('persons')) return null
    return order.status === 'expired' ? null : `its money is ${found.join()}`
  }
  // What brings no money waits for the order's own next look: an hour, when a clock that was ahead has put it off.
  if (kept === undefined) return scene.leapt ? null : withoutMoney(scene, order, rows)
  if (valid.length === 0 && !isEndedByPerson(books, kept.imp_uid, 'accept')) return `${kept.imp_uid} is kept`
  const due =
    kept.cancel_amount === 0 ? 'paid' : kept.cancel_amount < kept.amount ? 'partially_cancelled' : 'cancelled'
  return order.status === due ? null : `it is ${due}`
}

/** Nobody tells of money that another shop took before the order was registered, and an order that is paid by then is not looked up. */
const isNobodysNews = ({ books, ledger }: Scene, order: OrderRow, row: Row): boolean =>
  !books.payments.has(row.imp_uid) &&
  order.kept_payment_id !== null &&
  ledger.entries.get(row.imp_uid)?.whose === 'theirs' &&
  row.paid_at * 1000 < order.registered_at_ms

const isExact = (order: OrderRow, row: Row): boolean =>
  row.amount === order.amount && row.currency === order.currency

/** What the order asks for, and paid through its own window. */
const isValid = ({ ledger }: Scene, order: OrderRow, row: Row): boolean =>
  isExact(order, row) && !row.sandbox && ledger.entries.get(row.imp_uid)?.whose === 'ours'

/** Why good money is not kept: it came late, or by evidence nobody can tell whose it is. Null when it should be. */
function whyNotKept(scene: Scene, order: OrderRow, row: Row): 'late' | 'persons' | null {
  const { books, weather, ledger } = scene
  const standing = books.payments.get(row.imp_uid)?.standing
  if (isEndedByPerson(books, row.imp_uid)) return 'persons'
  const reasons = new Set(
    openReviewsOf(books, order.order_id).flatMap((each) =>
      each.payment_id === row.imp_uid ? [each.reason] : [],
    ),
  )
  // By a clock that has leapt the order may seem registered days later than it was.
  if (
    standing === 'undecided' &&
    scene.leapt &&
    (reasons.has('predates_order') || row.cancel_amount === row.amount)
  )
    return 'persons'
  const hides = ledger.entries.get(row.imp_uid)?.hides ?? 'nothing'
  const isUndated = hides === 'both'
  if (standing === 'undecided' && isUndated && (reasons.has('undated') || row.cancel_amount === row.amount))
    return 'persons'
  if (standing !== 'late') return null
  // Where the gateway does not say when it was begun, the time of payment counts.
  const begunMs = (hides === 'nothing' ? row.started_at : row.paid_at) * 1000
  const isTooLate =
    begunMs > order.expires_at_ms - CLOCKS_DIFFER_MS || scene.leapt || order.closed_at_ms !== null
  return weather.onLate !== 'accept' || isTooLate ? 'late' : null
}
const CLOCKS_DIFFER_MS = 5_000

function factsDiffer(held: PaymentRow | undefined, row: Row): string | null {
  if (held === undefined) return `${row.imp_uid} is not known`
  const facts = factsOf(held)
  const same = facts.status === statusWord(row) && facts.cancelledAmount === row.cancel_amount
  return same ? null : `${row.imp_uid} is held as ${facts.status}, ${facts.cancelledAmount} cancelled`
}

const statusWord = (row: Row): string =>
  row.status === 'ready' && row.vbank_num !== null ? 'awaiting_deposit' : row.status

function withoutMoney(scene: Scene, order: OrderRow, all: readonly Row[]): string | null {
  const nowMs = scene.agenda.nowMs
  if (order.closed_at_ms !== null) return order.status === 'expired' ? null : 'it was called off'
  const isEarlier = (row: Row): boolean =>
    row.started_at > 0 && row.started_at * 1000 < order.registered_at_ms - ADOPTED_MS
  const rows = all.filter((row) => !isEarlier(row))
  // Money that a person is to decide about keeps the order from expiring.
  const isHeld = rows.some((row) => row.paid_at > 0 && row.cancel_amount < row.amount)
  const waiting = rows.filter((row) => statusWord(row) === 'awaiting_deposit')
  const accounts = waiting.filter((row) => isExact(order, row))
  const dues = waiting.map((row) => row.vbank_date * 1_000 + DEPOSIT_GRACE_MS)
  const deadlineMs = Math.max(order.expires_at_ms, ...dues)
  const mayWaitMs = Math.max(deadlineMs, claimedUntilMs(order, rows))
  // No list tells of an account that was closed: an order older than an hour finds out by its own look.
  const isOld = nowMs > order.registered_at_ms + HOUR_MS
  const isLookedAt = nowMs < order.looked_at_ms + OLD_LOOKS_APART_MS + EXPIRY_WAIT_MS + scene.intervalMs
  if (order.status === 'awaiting_deposit' && isOld && isLookedAt) return null
  if (nowMs > mayWaitMs + EXPIRY_WAIT_MS + scene.intervalMs && !isHeld)
    return order.status === 'expired' ? null : 'its deadline has passed'
  if (order.status === 'expired') return nowMs >= order.expires_at_ms ? null : 'its deadline is to come'
  const due = accounts.length > 0 ? 'awaiting_deposit' : 'open'
  return order.status === due ? null : `it is ${due}`
}
/** Money begun so much earlier than its order was registered is not the order's (W-06). */
const ADOPTED_MS = 24 * HOUR_MS

/** A customer who may have paid is waited for, a PG that approves later for longer. */
function claimedUntilMs(order: OrderRow, rows: readonly Row[]): number {
  const returns = Return.array().parse(JSON.parse(order.returns ?? '[]'))
  const until = returns.map(({ says, paymentId, atMs }) => {
    if (atMs > order.expires_at_ms) return 0
    const row = rows.find((each) => each.imp_uid === paymentId)
    if (row !== undefined && row.status !== 'ready') return 0
    if (says === 'failure') return atMs + SETTLE_FAILURE_MS
    if (row?.pg_provider === 'paypal_v2') return atMs + LATER_APPROVAL_MS
    return atMs + (says === 'success' ? CLAIMED_SUCCESS_MS : SETTLE_SILENT_MS)
  })
  return Math.max(0, ...until)
}

/** What is still under way; null at rest. Claims about what nobody knows are asked about for an hour, and wait no longer for anybody. */
export function unrest(scene: Scene): string | null {
  const { books } = scene
  for (const cancel of books.cancels.values())
    if (cancel.due_at_ms < Number.MAX_SAFE_INTEGER) return `${cancel.intent_id} waits (${cancel.state})`
  for (const notice of books.notices.values())
    if (notice.state === 'waiting') return `${notice.notice_id} waits`
  for (const receipt of books.receipts.values()) {
    const isKnown = books.payments.has(receipt.payment_id)
    if (receipt.state === 'waiting' && isKnown) return `${receipt.receipt_id} waits`
  }
  return null
}

/**
 * At the end every sum that is held is kept, or before a person who is told which payment it is and how much is at stake (L-11), and every
 * intent is done, or with one (L-03).
 */
export function unplaced(scene: Scene): string | null {
  const { books } = scene
  for (const payment of books.payments.values()) {
    const left = remainderOf(factsOf(payment))
    if (left === 0 || payment.standing === 'kept' || payment.standing === 'orphan') continue
    const reviews = openReviewsOf(books, payment.order_id).filter(
      (each) => each.payment_id === payment.payment_id && each.at_stake > 0,
    )
    if (reviews.length === 0 && !isEndedByPerson(books, payment.payment_id, 'dismiss'))
      return `${payment.payment_id} holds ${left}, and no review names it`
  }
  // Another amount that the gateway holds fixed for a number concerns its order before anybody pays.
  for (const review of books.reviews.values())
    if (review.ended_at_ms === null && review.payment_id === null && review.reason !== 'amount_conflict')
      return `${review.row_id} names no payment`
  return null
}

/** Every intent is done, or before a person, within a day (L-03): which is not. */
export function overdue({ books, askedAtMs, agenda }: World, withinMs: number): string | null {
  for (const cancel of books.cancels.values()) {
    const ageMs = agenda.nowMs - (askedAtMs.get(cancel.intent_id) ?? agenda.nowMs)
    const isPersons = isEnded(cancel) || isBeforePerson(books, cancel.payment_id)
    if (ageMs > withinMs && !isPersons)
      return `${cancel.intent_id} is ${cancel.state}: ${cancel.last_problem}`
  }
  return null
}
