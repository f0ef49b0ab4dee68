import {
  balanceOf,
  currentTry,
  hasSettled,
  heldMoney,
  isBelow,
  keptOf,
  remainderOf,
  statusOf,
  type LastReturn,
  type Order,
  type Payment,
  type Screen,
} from '../src/index.ts'
import { MINUTE_MS, NOW_MS } from '../test/samples.ts'
import type { Rules } from './box.ts'
import { fault, type Fault } from './decided.ts'
import { amountPaid, observe, ORDER_AMOUNT, returnedOf, timesMs, type Truth } from './gateway.ts'
import type { Stored } from './stored.ts'

/** What must hold of everything that is ever recorded, by itself. */
export function faultOfRecord({ order, payments, told, proof }: Stored, rules: Rules): Fault | null {
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
  // An account that was known before its order was registered is announced with the order's first look (W-06).
  const unlooked = told.length === 0 && order.status === 'open'
  if (!unlooked && statusOf(order, payments, timesMs.at(-1) ?? 0) !== order.status)
    return fault('S-06', `the order is ${order.status}, its payments say otherwise`)
  return faultOfScreens(order, payments, rules)
}

/** Every return an order could remember: who said what about which try, when, and how many looks ago. */
const returns: readonly (LastReturn | null)[] = [
  null,
  ...(['success', 'failure', 'nothing'] as const).flatMap((says) =>
    ['imp_1', 'imp_2', null].flatMap((paymentId) =>
      [0, 2].map((looks) => ({ says, paymentId, looks, atMs: NOW_MS, failReason: null, message: null })),
    ),
  ),
]

/** S-22, for both viewers, at every time, whatever return is remembered. */
function faultOfScreens(order: Order, payments: readonly Payment[], rules: Rules): Fault | null {
  for (const lastReturn of returns)
    for (const nowMs of [NOW_MS, NOW_MS + MINUTE_MS, NOW_MS + 5 * MINUTE_MS])
      for (const scope of ['full', 'outcome'] as const) {
        const told = { ...order, lastReturn }
        const why = dishonest(rules.screenOf(told, payments, scope, nowMs), told, payments, nowMs)
        if (why !== null) return fault('S-22', why)
      }
  return null
}

function dishonest(screen: Screen, order: Order, payments: readonly Payment[], nowMs: number): string | null {
  const current = currentTry(order.lastReturn, payments)
  if (screen.kind === 'paid' && order.keptPaymentId === null) return '«paid» is shown without proof'
  if (order.status === 'paid' && screen.kind !== 'paid') return `«${screen.kind}» is shown of a paid order`
  if (screen.kind === 'expired' && order.status !== 'expired') return '«expired» is shown before it is so'
  const offers = (screen.kind === 'failed' || screen.kind === 'cancelled') && screen.tryAgain
  if (offers && (order.status !== 'open' || payments.some((each) => remainderOf(each) > 0)))
    return '«pay again» is offered while money is here'
  if (screen.kind !== 'failed') return null
  const last = order.lastReturn
  const settled = last !== null && hasSettled(last, nowMs) && last.says !== 'success'
  return current?.status === 'failed' || settled
    ? null
    : '«failed, pay again» is shown while nothing is known'
}

/** What must hold of what is recorded against the gateway’s books: we may know less, never other, and never more. */
export function faultOfBooks({ order, payments }: Stored, truth: Truth): Fault | null {
  for (const payment of payments) {
    const index = truth.findIndex((_, at) => observe(truth, at)[0]?.paymentId === payment.paymentId)
    const [each, real] = [truth[index], observe(truth, index)[0]]
    if (each === undefined || real === undefined) return fault('S-09', 'a payment is held that never was')
    if (isBelow(real.status, payment.status))
      return fault('S-20', `${payment.paymentId} is recorded as ${payment.status}, it is ${real.status}`)
    if (payment.contradiction !== null)
      return fault(
        'S-06',
        `older evidence of ${payment.paymentId} is taken for news: ${payment.contradiction}`,
      )
    const returned = returnedOf(each)
    if (payment.cancelledAmount > returned || returned > amountPaid(each))
      return fault('S-05', `${payment.cancelledAmount} of ${returned} returned is recorded`)
    const wrong = each.flavour !== 'good' || real.amounts[0] !== ORDER_AMOUNT || each.paidAs === 0
    if (payment.standing === 'kept' && wrong)
      return fault('S-01', `${payment.paymentId} is kept, it does not pay the order`)
  }
  const kept = order === null ? null : keptOf(order, payments)
  if (order === null || kept === null) return null
  return balanceOf(order, payments) + kept.cancelledAmount === ORDER_AMOUNT
    ? null
    : fault('S-05', 'paid is not what is kept and what has gone back')
}
