import {
  needsFixedAmount,
  noEvidence,
  type RequestedRefund,
  type CancelIntent,
  type Decision,
  type DecideInput,
  type Evidence,
  type Observation,
  type Order,
  type Payment,
} from '../src/index.ts'
import { NOW_MS } from '../test/samples.ts'
import type { Box, Rules } from './box.ts'
import { fault, faultOfDecision, paymentsAfter, type Fault } from './decided.ts'
import { evidenceOf, timesMs } from './gateway.ts'
import { faultOfReturns } from './returned.ts'
import type { Sight, Stored } from './stored.ts'
import { Pool, STRIDE } from './pool.ts'

/** A decision as it was recorded. */
export type Recorded = {
  readonly record: number
  readonly intents: readonly CancelIntent[]
  readonly executed: readonly string[]
  readonly fault: Fault | null
}

/**
 * The record and every decision about it, each worked out once. Stands for journey/reconcile/record-outcome.ts and `recordDecision` in store/orders.ts; a
 * worker that has read an older version never comes here, unless a mutant lets it.
 */
export class Records {
  readonly pool = new Pool<Stored>()
  readonly sights = new Pool<Sight>()
  readonly requestedRefunds = new Pool<readonly RequestedRefund[]>()
  readonly recorded: Recorded[] = []
  readonly #box: Box
  readonly #rules: Rules
  readonly #known = new Map<number, Map<number, number>>()

  constructor(box: Box, rules: Rules) {
    this.#box = box
    this.#rules = rules
  }

  /** The number of what comes of recording `sight` by somebody who has read `read`, at time `at`; `requestedRefunds` is what was asked back by then. */
  record(read: number, held: number, sight: number, at: number, requestedRefunds: number): number {
    // Without a mutant what was read is what is held.
    const where = read === held ? held : -(read * STRIDE + held)
    const about = requestedRefunds === 0 ? sight * 4 + at : -(requestedRefunds * STRIDE + sight * 4 + at)
    const known = this.#known.get(where) ?? new Map<number, number>()
    this.#known.set(where, known)
    const made = known.get(about)
    if (made !== undefined) return made
    const input = this.inputOf(
      this.pool.at(read),
      this.sights.at(sight),
      at,
      this.requestedRefunds.at(requestedRefunds),
    )
    const number = this.recorded.push(this.#decided(input, sight, held, at)) - 1
    known.set(about, number)
    return number
  }

  /** The core never throws: that it did is a fault with a trace like any other. */
  #decided(input: DecideInput, sight: number, held: number, at: number): Recorded {
    try {
      return this.#decide(input, this.sights.at(sight), this.pool.at(held), at)
    } catch (error) {
      return { record: held, intents: [], executed: [], fault: fault('S-06', String(error)) }
    }
  }

  #decide(input: DecideInput, sight: Sight, held: Stored, at: number): Recorded {
    const decision = this.#rules.decide(input)
    const found =
      faultOfDecision(input, sight, at, decision, held) ??
      faultOfReturns(this.#rules, input, decision, sight, at)
    const { intents, executed } = decision
    return { record: this.pool.id(written(held, decision)), intents, executed, fault: found }
  }

  /** What a person is called for is written without a look. */
  write(held: number, decision: Decision): number {
    return this.pool.id(written(this.pool.at(held), decision))
  }

  /** What strangers cause is decided without a word of theirs: `returned` is null (journey/reconcile/lookup-context.ts, returnAmong). */
  inputOf(read: Stored, sight: Sight, at: number, requestedRefunds: readonly RequestedRefund[]): DecideInput {
    const { order, payments } = read
    return {
      order,
      payments,
      seen: sight.seen,
      look: { by: sight.by, beganAtMs: timesMs[sight.beganAt] ?? 0 },
      returned: null,
      evidence: order === null ? noEvidence : beside(order, payments, sight.seen, evidenceOf(sight.seen)),
      requestedRefunds,
      policy: this.#box.policy,
      nowMs: timesMs[at] ?? 0,
      nowIso: '',
    }
  }
}

/** journey/reconcile/record-outcome.ts, readAdditionalFacts: the gateway is asked where it matters, and answers. */
export function beside(
  order: Order,
  payments: readonly Payment[],
  seen: readonly Observation[],
  evidence: Evidence,
): Evidence {
  const isNews = (each: Observation): boolean => {
    const held = payments.find(({ paymentId }) => paymentId === each.paymentId)
    return held === undefined || held.standing === null || held.standing === 'orphan'
  }
  return needsFixedAmount(order, seen.filter(isNews)) ? evidence : noEvidence
}

/** The store after a guarded write: what changed is replaced, notices are added, a proof once given stays. */
export function written(held: Stored, decision: Decision): Stored {
  return {
    order: decision.order === null ? null : timeless(decision.order),
    payments: paymentsAfter(held, decision),
    told: [...new Set([...held.told, ...decision.notices.map((notice) => notice.id)])].toSorted(),
    proof: held.proof ?? decision.proof?.paymentId ?? null,
  }
}

/** When a review began and ended is told to people, and nothing is decided by it. */
const timeless = (order: Order): Order => ({
  ...order,
  reviews: order.reviews.map((each) => ({
    ...each,
    sinceMs: NOW_MS,
    endedAtMs: each.endedAtMs === null ? null : NOW_MS,
  })),
})
