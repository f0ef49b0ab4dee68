import { balanceOf, heldMoney, isBelow, keptOf, openReviews, statusOf } from '../src/index.ts'
import type { Rules } from './bounds.ts'
import { fault, type Fault } from './decision-invariants.ts'
import { amountPaid, isInDoubt, observe, ORDER_AMOUNT, returnedOf, timesMs, type Truth } from './gateway.ts'
import { faultOfScreens } from './screen-invariants.ts'
import type { Stored } from './stored-order.ts'

/** Checks a record by itself. `screens` caches the results by what a screen depends on. */
export function faultOfRecord(
  { order, payments, told, proof }: Stored,
  rules: Rules,
  screens: Map<string, Fault | null>,
): Fault | null {
  if (new Set(payments.map((payment) => payment.paymentId)).size !== payments.length)
    return fault('S-03', 'one payment is held twice')
  if (order === null)
    return payments.some((payment) => heldMoney(payment) && payment.standing !== 'orphan')
      ? fault('S-04', 'money of an unknown order is not before a person')
      : null
  const kept = payments.filter((payment) => payment.standing === 'kept').map((payment) => payment.paymentId)
  if (kept.length > 1) return fault('S-04', `${kept.join(' and ')} are both kept`)
  if ((kept[0] ?? null) !== order.keptPaymentId)
    return fault('S-04', 'what is kept is not what stands as kept')
  if (order.keptPaymentId !== proof)
    return fault('S-01', 'finalised without proof, or by another than the kept')
  if (order.sequence !== told.length) return fault('S-13', 'as many numbers as notices')
  // A virtual account that was known before its order is announced with the order's first look-up (W-06).
  const unlooked = told.length === 0 && order.status === 'open'
  if (!unlooked && statusOf(order, payments, timesMs.at(-1) ?? 0) !== order.status)
    return fault('S-06', `the order is ${order.status}, its payments say otherwise`)
  // A screen depends on nothing else in the record.
  const open = openReviews(order.reviews).map(({ reason, paymentId }) => [reason, paymentId])
  const shown = JSON.stringify([order.status, order.keptPaymentId, open, payments])
  const known = screens.get(shown)
  if (known !== undefined) return known
  const found = faultOfScreens(order, payments, rules)
  screens.set(shown, found)
  return found
}

/** Compares a record with the gateway’s books: it may lag behind them, but never differ or run ahead. */
export function faultOfBooks({ order, payments }: Stored, truth: Truth, lags: number): Fault | null {
  for (const payment of payments) {
    const index = truth.findIndex((_, at) => observe(truth, at)[0]?.paymentId === payment.paymentId)
    const [each, real] = [truth[index], observe(truth, index)[0]]
    if (each === undefined || real === undefined) return fault('S-09', 'a payment is held that never was')
    if (isBelow(real.status, payment.status))
      return fault('S-20', `${payment.paymentId} is recorded as ${payment.status}, it is ${real.status}`)
    const { contradiction, standing } = payment
    if (contradiction !== null && lags === 0)
      return fault('S-06', `older evidence of ${payment.paymentId} is taken for news: ${contradiction.what}`)
    if (contradiction?.isCertain === true && lags === 1)
      return fault(
        'G-18',
        `one answer that lags behind makes ${payment.paymentId} a contradiction for a person`,
      )
    const returned = returnedOf(each)
    if (payment.cancelledAmount > returned || returned > amountPaid(each))
      return fault('S-05', `${payment.cancelledAmount} of ${returned} returned is recorded`)
    if (isInDoubt(each) && standing !== null && standing !== 'undecided' && standing !== 'orphan')
      return fault('S-23', `${payment.paymentId} stands as ${standing}, and nothing says that it is ours`)
    const wrong = each.flavour !== 'good' || real.amounts[0] !== ORDER_AMOUNT || each.paidAs === 0
    if (standing === 'kept' && wrong)
      return fault('S-01', `${payment.paymentId} is kept, it does not pay the order`)
  }
  const kept = order === null ? null : keptOf(order, payments)
  if (order === null || kept === null) return null
  return balanceOf(order, payments) + kept.cancelledAmount === ORDER_AMOUNT
    ? null
    : fault('S-05', 'paid is not what is kept and what has gone back')
}
