import { standInOrder, type Decision, type Order, type Payment } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { noRequester, type Requester } from '../../store/cancels.ts'
import { readOrder, recordDecision } from '../../store/orders.ts'
import { recordOrphans } from '../../store/orphans.ts'
import { readPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'

/** The subject of a decision: a registered order with its payments, or an orphan payment with a substitute order. */
export type Subject = {
  readonly order: Order
  readonly payments: readonly Payment[]
  readonly isOrphan: boolean
  /** The guarded write of a decision; `stale` when the subject has changed since it was read. */
  readonly record: (
    decision: Decision & { readonly order: Order },
    asking?: Requester,
  ) => Promise<'done' | 'stale'>
}

/** A decision that changes nothing; the caller adds what it records. */
export const emptyDecision = (order: Order): Decision & { readonly order: Order } => ({
  order,
  payments: [],
  notices: [],
  intents: [],
  executed: [],
  timeline: [],
  proof: null,
})

/** Reads the registered order, or else the orphan payment that names it; null when neither exists. */
export async function readSubject(
  deps: Deps,
  orderId: string,
  paymentId: string | null,
): Promise<Subject | null> {
  const { store, clock } = deps
  const record = await readOrder(store, orderId)
  if (record !== null)
    return {
      order: record.order,
      payments: record.payments.map((held) => held.payment),
      isOrphan: false,
      record: (decision, asking) => {
        const at = { nowMs: clock.nowMs(), dueAtMs: record.dueAtMs, lookedAtMs: record.lookedAtMs }
        return recordDecision(store, record, decision, at, asking)
      },
    }
  const held = paymentId === null ? null : await readPayment(store, paymentId)
  if (held === null || held.payment.orderId !== orderId || held.payment.standing !== 'orphan') return null
  const order = standInOrder(held.payment, await reviewsOfOrder(store, orderId))
  return {
    order,
    payments: [held.payment],
    isOrphan: true,
    record: (decision, asking = noRequester) =>
      recordOrphans(store, held, decision, clock.nowMs(), order.reviews, asking),
  }
}
