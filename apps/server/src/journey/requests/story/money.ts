import { amountOf, currencyOf } from '@landfall/payment-core'
import type { StoryRows } from '../../../store/story-rows.ts'

/** The payment's currency, or else the order's. */
export function currencyIn({ payments, record }: StoryRows, paymentId: string | null): string {
  const payment = payments.find((each) => each.paymentId === paymentId)
  return payment === undefined
    ? (record?.order.currency ?? '')
    : currencyOf(payment) || (record?.order.currency ?? '')
}

export function amountIn({ payments, record }: StoryRows, paymentId: string | null): number {
  const payment = payments.find((each) => each.paymentId === paymentId)
  return payment === undefined ? (record?.order.amount ?? 0) : amountOf(payment)
}
