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
import type { Bounds, Rules } from './bounds.ts'
import { fault, faultOfDecision, paymentsAfter, type Fault } from './decision-invariants.ts'
import { evidenceOf, timesMs } from './gateway.ts'
import { faultOfReturns } from './return-invariants.ts'
import type { AnsweredLookup, Stored } from './stored-order.ts'
import { ValuePool, STRIDE } from './value-pool.ts'

/** A decision and the record after it. */
export type Recorded = {
  readonly record: number
  readonly intents: readonly CancelIntent[]
  readonly executed: readonly string[]
  readonly fault: Fault | null
}

/**
 * All records and all decisions about them, each computed once. Stands for journey/reconcile/record-outcome.ts and `recordDecision` in
 * store/orders.ts. A worker with an older version gets here only in a mutant.
 */
export class Records {
  readonly pool = new ValuePool<Stored>()
  readonly sights = new ValuePool<AnsweredLookup>()
  readonly requestedRefunds = new ValuePool<readonly RequestedRefund[]>()
  readonly recorded: Recorded[] = []
  readonly #bounds: Bounds
  readonly #rules: Rules
  readonly #known = new Map<number, Map<number, number>>()

  constructor(bounds: Bounds, rules: Rules) {
    this.#bounds = bounds
    this.#rules = rules
  }

  /** The number of the decision about `sight` by a worker that has read `read`, at time `at`. */
  record(read: number, held: number, sight: number, at: number, requestedRefunds: number): number {
    // Without a mutant, the worker has read the stored record.
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

  /** The core never throws. An exception is a fault with a trace. */
  #decided(input: DecideInput, sight: number, held: number, at: number): Recorded {
    try {
      return this.#decide(input, this.sights.at(sight), this.pool.at(held), at)
    } catch (error) {
      return { record: held, intents: [], executed: [], fault: fault('S-06', String(error)) }
    }
  }

  #decide(input: DecideInput, sight: AnsweredLookup, held: Stored, at: number): Recorded {
    const decision = this.#rules.decide(input)
    const found =
      faultOfDecision(input, sight, at, decision, held) ??
      faultOfReturns(this.#rules, input, decision, sight, at)
    const { intents, executed } = decision
    return { record: this.pool.id(written(held, decision)), intents, executed, fault: found }
  }

  /** Writes what calls a person, without a look-up. */
  write(held: number, decision: Decision): number {
    return this.pool.id(written(this.pool.at(held), decision))
  }

  /** `returned` is null, as for a stranger's claim (journey/reconcile/lookup-context.ts, returnAmong). */
  inputOf(
    read: Stored,
    sight: AnsweredLookup,
    at: number,
    requestedRefunds: readonly RequestedRefund[],
  ): DecideInput {
    const { order, payments } = read
    return {
      order,
      payments,
      seen: sight.seen,
      look: { by: sight.by, beganAtMs: timesMs[sight.beganAt] ?? 0 },
      returned: null,
      evidence:
        order === null ? noEvidence : readEvidence(order, payments, sight.seen, evidenceOf(sight.seen)),
      requestedRefunds,
      policy: this.#bounds.policy,
      nowMs: timesMs[at] ?? 0,
      nowIso: '',
    }
  }
}

/** journey/reconcile/record-outcome.ts, readAdditionalFacts: asks the gateway only where the answer matters. */
export function readEvidence(
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

/** The store after a guarded write: changed payments are replaced, notices are added, the first proof stays. */
export function written(held: Stored, decision: Decision): Stored {
  return {
    order: decision.order === null ? null : timeless(decision.order),
    payments: paymentsAfter(held, decision),
    told: [...new Set([...held.told, ...decision.notices.map((notice) => notice.id)])].toSorted(),
    proof: held.proof ?? decision.proof?.paymentId ?? null,
  }
}

/** No decision depends on the times of a review. */
const timeless = (order: Order): Order => ({
  ...order,
  reviews: order.reviews.map((each) => ({
    ...each,
    sinceMs: NOW_MS,
    endedAtMs: each.endedAtMs === null ? null : NOW_MS,
  })),
})
