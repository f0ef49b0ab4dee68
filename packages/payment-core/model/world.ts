import { order as registered } from '../test/samples.ts'
import type { Box, Rules } from './box.ts'
import type { Fault } from './decided.ts'
import { afterSending, beforeSending, type Next } from './cancelled.ts'
import { canMatter, fatesOf, type Call } from './calls.ts'
import { movesOf, observe, observeAll, type Truth } from './gateway.ts'
import { faultOfBooks, faultOfRecord } from './held.ts'
import { Pool, remembered } from './pool.ts'
import { Records } from './record.ts'
import { faultOfPromise, faultOfRows } from './promised.ts'
import type { Stored } from './stored.ts'
import { requestedRefund, ended, rowOf, type Answer, type Job, type Row, type Worker } from './work.ts'

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

/** What a worker knows that goes on with an intent; `too soon`: to send again what the gateway may have accepted. */
export const hows = ['before', 'too soon', 'none', 'accepted', 'refused'] as const
export type How = (typeof hows)[number]
type Going =
  | Extract<Next, { kind: 'send' }>
  | (Extract<Next, { kind: 'settle' }> & { readonly rows: number; readonly state: string })

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

  /** What a decision about this sight is told of what was asked back: it is read where money has gone back (journey/reconcile/record-outcome.ts). */
  readonly requestedRefunds = remembered((rows: number, sight: number): number => {
    const isBack = this.records.sights.at(sight).seen.some(({ cancelledAmount }) => cancelledAmount > 0)
    return this.records.requestedRefunds.id(isBack ? requestedRefund(this.rows.at(rows)) : [])
  })

  /** How a worker may go on with an intent after its look: `about` is the number of the rows, its place among them, and what it knows. */
  readonly nexts = remembered((record: number, about: number): readonly Going[] => {
    const rows = this.rows.at(Math.floor(about / 32))
    const place = Math.floor(about / 8) % 4
    const how = hows[about % 8] ?? 'before'
    const row = rows[place]
    const payment = row === undefined ? null : this.held(record, row.index)
    if (row === undefined || payment === null) return []
    const made =
      how === 'before' || how === 'too soon'
        ? beforeSending(this.rules, row, payment, how === 'before')
        : afterSending(this.rules, row, payment, how)
    return made.map((next) =>
      next.kind === 'send'
        ? next
        : { ...next, rows: this.rows.id(rows.with(place, next.row)), state: next.row.state },
    )
  })

  readonly #called = new Map<string, number>()
  /** journey/follow-up/call-person.ts: by the guarded write. */
  personCalled(record: number, about: number, note: string): number {
    const row = this.rows.at(Math.floor(about / 4))[about % 4]
    const stored = this.records.pool.at(record)
    const { order } = stored
    if (row === undefined || order === null) return record
    const key = [record, row.index, row.amount, note].join(' ')
    const known = this.#called.get(key)
    if (known !== undefined) return known
    const input = this.records.inputOf(stored, { by: 'payment', beganAt: 0, seen: [] }, 0, [])
    const payment = this.held(record, row.index)
    const call = { reason: 'cancel_failed', payment, atStake: row.amount, note } as const
    const decision = this.rules.openReviewFor({ ...input, order }, call)
    const made = decision === null ? record : this.records.write(record, decision)
    this.#called.set(key, made)
    return made
  }

  /** The rows once a decision is written: what it has found executed is done, what it wants back is asked for (store/cancels.ts). */
  readonly rowsAfter = remembered((rows: number, decision: number): number => {
    const { executed = [], intents = [] } = this.records.recorded[decision] ?? {}
    if (executed.length === 0 && intents.length === 0) return rows
    const held = this.rows.at(rows).map((row) => (executed.includes(row.intentId) ? ended(row, 'done') : row))
    return this.rows.id([...held, ...intents.map(rowOf)])
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
