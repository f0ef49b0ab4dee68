import { Facts, type ReviewAction } from '@landfall/payment-core'
import type BetterSqlite3 from 'better-sqlite3'

export type OrderRow = {
  readonly order_id: string
  readonly version: number
  readonly amount: number
  readonly currency: string
  readonly registered_at_ms: number
  readonly expires_at_ms: number
  readonly status: string
  readonly kept_payment_id: string | null
  readonly review: string | null
  readonly closed_at_ms: number | null
  /** What the customer said, as JSON; null for nothing. */
  readonly returns: string | null
  readonly sequence: number
  readonly looked_at_ms: number
  readonly due_at_ms: number
  readonly lease: string
  readonly attempts: number
}
export type PaymentRow = {
  readonly payment_id: string
  readonly order_id: string
  readonly version: number
  readonly status: string
  readonly standing: string | null
  readonly contradiction: string | null
  readonly contradiction_is_certain: number | null
  readonly facts: string
}
export type ProofRow = {
  readonly order_id: string
  readonly payment_id: string
  readonly observation: string
  readonly looked_up_at_ms: number
}
type Work = {
  readonly due_at_ms: number
  readonly attempts: number
  readonly lease_until_ms: number
  readonly lease: string
}
export type CancelRow = Work & {
  readonly intent_id: string
  readonly order_id: string
  readonly payment_id: string
  readonly amount: number
  readonly cause: string
  readonly reason: string
  readonly state: string
  readonly cancelled_before: number
  readonly sent_at_ms: number | null
  readonly last_problem: string | null
}
export type ReviewRow = {
  readonly row_id: string
  readonly order_id: string
  readonly review_id: string
  readonly reason: string
  readonly payment_id: string | null
  readonly at_stake: number
  readonly note: string
  readonly ended_at_ms: number | null
  readonly ended_as: string | null
  readonly ended_by: string | null
}
export type NoticeRow = Work & {
  readonly notice_id: string
  readonly order_id: string
  readonly sequence: number
  readonly type: string
  readonly body: string
  readonly state: string
}
export type ReceiptRow = Work & {
  readonly receipt_id: string
  readonly order_id: string
  readonly payment_id: string
  readonly state: string
  readonly times: number
}
export type TimelineRow = {
  readonly entry_id: string
  readonly order_id: string
  readonly payment_id: string | null
  readonly event: string
  readonly from_status: string | null
  readonly to_status: string | null
}

/** Everything that is committed, at one moment. */
export type Books = {
  readonly orders: ReadonlyMap<string, OrderRow>
  readonly payments: ReadonlyMap<string, PaymentRow>
  readonly proofs: ReadonlyMap<string, ProofRow>
  readonly cancels: ReadonlyMap<string, CancelRow>
  readonly reviews: ReadonlyMap<string, ReviewRow>
  readonly notices: ReadonlyMap<string, NoticeRow>
  readonly receipts: ReadonlyMap<string, ReceiptRow>
  readonly timeline: ReadonlyMap<string, TimelineRow>
}

export const noBooks: Books = {
  orders: new Map(),
  payments: new Map(),
  proofs: new Map(),
  cancels: new Map(),
  reviews: new Map(),
  notices: new Map(),
  receipts: new Map(),
  timeline: new Map(),
}

type Rows<T> = ReadonlyMap<string, T>

/**
 * Keeps the books: after each commit it reads the tables that were written to, whole. A row that is as it was stays the same object, and a
 * table in which no row has changed the same map, so that whoever checks sees at a glance what is new.
 */
export class Bookkeeper {
  readonly #written: Set<string>
  readonly #read: (was: Books, isRead: (name: keyof Books) => boolean) => Books

