import { order as registered } from '../test/samples.ts'
import type { Box, Rules } from './box.ts'
import type { Fault } from './decided.ts'
import { canMatter, fatesOf, type Call } from './calls.ts'
import { movesOf, observe, observeAll, type Truth } from './gateway.ts'
import { faultOfBooks, faultOfRecord } from './held.ts'
import { Pool, remembered } from './pool.ts'
import { Records } from './record.ts'
import { faultOfPromise, faultOfRows } from './sent.ts'
import type { Stored } from './stored.ts'
import { askedBack, type Answer, type Job, type Row, type Worker } from './work.ts'

/**
 * One state of the world, as the numbers of its parts: the gateway's truth, our record, our intents, two workers, the calls on their way,
 * the claims still to come where they are counted, and what a replica may still show. There is no time in it: the clock may say anything at any step, so that what was
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
  /** What a replica of the gateway's that is behind may still answer: the books before their last step, and how often. 0 when it may not. */
  readonly behind: number
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
  readonly #screens = new Map<string, Fault | null>()
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
      behind: 0,
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

  readonly fatesFrom = remembered((calls: number, truth: number): readonly Ending[] =>
    this.calls.at(calls).flatMap((call) =>
      fatesOf(this.box, this.truths.at(truth), this.calls.at(calls), call).map((fate) => ({
        call,
        truth: this.truths.id(fate.truth),
        calls: this.calls.id(fate.calls),
        answer: fate.answer,
        words: fate.words,
      })),
    ),
  )

  /** What a decision about this sight is told of what was asked back: it is read where money has gone back (journey/conclude.ts). */
  readonly asked = remembered((rows: number, sight: number): number => {
    const isBack = this.records.sights.at(sight).seen.some(({ cancelledAmount }) => cancelledAmount > 0)
    return this.records.asked.id(isBack ? askedBack(this.rows.at(rows)) : [])
  })

  readonly faultOfRecord = remembered((record: number) => ({
    fault: faultOfRecord(this.records.pool.at(record), this.rules, this.#screens),
  }))
  readonly faultOfBooks = remembered((record: number, truth: number) => ({
    fault: faultOfBooks(this.records.pool.at(record), this.truths.at(truth), this.box.lags),
  }))

  readonly faultOfRows = remembered((rows: number, record: number) => ({
    fault:
      faultOfRows(this.rows.at(rows)) ?? faultOfPromise(this.records.pool.at(record), this.rows.at(rows)),
  }))

  /** The held payment of a try; null when none is. */
  held(record: number, index: number) {
    return this.records.pool.at(record).payments.find((each) => each.paymentId === `imp_${index + 1}`) ?? null
  }
}

/** A call's way on, in numbers. */
export type Ending = {
  readonly call: Call
  readonly truth: number
  readonly calls: number
  readonly answer: Answer | null
  readonly words: string
}

/** A replica that is behind: the books as they were before their last step. */
export const behindBy = (truth: number, times: number): number => (times === 0 ? 0 : (truth + 1) * 4 + times)
export const replicaOf = (behind: number): number => Math.floor(behind / 4) - 1
/** It has answered once more. */
export const caughtUp = (behind: number): number => (behind % 4 <= 1 ? 0 : behind - 1)

/** One webhook and one return counter a payment. */
const CLAIM_SLOTS: readonly number[] = [0, 1, 2, 3]
export const claimsLeft = (claims: number, slot: number): number => Math.floor(claims / 4 ** slot) % 4
/** A claim is taken, or given back to be followed again. */
export const claimed = (claims: number, slot: number, by: 1 | -1): number =>
  slot < 0 ? claims : claims - by * 4 ** slot

export const slotOf = (job: Job): number => (job.kind === 'claim' || job.kind === 'bare' ? job.slot : -1)
