import { settledByPerson, type Payment } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { HeldCancel } from '../../store/cancels.ts'
import { readPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'

/** The payment of an intent, as a fresh look has recorded it; null when it could not be looked up. */
export async function lookUpPayment(
  deps: Deps,
  reconcile: Reconcile,
  row: HeldCancel,
): Promise<Payment | null> {
  const reason = { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: false, by: 'refund' } as const
  const looked = await reconcile({ by: 'payment', paymentId: row.paymentId }, reason)
  return looked.ok ? readSettled(deps, row) : null
}

/** The payment as a person has left it: a contradiction that somebody has ended the review of stands in nobody's way. */
async function readSettled({ store }: Deps, { orderId, paymentId }: HeldCancel): Promise<Payment | null> {
  const payment = (await readPayment(store, paymentId))?.payment ?? null
  if (payment?.contradiction == null) return payment
  return settledByPerson(await reviewsOfOrder(store, orderId), payment)
    ? { ...payment, contradiction: null }
    : payment
}
