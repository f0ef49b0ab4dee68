import { order as registered } from '../test/samples.ts'
import type { Box, Rules } from './box.ts'
import type { Fault } from './decided.ts'
import { execute, leftOf, movesOf, observe, observeAll, type Call, type Truth } from './gateway.ts'
import { faultOfBooks, faultOfRecord } from './held.ts'
import { Pool, remembered } from './pool.ts'
import { Records } from './record.ts'
import type { Stored } from './stored.ts'
import type { Job, Row, Worker } from './work.ts'

/**
 * One state of the world, as the numbers of its parts: the gateway's truth, our record, our intents, two workers, the calls on their way,
 * and the claims still to come where they are counted. There is no time in it: the clock may say anything at any step, so that what was
 * reached at one time can go on at every other.
 */
export type State = {
  readonly truth: number
  readonly record: number
  readonly rows: number
  readonly a: number
  readonly b: number
  readonly calls: number
  readonly claims: number
}

/** Takes each next state; `words` says what happened, and is empty unless somebody is telling. */
export type Emit = (next: State, words: string) => void

/** The parts of all states, each once, and what is worked out about them. */
export class World {
  readonly box: Box
  readonly rules: Rules
  readonly truths = new Pool<Truth>()
  readonly records: Records
  readonly rows = new Pool<readonly Row[]>()
  readonly workers = new Pool<Worker>()
  readonly calls = new Pool<readonly Call[]>()
  readonly idle: number
  readonly start: State
  /** True while a trace is told. */
  tells = false
  /** The first promise broken by the step that is being made. */
  broken: Fault | null = null

  constructor(box: Box, rules: Rules) {
    this.box = box
    this.rules = rules
    this.records = new Records(box, rules)
    this.idle = this.workers.id({ at: 'idle' })
    const order = box.registersLate ? null : registered()
    const stored: Stored = { order, payments: [], told: [], proof: null }
    this.start = {
      truth: this.truths.id([]),
      record: this.records.pool.id(stored),
      rows: this.rows.id([]),
      a: this.idle,
      b: this.idle,
      calls: this.calls.id([]),
      claims: CLAIM_SLOTS.reduce((sum, slot) => sum + (box.claims ?? 0) * 4 ** slot, 0),
    }
  }

  readonly movesFrom = remembered((truth: number) =>
    movesOf(this.box, this.truths.at(truth)).map((move) => ({
      truth: this.truths.id(move.truth),
      words: move.words,
    })),
  )

  /** What a look for this job reads now: the number of its sight. */
  readonly sight = remembered((truth: number, about: number): number => {
    const at = about % 4
    const index = Math.floor(about / 4) - 1
    const books = this.truths.at(truth)
    return index < 0
      ? this.records.sights.id({ by: 'order', beganAt: at, seen: observeAll(books) })
      : this.records.sights.id({ by: 'payment', beganAt: 0, seen: observe(books, index) })
  })

  /** Calls that can still do something; the gateway refuses the others whenever they arrive. */
  readonly alive = remembered((calls: number, truth: number): number => {
    const books = this.truths.at(truth)
    return this.calls.id(this.calls.at(calls).filter((call) => canMatter(books, call)))
  })

  readonly executed = remembered((calls: number, truth: number): readonly Arrival[] =>
    this.calls.at(calls).map((call, at) => {
      const rest = this.calls.at(calls).filter((_, other) => other !== at)
      const after = execute(this.truths.at(truth), call)
      return {
        call,
        truth: this.truths.id(after),
        calls: this.alive(this.calls.id(rest), this.truths.id(after)),
      }
    }),
  )

  readonly faultOfRecord = remembered((record: number) => ({
    fault: faultOfRecord(this.records.pool.at(record), this.rules),
  }))
  readonly faultOfBooks = remembered((record: number, truth: number) => ({
    fault: faultOfBooks(this.records.pool.at(record), this.truths.at(truth)),
  }))

  /** The held payment of a try; null when none is. */
  held(record: number, index: number) {
    return this.records.pool.at(record).payments.find((each) => each.paymentId === `imp_${index + 1}`) ?? null
  }
}

export type Arrival = { readonly call: Call; readonly truth: number; readonly calls: number }

/** What is left of a payment only shrinks: a balance that is no longer there never comes back. */
function canMatter(books: Truth, call: Call): boolean {
  const each = books[call.index]
  if (each === undefined) return false
  if (call.amount === 0) return each.status === 'ready' || each.status === 'awaiting_deposit'
  return call.expects === null ? leftOf(each) >= call.amount : leftOf(each) === call.expects
}

/** One webhook and one return counter a payment. */
const CLAIM_SLOTS: readonly number[] = [0, 1, 2, 3]
export const claimsLeft = (claims: number, slot: number): number => Math.floor(claims / 4 ** slot) % 4
/** A claim is taken, or given back to be followed again. */
export const claimed = (claims: number, slot: number, by: 1 | -1): number =>
  slot < 0 ? claims : claims - by * 4 ** slot

export const slotOf = (job: Job): number => (job.kind === 'claim' || job.kind === 'bare' ? job.slot : -1)
