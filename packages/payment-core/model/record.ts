import type { CancelIntent, Decision, DecideInput, LastReturn } from '../src/index.ts'
import type { Box, Rules } from './box.ts'
import { fault, faultOfDecision, paymentsAfter, type Fault } from './decided.ts'
import { timesMs } from './gateway.ts'
import type { Sight, Stored } from './stored.ts'
import { Pool, STRIDE } from './pool.ts'

/** A decision as it was recorded. */
export type Recorded = {
  readonly record: number
  readonly intents: readonly CancelIntent[]
  readonly fault: Fault | null
}

/**
 * The record and every decision about it, each worked out once. Stands for journey/conclude.ts and `recordDecision` in store/orders.ts; a
 * worker that has read an older version never comes here, unless a mutant lets it.
 */
export class Records {
  readonly pool = new Pool<Stored>()
  readonly sights = new Pool<Sight>()
  readonly recorded: Recorded[] = []
  readonly #box: Box
  readonly #rules: Rules
  readonly #known = new Map<number, Map<number, number>>()

  constructor(box: Box, rules: Rules) {
    this.#box = box
    this.#rules = rules
  }

  /** The number of what comes of recording `sight` by somebody who has read `read`, at time `at`. */
  record(read: number, held: number, sight: number, at: number): number {
    const where = read * STRIDE + held
    const about = sight * 4 + at
    const known = this.#known.get(where) ?? new Map<number, number>()
    this.#known.set(where, known)
    const made = known.get(about)
    if (made !== undefined) return made
    const number = this.recorded.push(this.#decided(this.pool.at(read), this.pool.at(held), sight, at)) - 1
    known.set(about, number)
    return number
  }

  /** The core never throws: that it did is a fault with a trace like any other. */
  #decided(read: Stored, held: Stored, sight: number, at: number): Recorded {
    try {
      return this.#decide(read, held, sight, at)
    } catch (error) {
      return { record: this.pool.id(held), intents: [], fault: fault('S-06', String(error)) }
    }
  }

  #decide(read: Stored, held: Stored, sightId: number, at: number): Recorded {
    const sight = this.sights.at(sightId)
    const input = this.inputOf(read, sight, at, null)
    const decision = this.#rules.decide(input)
    const found =
      faultOfDecision(read, sight, at, decision, held) ?? this.#faultOfReturns(read, sight, at, decision)
    return { record: this.pool.id(written(held, decision)), intents: decision.intents, fault: found }
  }

  inputOf(read: Stored, sight: Sight, at: number, returned: LastReturn | null): DecideInput {
    return {
      order: read.order,
      payments: read.payments,
      seen: sight.seen,
      look: { by: sight.by, beganAtMs: timesMs[sight.beganAt] ?? 0 },
      returned,
      policy: this.#box.policy,
      nowMs: timesMs[at] ?? 0,
      nowIso: '',
    }
  }

  /**
   * What a return said must change nothing but what the order remembers of it (S-09). Held here for every decision, it is why states of
   * the model remember no return: each screen is checked with every one that could be remembered.
   */
  #faultOfReturns(read: Stored, sight: Sight, at: number, decision: Decision): Fault | null {
    if (read.order === null || at !== 0) return null
    for (const says of ['success', 'failure'] as const) {
      const said: LastReturn = { ...silent, says, atMs: timesMs[at] ?? 0 }
      const order = { ...read.order, lastReturn: { ...said, atMs: said.atMs - 1 } }
      const other = this.#rules.decide(this.inputOf({ ...read, order }, sight, at, said))
      if (essence(other) !== essence(decision))
        return { id: 'S-09', why: 'what a return said changed what was decided' }
    }
    return null
  }
}

const silent: LastReturn = {
  says: 'nothing',
  paymentId: 'imp_1',
  atMs: 0,
  failReason: null,
  message: null,
  looks: 0,
}

const essence = ({ order, ...rest }: Decision): string =>
  JSON.stringify([rest, order === null ? null : { ...order, lastReturn: null }])

/** The store after a guarded write: what changed is replaced, notices are added, a proof once given stays. */
export function written(held: Stored, decision: Decision): Stored {
  return {
    order: decision.order,
    payments: paymentsAfter(held, decision),
    told: [...new Set([...held.told, ...decision.notices.map((notice) => notice.id)])].toSorted(),
    proof: held.proof ?? decision.proof?.paymentId ?? null,
  }
}
