import { applyObservation, accountIssued } from './apply-observation.ts'
import type { Decision, DecideInput } from './decision.ts'
import { DecisionBuilder } from './decision-builder.ts'
import { onePerPayment, type Observation } from '../payment/observation.ts'
import { matchRefunds } from './match-refunds.ts'
import { adoptOrphans } from './orphans.ts'
import { awaitsDeposit, deadlineOf } from '../order/order.ts'
import { begunAtMs, remainderOf, type Payment } from '../payment/payment.ts'
import { invariant } from '../result.ts'
import { countLook, withReturn } from '../order/returns.ts'

/** Decides what is recorded from the held facts, the observation and the time. Pure and total; every path to a decision ends here. */
export function decide(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return adoptOrphans(input)
  const { orderId } = order
  const isHere = (seen: Observation): boolean => seen.orderId === orderId
  const isOurs = (seen: Observation): boolean =>
    isHere(seen) || input.payments.some((held) => held.paymentId === seen.paymentId)
  invariant(input.seen.every(isOurs), 'only this order’s payments are decided with it')
  const returns = countLook(withReturn(order.returns, input.returned))
  const builder = new DecisionBuilder(input, { ...order, returns })
  announceAdopted(builder)
  const seen = onePerPayment(input.seen).toSorted(byMoneyTime)
  // Apply records that name another order first: what they contradict must not be decided in the same look-up.
  for (const each of seen.toSorted((a, b) => Number(isHere(a)) - Number(isHere(b))))
    applyObservation(builder, each)
  for (const payment of builder.payments()) matchRefunds(builder, payment)
  expire(builder)
  invariant(builder.order.status === builder.statusNow(), 'the walk ends where statusOf says')
  return builder.decision()
}

/** Of two valid payments first seen together, the one paid first is kept. */
function byMoneyTime(a: Observation, b: Observation): number {
  const [aMs, bMs] = [a.details.paidAtMs ?? Infinity, b.details.paidAtMs ?? Infinity]
  if (aMs !== bMs) return aMs < bMs ? -1 : 1
  // The order of one payment's records with different order ids does not matter: only ours is joined.
  return a.paymentId < b.paymentId ? -1 : 1
}

/** Announces virtual accounts that were known before their order was registered (W-06), with its first look-up. */
function announceAdopted(builder: DecisionBuilder): void {
  if (builder.order.status !== 'open') return
  for (const payment of builder.payments().filter((each) => awaitsDeposit(builder.order, each)))
    builder.announce({
      type: 'payment.awaiting_deposit',
      payment,
      to: 'awaiting_deposit',
      mark: 0,
      why: accountIssued,
    })
}

/**
 * Expires an order only by a look-up by order id that began after the deadline and found no money (V-04, S-20). Money of the order id's earlier
 * life does not count.
 */
function expire(builder: DecisionBuilder): void {
  const { order, input } = builder
  if (order.status !== 'open' && order.status !== 'awaiting_deposit') return
  const payments = builder.payments()
  if (input.look.by !== 'order' || input.look.beganAtMs < deadlineOf(order, payments)) return
  const isOurs = (payment: Payment): boolean =>
    (begunAtMs(payment) ?? order.registeredAtMs) >= order.adoptsFromMs
  const isInTheWay = (payment: Payment): boolean =>
    payment.contradiction !== null || (remainderOf(payment) > 0 && isOurs(payment))
  if (payments.some(isInTheWay)) return
  builder.order = { ...order, emptyAfterDeadline: true }
  builder.announce({
    type: 'order.expired',
    payment: null,
    to: 'expired',
    mark: 0,
    why: 'its deadline has passed and a look-up after it found no money',
  })
}
