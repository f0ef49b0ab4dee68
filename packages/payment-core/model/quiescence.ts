import {
  amountOf,
  balanceOf,
  isBeforePerson,
  openReviews,
  remainderOf,
  type Payment,
  type ReviewReason,
} from '../src/index.ts'
import { fault, type Fault } from './decision-invariants.ts'
import { finalNotices } from './final-notices.ts'
import { leftOf, paymentIdOf, type Truth } from './gateway.ts'
import { isTooMuch, marksOf } from './intent-invariants.ts'
import type { Stored } from './stored-order.ts'
import { isEnded, type Row } from './workers.ts'
import type { State, World } from './world.ts'

/** Checks quiescent states: nothing is under way or due, and another look-up would change nothing. Equal facts must end alike. */
export class QuiescentStates {
  readonly names = new Map<string, number>()
  readonly #world: World
  readonly #ends = new Map<string, string>()

  constructor(world: World) {
    this.#world = world
  }

  /** S-12, S-08, S-24, M-25 and L-11. Null also for a state that is not quiescent. */
  faultOf(state: State): Fault | null {
    const { bounds, idle, rows, records, calls, truths } = this.#world
    if (state.a !== idle || state.b !== idle || calls.at(state.calls).length > 0) return null
    const asked = rows.at(state.rows)
    if (!asked.every(isEnded) || !agrees(this.#world, state)) return null
    const stored = records.pool.at(state.record)
    const name = nameOf(stored)
    this.names.set(name, (this.names.get(name) ?? 0) + 1)
    return (
      faultOfMoney(stored) ??
      faultOfReturned(stored, truths.at(state.truth), asked, bounds.pends) ??
      this.#faultOfEnd(stored, state.truth)
    )
  }

  /** S-12: a final order's end depends only on the gateway's truth and on which of two good payments is kept. */
  #faultOfEnd(stored: Stored, truth: number): Fault | null {
    const { order, payments } = stored
    if (order === null || order.status === 'open' || order.status === 'awaiting_deposit') return null
    const key = `${truth} ${order.keptPaymentId}`
    const end = JSON.stringify([order.status, balanceOf(order, payments), finalNotices(stored)])
    const known = this.#ends.get(key)
    this.#ends.set(key, end)
    return known === undefined || known === end
      ? null
      : fault('S-12', `the same facts end as ${known} and as ${end}`)
  }
}

/** A look-up of the whole order, after every deadline, would change nothing. */
function agrees(world: World, { record, truth, rows }: State): boolean {
  const at = world.bounds.times - 1
  const stored = world.records.pool.at(record)
  if (stored.order === null) return false
  const sight = world.sight(truth, at)
  const made =
    world.records.recorded[
      world.records.record(record, record, sight, at, world.requestedRefunds(rows, sight))
    ]
  return made?.record === record && made.intents.length === 0 && made.executed.length === 0
}

/** L-11, S-04: all money is kept, returned, or before a person. G-18: no contradiction outlives a look-up that agrees. */
function faultOfMoney({ order, payments }: Stored): Fault | null {
  for (const payment of payments) {
    const { paymentId, contradiction, standing } = payment
    if (contradiction !== null)
      return fault('G-18', `${paymentId} goes on contradicting itself, although the gateway does not`)
    if (remainderOf(payment) === 0 || standing === 'kept') continue
    if (!isBeforePerson(order?.reviews ?? [], paymentId))
      return fault('L-11', `${paymentId} holds money that is neither kept nor returned nor before a person`)
  }
  const stale = openReviews(order?.reviews ?? []).find(({ reason }) => reason === 'contradiction')
  return stale === undefined
    ? null
    : fault('G-18', 'a person is to see to a contradiction that there is no longer')
}

/** Compares the intents with the gateway's own books. */
function faultOfReturned(
  { order }: Stored,
  truth: Truth,
  rows: readonly Row[],
  pends: boolean,
): Fault | null {
  const isCalled = (wanted: ReviewReason, index: number): boolean =>
    openReviews(order?.reviews ?? []).some(
      ({ reason, paymentId }) => reason === wanted && paymentId === paymentIdOf(index),
    )
  for (const [index, each] of truth.entries()) {
    const asked = rows.filter((row) => row.index === index && row.cause !== 'account')
    const isExecuted = ({ intentId }: Row): boolean => marksOf(each).includes(intentId)
    const twice = asked.find((row) => isTooMuch(each, row))
    if (twice !== undefined && !isCalled('returned_more', index))
      return fault('S-24', `more than was meant went back for ${twice.intentId}, and nobody is told`)
    if (asked.length > 0 && asked.every(isExecuted) && isCalled('cancel_failed', index))
      return fault('M-25', 'a person is called for what the gateway’s record shows done')
    // If the same amount went back without our mark, nobody can tell whether it was the accepted cancel.
    const unexecuted = asked.find((row) => row.state === 'done' && !isExecuted(row))
    if (unexecuted !== undefined && leftOf(each) > 0 && !pends)
      return fault('S-08', `${unexecuted.intentId} is done, and nothing was executed for it`)
  }
  return null
}

/** The order's status, the fate of other money, and the open reviews. */
function nameOf({ order, payments }: Stored): string {
  if (order === null) return 'unknown'
  const others = payments
    .filter((payment) => payment.standing !== null && payment.standing !== 'kept')
    .map((payment) => `${payment.standing} ${returnWord(payment)}`)
  const reasons = [...new Set(openReviews(order.reviews).map(({ reason }) => reason))].toSorted()
  return [
    order.status,
    ...others.toSorted(),
    ...(reasons.length === 0 ? [] : [`review: ${reasons.join(' and ')}`]),
  ].join(', ')
}

const returnWord = (payment: Payment): string =>
  payment.cancelledAmount === 0
    ? 'held'
    : payment.cancelledAmount < amountOf(payment)
      ? 'returned in part'
      : 'returned'
