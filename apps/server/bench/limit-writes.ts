import type BetterSqlite3 from 'better-sqlite3'
import { NEVER_MS } from '../src/store/work-tables.ts'

type Expected = { readonly name: string; readonly amount: number; readonly version: number }
type Paid = {
  readonly receiptId: string
  readonly orderId: string
  readonly paymentId: string
  /** What was read, which must not have changed since. */
  readonly version: number
  readonly facts: string
  readonly notice: string
  readonly nowMs: number
}

/** What one payment truly needs on the disk, as plain prepared statements on the product's own tables. */
export function limitWrites(raw: BetterSqlite3.Database) {
  const order = raw.prepare('select name, amount, version from orders where order_id = ?').raw()
  const claim = raw.prepare(
    `insert into receipts (receipt_id, order_id, payment_id, claim, first_at_ms, received_at_ms, times, state, due_at_ms, attempts, lease_until_ms, lease)
     values (@receiptId, @orderId, @paymentId, @claim, @nowMs, @nowMs, 1, 'waiting', @nowMs, 0, @nowMs + 25000, '')
     on conflict do update set times = times + 1`,
  )
  const steps = paidSteps(raw)
  return {
    expected: (orderId: string): Expected => {
      const found = order.get(orderId)
      if (!Array.isArray(found)) throw new Error(`${orderId} is unknown`)
      return { name: String(found[0]), amount: Number(found[1]), version: Number(found[2]) }
    },
    claim: (receiptId: string, orderId: string, paymentId: string, nowMs: number): void => {
      const text = JSON.stringify({ source: 'webhook', paymentId, orderId, says: 'nothing', status: 'paid' })
      claim.run({ receiptId, orderId, paymentId, claim: text, nowMs })
    },
    paid: (paid: Paid): void => {
      for (const step of steps)
        if (step.run(paid).changes !== 1) throw new Error(`${paid.orderId} was recorded before`)
    },
  }
}

const paidSteps = (raw: BetterSqlite3.Database): readonly BetterSqlite3.Statement[] =>
  [
    `update orders set status = 'paid', kept_payment_id = @paymentId, sequence = 1, version = @version + 1, due_at_ms = ${NEVER_MS}, looked_at_ms = @nowMs, attempts = 0, lease_until_ms = 0
     where order_id = @orderId and version = @version`,
    `insert into payments (payment_id, order_id, version, status, standing, facts, recorded_at_ms)
     values (@paymentId, @orderId, 1, 'paid', 'kept', @facts, @nowMs)`,
    `insert into proofs (order_id, payment_id, observation, looked_up_at_ms, recorded_at_ms)
     values (@orderId, @paymentId, @facts, @nowMs, @nowMs)`,
    `insert into timeline (entry_id, order_id, payment_id, at_ms, event, from_status, to_status, reason)
     values (@orderId || '/00000002/000', @orderId, @paymentId, @nowMs, 'payment.paid', 'ready', 'paid', 'the look-up agrees')`,
    `insert into notices (notice_id, order_id, sequence, type, body, state, created_at_ms, due_at_ms, attempts, lease_until_ms, lease)
     values ('payment.paid|' || @orderId, @orderId, 1, 'payment.paid', @notice, 'waiting', @nowMs, @nowMs, 0, 0, '')`,
    `update receipts set state = 'done', due_at_ms = ${NEVER_MS}, attempts = 1, lease_until_ms = 0 where receipt_id = @receiptId`,
  ].map((text) => raw.prepare(text))
