import {
  begunAtMs,
  deadlineOf,
  heldMoney,
  isBelow,
  isDeclared,
  NoticeType,
  remainderOf,
  type CancelIntent,
  type Decision,
  type DecideInput,
  type Observation,
  type Order,
  type Payment,
  type Return,
} from '../src/index.ts'
import { timesMs } from './gateway.ts'
import type { AnsweredLookup, Stored } from './stored-order.ts'

/** A broken promise. `id` is its id in the catalogue. */
export type Fault = { readonly id: string; readonly why: string }
export const fault = (id: string, why: string): Fault => ({ id, why })

/** Checks a decision against the facts it read, the look-up, and what is stored when it is written. */
export function faultOfDecision(
  read: DecideInput,
  sight: AnsweredLookup,
  at: number,
  decision: Decision,
  held: Stored,
): Fault | null {
  return (
    faultOfWords(read, decision) ??
    faultOfWay(read, held, decision) ??
    faultOfNotices(decision, held) ??
    faultOfProof(read, sight, decision) ??
    faultOfExpiry(read, sight, at, decision, held) ??
    faultOfIntents(decision, held)
  )
}

/** S-25: the order remembers only what came through its own return link, unchanged. */
function faultOfWords({ order, returned }: DecideInput, decision: Decision): Fault | null {
  if (returned !== null || decision.order === null) return null
  const words = JSON.stringify((order?.returns ?? []).map(withoutLooks))
  return JSON.stringify(decision.order.returns.map(withoutLooks)) === words
    ? null
    : fault('S-25', 'a word stands on the order that no return through its own link has said')
}
const withoutLooks = ({ looks: _, ...said }: Return): unknown => said

/** S-02: no notice is announced twice. The store would refuse the second row and undo the whole write. */
function faultOfNotices(decision: Decision, held: Stored): Fault | null {
  for (const { id, type } of decision.notices) {
    if (held.told.includes(id)) return fault('S-02', `the notice ${id} is given a second time`)
    if (type === 'payment.paid' && held.told.some((other) => other.startsWith('payment%2Epaid:')))
      return fault('S-02', 'the order is announced as paid a second time')
  }
  return null
}

/** S-06: an order moves along declared edges, a payment's status only rises, and a kept payment stays kept. */
function faultOfWay(read: DecideInput, held: Stored, decision: Decision): Fault | null {
  for (const payment of decision.payments) {
    const before = held.payments.find((each) => each.paymentId === payment.paymentId)
    if (before === undefined) continue
    if (isBelow(payment.status, before.status))
      return fault('S-06', `${payment.paymentId} goes back from ${before.status} to ${payment.status}`)
    if (payment.cancelledAmount < before.cancelledAmount)
      return fault('S-06', `less has gone back of ${payment.paymentId} than before`)
  }
  if (held.order === null || decision.order === null) return null
  const wasKept = held.order.keptPaymentId
  if (wasKept !== null && decision.order.keptPaymentId !== wasKept)
    return fault('S-04', `${wasKept} was kept, now it is ${decision.order.keptPaymentId ?? 'none'}`)
  return read.order === null ? null : faultOfWalk(read.order, decision)
}

function faultOfWalk(order: Order, decision: Decision): Fault | null {
  let status = order.status
  for (const { event, from, to } of decision.timeline) {
    if (from === null || to === null) continue
    if (from !== status) return fault('S-06', `a step begins at ${from}, the order is ${status}`)
    const isAnnounced = NoticeType.safeParse(event)
    if (from !== to && !(isAnnounced.success && isDeclared({ from, to, event: isAnnounced.data })))
      return fault('S-06', `${from} → ${to} by ${event} is no declared edge`)
    status = to
  }
  if (decision.order?.status !== status)
    return fault('S-06', `the steps end at ${status}, the order is ${decision.order?.status ?? 'gone'}`)
  return decision.order.sequence === order.sequence + decision.notices.length
    ? null
    : fault('S-13', 'the notices of the order have a gap in their numbers')
}

/** S-01: the decision that pays an order stores the look-up that proves it. */
function faultOfProof(read: DecideInput, sight: AnsweredLookup, decision: Decision): Fault | null {
  const kept = decision.order?.keptPaymentId ?? null
  if ((read.order?.keptPaymentId ?? null) === kept) return null
  const { proof, order } = decision
  if (proof === null || order === null || proof.paymentId !== kept)
    return fault('S-01', 'the order is finalised without the look-up that proves it')
  const proves = sight.seen.some(
    (seen) =>
      seen.paymentId === kept &&
      seen.orderId === order.orderId &&
      heldMoney(seen) &&
      seen.amounts.every((amount) => amount === order.amount) &&
      seen.currencies.every((currency) => currency === order.currency) &&
      !seen.testChannel,
  )
  return proves ? null : fault('S-01', `what was looked up does not prove that ${kept} pays the order`)
}

/** S-20, V-04: an order expires only after a look-up of the whole order that began after the deadline and found no money. */
function faultOfExpiry(
  read: DecideInput,
  sight: AnsweredLookup,
  at: number,
  decision: Decision,
  held: Stored,
): Fault | null {
  if (decision.order?.status !== 'expired' || read.order === null || read.order.status === 'expired')
    return null
  const deadline = deadlineOf(decision.order, paymentsAfter(held, decision))
  const beganAtMs = timesMs[sight.beganAt] ?? 0
  const { adoptsFromMs } = read.order
  // Money of the number's earlier life does not belong to this order (M-21).
  const isOurs = (seen: Observation): boolean => (begunAtMs(seen) ?? Infinity) >= adoptsFromMs
  const isSound =
    sight.by === 'order' &&
    beganAtMs >= deadline &&
    !sight.seen.some((seen) => remainderOf(seen) > 0 && isOurs(seen))
  return isSound
    ? null
    : fault(
        'S-20',
        `the order expires at time ${at} without a look-up after its deadline that found no money`,
      )
}

export function paymentsAfter(held: Stored, decision: Decision): Payment[] {
  const changed = new Map(decision.payments.map((payment) => [payment.paymentId, payment]))
  const kept = held.payments.filter((payment) => !changed.has(payment.paymentId))
  return [...kept, ...changed.values()].toSorted((a, b) => (a.paymentId < b.paymentId ? -1 : 1))
}

/** S-07: every cancel concerns a payment that the gateway ties to this order and that the order does not keep. */
function faultOfIntents(decision: Decision, held: Stored): Fault | null {
  for (const intent of decision.intents) {
    const why = unjustified(intent, decision, held)
    if (why !== null) return fault('S-07', `${intent.intentId}: ${why}`)
  }
  return null
}

function unjustified(intent: CancelIntent, decision: Decision, held: Stored): string | null {
  const { order } = decision
  if (order === null) return 'its order is not known here, a person decides about it'
  const payment = [...decision.payments, ...held.payments].find((each) => each.paymentId === intent.paymentId)
  if (payment === undefined || payment.orderId !== order.orderId) return 'not this order’s payment'
  if (intent.paymentId === order.keptPaymentId) return 'the payment the order keeps is sent back'
  if (payment.contradiction !== null) return 'its record contradicts itself'
  if (intent.reason === '') return 'no reason is recorded'
  if (intent.cause === 'account') return order.keptPaymentId === null ? 'the order has no payment yet' : null
  if (payment.standing !== intent.cause) return `it stands as ${payment.standing}`
  return intent.amount === remainderOf(payment) && intent.amount > 0 ? null : 'not what is left of it'
}
