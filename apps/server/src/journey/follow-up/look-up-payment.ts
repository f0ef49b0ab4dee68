import { settledByPerson, type Payment } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { HeldCancel } from '../../store/cancels.ts'
import { readPayment } from '../../store/payments.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import { triggerNow } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'

/** Looks up the payment of a refund and reads its record; null when the lookup fails. */
export async function lookUpPayment(
  deps: Deps,
  reconcile: Reconcile,
  row: HeldCancel,
): Promise<Payment | null> {
  const trigger = triggerNow(deps, { by: 'refund' })
  const lookup = await reconcile({ by: 'payment', paymentId: row.paymentId, orderId: row.orderId }, trigger)
  return lookup.ok ? readSettled(deps, row) : null
}

/** Reads the payment without a contradiction that a person has resolved: it must not block the refund. */
async function readSettled({ store }: Deps, { orderId, paymentId }: HeldCancel): Promise<Payment | null> {
  const payment = (await readPayment(store, paymentId))?.payment ?? null
  if (payment?.contradiction == null) return payment
  return settledByPerson(await reviewsOfOrder(store, orderId), payment)
    ? { ...payment, contradiction: null }
    : payment
}
