import { amountOf, balanceOf, remainderOf, type Payment } from '../src/index.ts'
import { fault, type Fault } from './decided.ts'
import { amountPaid, returnedOf } from './gateway.ts'
import { remembered } from './pool.ts'
import type { Stored } from './stored.ts'
import type { Row } from './work.ts'
import type { State, World } from './world.ts'

const finalTypes = ['paid', 'partially_cancelled', 'cancelled', 'rejected', 'surplus'].map(
  (type) => `payment%2E${type}:`,
)

/** States at rest: nothing is under way, nothing is due, and one more look would find nothing. Where they end, and that it is the same end. */
export class Rest {
  readonly names = new Map<string, number>()
  readonly #world: World
  readonly #ends = new Map<string, string>()
  readonly #agrees: (record: number, about: number) => { readonly yes: boolean }

  constructor(world: World) {
    this.#world = world
    this.#agrees = remembered((record, about) => ({ yes: agrees(world, record, about) }))
  }

  /** S-12 and S-05 at rest; null also while something is under way. */
  faultOf(state: State): Fault | null {
    const { box, idle, rows, records, calls } = this.#world
    const at = box.times - 1
    if (state.a !== idle || state.b !== idle) return null
    if (calls.at(state.calls).length > 0 || rows.at(state.rows).some((row) => row.state === 'waiting'))
      return null
    if (!this.#agrees(state.record, state.truth * 4 + at).yes) return null
    const stored = records.pool.at(state.record)
    const name = nameOf(stored)
    this.names.set(name, (this.names.get(name) ?? 0) + 1)
    return faultOfMoney(stored, rows.at(state.rows)) ?? this.#faultOfEnd(stored, state.truth)
  }

  /** S-12: of an order that is final, the gateway's truth alone, and which of two good payments is kept, say how it ends. */
  #faultOfEnd({ order, payments, told }: Stored, truth: number): Fault | null {
    if (order === null || order.status === 'open' || order.status === 'awaiting_deposit') return null
    const key = `${truth} ${order.keptPaymentId}`
    const final = told.filter((id) => finalTypes.some((type) => id.startsWith(type)))
    const end = JSON.stringify([order.status, balanceOf(order, payments), final])
    const known = this.#ends.get(key)
    this.#ends.set(key, end)
    return known === undefined || known === end
      ? null
      : fault('S-12', `the same facts end as ${known} and as ${end}`)
  }
}

function agrees(world: World, record: number, about: number): boolean {
  const truth = Math.floor(about / 4)
  const at = about % 4
  const stored = world.records.pool.at(record)
  if (stored.order === null) return false
  const sight = world.sight(truth, at)
  const made = world.records.recorded[world.records.record(record, record, sight, at)]
  return made?.record === record && made.intents.length === 0
}

/** S-05, S-04: all money is kept, has gone back, or is before a person. */
function faultOfMoney({ order, payments }: Stored, rows: readonly Row[]): Fault | null {
  for (const [index, payment] of payments.entries()) {
    if (remainderOf(payment) === 0 || payment.standing === 'kept') continue
    const isBeforePerson = order?.review !== null
    const isGivenUp = rows.some((row) => row.index === index && row.state === 'failed')
    if (!isBeforePerson && !isGivenUp)
      return fault('S-04', `${payment.paymentId} holds money that is neither kept nor returned`)
  }
  return null
}

/** S-08: what one intent has given back, by the gateway's own books. */
export function faultOfCancels(world: World, state: State): Fault | null {
  for (const each of world.truths.at(state.truth)) {
    const marks = each.cancels.flatMap(({ mark }) => (mark === null ? [] : [mark]))
    if (new Set(marks).size !== marks.length)
      return fault('S-08', `${marks.join(', ')}: one cancel is executed twice`)
    for (const { mark, amount } of each.cancels) {
      const row = mark === null ? null : world.rows.at(state.rows).find(({ intentId }) => intentId === mark)
      if (row === undefined) return fault('S-07', `${mark} was executed and nobody intended it`)
      if (row !== null && amount > row.amount) return fault('S-08', 'more was given back than intended')
    }
    if (returnedOf(each) > amountPaid(each)) return fault('S-05', 'more was given back than was paid')
  }
  return null
}

/** How an order ended, in words. */
function nameOf({ order, payments }: Stored): string {
  if (order === null) return 'never registered'
  const others = payments
    .filter((payment) => payment.standing !== null && payment.standing !== 'kept')
    .map((payment) => `${payment.standing} ${returnWord(payment)}`)
  const parts = [
    order.status,
    ...others.toSorted(),
    ...(order.review === null ? [] : [`review: ${order.review}`]),
  ]
  return parts.join(', ')
}

const returnWord = (payment: Payment): string =>
  payment.cancelledAmount === 0
    ? 'held'
    : payment.cancelledAmount < amountOf(payment)
      ? 'returned in part'
      : 'returned'
