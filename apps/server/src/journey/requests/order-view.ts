import { summaryOf, viewOf, type OrderView } from '@landfall/payment-core'
import type { OrderRecord } from '../../store/orders.ts'
import { noticesOfOrder } from '../../store/outbox.ts'
import { cancelViews } from '../../store/refunds.ts'
import type { Journey } from '../journey.ts'
import { returnUrlOf } from './register.ts'

/** The order as the shop's API returns it. */
export async function orderView(journey: Journey, record: OrderRecord): Promise<OrderView> {
  const { order } = record
  const { store } = journey.deps
  const payments = record.payments.map((held) => held.payment)
  const [returnUrl, cancels, notices] = await Promise.all([
    returnUrlOf(journey, order),
    cancelViews(store, order.orderId),
    noticesOfOrder(store, order.orderId),
  ])
  return { ...summaryOf(order, payments), returnUrl, payments: payments.map(viewOf), cancels, notices }
}
