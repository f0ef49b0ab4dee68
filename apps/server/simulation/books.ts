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
  readonly notices: ReadonlyMap<string, NoticeRow>
  readonly receipts: ReadonlyMap<string, ReceiptRow>
  readonly timeline: ReadonlyMap<string, TimelineRow>
}

const by = <T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [key(row), row]))

/** Reads the books through statements of their own, prepared once a world. */
export function bookkeeper(raw: BetterSqlite3.Database): () => Books {
  const orders = raw.prepare<[], OrderRow>('select * from orders')
  const payments = raw.prepare<[], PaymentRow>('select * from payments')
  const proofs = raw.prepare<[], ProofRow>('select * from proofs')
  const cancels = raw.prepare<[], CancelRow>('select * from cancels')
  const notices = raw.prepare<[], NoticeRow>('select * from notices order by order_id, sequence')
  const receipts = raw.prepare<[], ReceiptRow>('select * from receipts')
  const timeline = raw.prepare<[], TimelineRow>('select * from timeline order by entry_id')
  return () => ({
    orders: by(orders.all(), (row) => row.order_id),
    payments: by(payments.all(), (row) => row.payment_id),
    proofs: by(proofs.all(), (row) => row.order_id),
    cancels: by(cancels.all(), (row) => row.intent_id),
    notices: by(notices.all(), (row) => row.notice_id),
    receipts: by(receipts.all(), (row) => row.receipt_id),
    timeline: by(timeline.all(), (row) => row.entry_id),
  })
}

export const noBooks: Books = {
  orders: new Map(),
  payments: new Map(),
  proofs: new Map(),
  cancels: new Map(),
  notices: new Map(),
  receipts: new Map(),
  timeline: new Map(),
}
