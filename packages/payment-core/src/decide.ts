import type { Decision, DecideInput } from './decision.ts'
import { Draft } from './draft.ts'
import { onePerPayment, type Observation } from './observation.ts'
import { adoptOrphans } from './orphans.ts'
import { awaitsDeposit, deadlineOf, type LastReturn, type Order } from './order.ts'
import { contradictionOf, heldMoney, join, remainderOf, type Payment } from './payment.ts'
import { invariant } from './result.ts'
import { newestReturn } from './settling.ts'
import { announceReturns, closeAccount, review, stand } from './standing.ts'

/** Held facts + what the gateway says + now → what is recorded. Pure and total; every door ends here. */
export function decide(input: DecideInput): Decision {
  if (input.order === null) return adoptOrphans(input)
  const { orderId } = input.order
  const isHere = (seen: Observation): boolean => seen.orderId === orderId
  const isOurs = (seen: Observation): boolean =>
    isHere(seen) || input.payments.some((held) => held.paymentId === seen.paymentId)
  invariant(input.seen.every(isOurs), 'only this order’s payments are decided with it')
  const draft = new Draft(input, withReturn(input.order, input.returned))
  announceAdopted(draft)
  const seen = onePerPayment(input.seen).toSorted(byMoneyTime)
  // A record that names another order comes first: what it contradicts must not be decided in the same look.
  for (const each of seen.toSorted((a, b) => Number(isHere(a)) - Number(isHere(b)))) absorb(draft, each)
  expire(draft)
  invariant(draft.order.status === draft.statusNow(), 'the walk ends where statusOf says')
  return draft.decision()
}

/** Of two valid payments first seen together the one that was paid first is kept. */
function byMoneyTime(a: Observation, b: Observation): number {
  const [aMs, bMs] = [a.details.paidAtMs ?? Infinity, b.details.paidAtMs ?? Infinity]
  if (aMs !== bMs) return aMs < bMs ? -1 : 1
  // Records of one payment that name different orders may come in any order: none of them but ours is joined.
  return a.paymentId < b.paymentId ? -1 : 1
}

/** Notes the newest return and counts this look towards its settling (product.md §2.3). */
function withReturn(order: Order, returned: LastReturn | null): Order {
  const newest = newestReturn(order.lastReturn, returned)
  return newest === null ? order : { ...order, lastReturn: { ...newest, looks: newest.looks + 1 } }
}

/**
 * Accounts known before their order was registered (W-06) are announced with its first look, also when that
 * is about another try.
 */
function announceAdopted(draft: Draft): void {
  if (draft.order.status !== 'open') return
  for (const payment of draft.payments().filter((each) => awaitsDeposit(draft.order, each)))
    draft.announce('payment.awaiting_deposit', payment, 'awaiting_deposit', 0, accountIssued)
}

const accountIssued = 'a virtual account is issued for exactly this amount'

/** Joins one observation into what is held and draws what follows from it. */
function absorb(draft: Draft, seen: Observation): void {
  const held = draft.held(seen.paymentId)
  const contradiction = held?.contradiction ?? contradictionOf(held, seen)
  if (contradiction !== null) return contradicted(draft, held, seen, contradiction)
  const payment: Payment = {
    ...join(held ?? seen, seen),
    standing: held?.standing ?? null,
    rejectReason: held?.rejectReason ?? null,
    contradiction: null,
  }
  draft.put(payment)
  if (held === null || held.status !== payment.status) noteSeen(draft, payment)
  if (!heldMoney(payment)) return passing(draft, payment, held)
  if (payment.standing === null || payment.standing === 'orphan')
    announceReturns(draft, stand(draft, payment, seen), null)
  else announceReturns(draft, payment, held)
}

const noteSeen = (draft: Draft, { paymentId, status }: Payment): number =>
  draft.timeline.push({ event: 'payment.seen', paymentId, from: null, to: null, reason: status })

/**
 * Evidence against itself: it is joined, a person is called, and nothing automatic happens any more (G-09,
 * M-12). What was decided before stays decided, and money that has gone back from the kept payment has gone
 * back, so the status follows that.
 */
function contradicted(draft: Draft, held: Payment | null, seen: Observation, contradiction: string): void {
  const wasOrphan = held?.standing === 'orphan'
  const payment: Payment = {
    // A record of another order is not joined: it is not about this payment (G-07).
    ...(held !== null && held.orderId !== seen.orderId ? held : join(held ?? seen, seen)),
    standing: wasOrphan ? null : (held?.standing ?? null),
    rejectReason: held?.rejectReason ?? null,
    contradiction,
  }
  draft.put(payment)
  if (held === null || held.contradiction === null || wasOrphan)
    review(draft, 'contradiction', payment, contradiction)
  if (payment.standing !== null) announceReturns(draft, payment, held)
}

/**
 * States without money: announced only if seen while they were true, and only while the order still waits
 * (product.md §2.2).
 */
function passing(draft: Draft, payment: Payment, held: Payment | null): void {
  if (held !== null && held.status === payment.status) return
  if (draft.order.keptPaymentId !== null) return closeAccount(draft, payment)
  const to = draft.statusNow()
  if (to !== 'open' && to !== 'awaiting_deposit') return
  if (awaitsDeposit(draft.order, payment))
    draft.announce('payment.awaiting_deposit', payment, to, 0, accountIssued)
  if (payment.status === 'failed')
    draft.announce('payment.failed', payment, to, 0, payment.details.failReason ?? 'failed at the gateway')
}

/**
 * Only a look-up by order id that began after the deadline, and found no money, expires an order (V-04,
 * S-20).
 */
function expire(draft: Draft): void {
  const { order, input } = draft
  if (order.status !== 'open' && order.status !== 'awaiting_deposit') return
  const payments = draft.payments()
  if (input.look.by !== 'order' || input.look.beganAtMs < deadlineOf(order, payments)) return
  if (payments.some((payment) => remainderOf(payment) > 0 || payment.contradiction !== null)) return
  draft.order = { ...order, emptyAfterDeadline: true }
  draft.announce(
    'order.expired',
    null,
    'expired',
    0,
    'its deadline has passed and a look-up after it found no money',
  )
}