  constructor(raw: BetterSqlite3.Database, written: Set<string>) {
    this.#written = written
    const orders = reader<OrderRow>(raw, 'orders', (row) => row.order_id)
    const payments = reader<PaymentRow>(raw, 'payments', (row) => row.payment_id)
    const proofs = reader<ProofRow>(raw, 'proofs', (row) => row.order_id)
    const cancels = reader<CancelRow>(raw, 'cancels', (row) => row.intent_id)
    const reviews = reader<ReviewRow>(raw, 'reviews', (row) => row.row_id)
    const notices = reader<NoticeRow>(raw, 'notices', (row) => row.notice_id, 'order by order_id, sequence')
    const receipts = reader<ReceiptRow>(raw, 'receipts', (row) => row.receipt_id)
    const timeline = reader<TimelineRow>(raw, 'timeline', (row) => row.entry_id, 'order by entry_id')
    this.#read = (was, isRead) => ({
      orders: isRead('orders') ? orders(was.orders) : was.orders,
      payments: isRead('payments') ? payments(was.payments) : was.payments,
      proofs: isRead('proofs') ? proofs(was.proofs) : was.proofs,
      cancels: isRead('cancels') ? cancels(was.cancels) : was.cancels,
      reviews: isRead('reviews') ? reviews(was.reviews) : was.reviews,
      notices: isRead('notices') ? notices(was.notices) : was.notices,
      receipts: isRead('receipts') ? receipts(was.receipts) : was.receipts,
      timeline: isRead('timeline') ? timeline(was.timeline) : was.timeline,
    })
  }

  /** The books now; `was` when nothing in them has changed. */
  read(was: Books): Books {
    const now = this.#read(was, (name) => this.#written.has(name))
    this.#written.clear()
    return isSame(was, now) ? was : now
  }

  /** Whether all tables say what the books say that were kept from change to change. */
  agreesWith(books: Books): boolean {
    return isSame(
      books,
      this.#read(books, () => true),
    )
  }
}

function reader<T extends object>(
  raw: BetterSqlite3.Database,
  table: string,
  keyOf: (row: T) => string,
  order = '',
): (was: Rows<T>) => Rows<T> {
  const statement = raw.prepare<[], T>(`select * from ${table} ${order}`)
  return (was) => {
    const rows = statement.all()
    const now = new Map<string, T>()
    let changed = rows.length !== was.size
    for (const row of rows) {
      const key = keyOf(row)
      const old = was.get(key)
      const same = old !== undefined && isSame(old, row)
      changed ||= !same
      now.set(key, same ? old : row)
    }
    return changed ? now : was
  }
}

/** Whether two of one kind have the same in every field. */
function isSame<T extends object>(one: T, other: T): boolean {
  for (const key in one) if (one[key] !== other[key]) return false
  return true
}

/** Reviews of an order that are open. */
export const openReviewsOf = ({ reviews }: Books, orderId: string): ReviewRow[] =>
  [...reviews.values()].filter((each) => each.order_id === orderId && each.ended_at_ms === null)

/** Is a person to see to this payment? */
export const isBeforePerson = ({ reviews }: Books, paymentId: string): boolean =>
  [...reviews.values()].some((each) => each.payment_id === paymentId && each.ended_at_ms === null)

/** Has a person ended a review of this payment, in this way if one is named? */
export const isEndedByPerson = ({ reviews }: Books, paymentId: string, end?: ReviewAction): boolean =>
  [...reviews.values()].some(
    ({ payment_id: of, ended_as: as }) =>
      of === paymentId && as !== null && as !== 'facts' && (end === undefined || as === end),
  )

/** Nothing more is done about it. */
export const isEnded = ({ state }: Pick<CancelRow, 'state'>): boolean => state === 'done' || state === 'over'

const parsed = new WeakMap<PaymentRow, Facts>()

/** What is held of a payment; the same row is read once. */
export function factsOf(row: PaymentRow): Facts {
  const known = parsed.get(row)
  if (known !== undefined) return known
  const facts = Facts.parse(JSON.parse(row.facts))
  parsed.set(row, facts)
  return facts
}
