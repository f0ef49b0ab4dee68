import type { DecisionBuilder } from './decision-builder.ts'
import { amountOf, remainderOf, type Payment } from '../payment/payment.ts'

/**
 * Announces each cancel of a payment since `held`, until all of it is returned. `held` is null if none was announced for this order. The kept
 * payment is measured by the order's amount, so that a larger amount reported later cannot lead out of `cancelled` (S-06).
 */
export function announceCancels(builder: DecisionBuilder, payment: Payment, held: Payment | null): void {
  if (payment.standing !== 'kept') {
    if (payment.standing !== 'undecided' && remainderOf(payment) === 0 && remainderOf(held ?? payment) > 0)
      announceReturned(builder, payment)
    return
  }
  const { amount } = builder.order
  let before = held?.cancelledAmount ?? 0
  // Money that came and went before any look-up is announced by its end alone (M-26).
  const totals = held === null && payment.cancelledAmount >= amount ? [amount] : totalsSince(payment, held)
  for (const total of totals) {
    if (before >= amount) return
    const isWhole = total >= amount
    builder.announce({
      type: isWhole ? 'payment.cancelled' : 'payment.partially_cancelled',
      payment: asOf(payment, total),
      to: isWhole ? 'cancelled' : 'partially_cancelled',
      mark: total,
      why: `the gateway has returned ${total} of ${amount}`,
    })
    before = total
  }
}

/** Announces that money which was not kept has been returned. */
export const announceReturned = (builder: DecisionBuilder, payment: Payment): void =>
  builder.announce({
    type: 'payment.returned',
    payment,
    to: builder.statusNow(),
    mark: amountOf(payment),
    why: `the gateway has returned all of ${amountOf(payment)}`,
  })

/**
 * The running totals of the cancels since `held`, one announcement each, however late they are seen (S-12). Known cancels come first: otherwise two
 * in one second could give a total that never was.
 */
function totalsSince(payment: Payment, held: Payment | null): number[] {
  const known = new Set(held?.cancels.map((cancel) => cancel.id))
  const inOrder = payment.cancels.toSorted((a, b) => Number(known.has(b.id)) - Number(known.has(a.id)))
  const totals = new Set<number>()
  let total = 0
  for (const cancel of inOrder) totals.add((total += cancel.amount))
  const before = held?.cancelledAmount ?? 0
  const told = [...totals].filter((each) => each > before && each < payment.cancelledAmount)
  return payment.cancelledAmount > before ? [...told, payment.cancelledAmount] : []
}

/** The payment as it was when `total` had been returned. */
const asOf = (payment: Payment, total: number): Payment => ({
  ...payment,
  status: 'cancelled',
  cancelledAmount: total,
})
