import { order as registered } from '../test/samples.ts'
import type { Bounds, Rules } from './bounds.ts'
import type { Fault } from './decision-invariants.ts'
import { afterSending, beforeSending, type RefundStep } from './next-refund-step.ts'
import { canMatter, fatesOf, type Call } from './gateway-calls.ts'
import { movesOf, observe, observeAll, type Truth } from './gateway.ts'
import { faultOfBooks, faultOfRecord } from './record-invariants.ts'
import { ValuePool, memoized } from './value-pool.ts'
import { Records } from './records.ts'
import { faultOfPromise, faultOfRows } from './intent-invariants.ts'
import type { Stored } from './stored-order.ts'
import { requestedRefund, ended, rowOf, type Answer, type Job, type Row, type Worker } from './workers.ts'

/**
 * One state of the world, as the numbers of its parts: the gateway's truth, the record, the intents, two workers, the calls on their way, the
 * claims left where they are counted, and a lagging replica. A state has no time: the clock can show any time at any step.
 */
export type State = {
  readonly truth: number
  readonly record: number
  readonly rows: number
  readonly a: number
  readonly b: number
  readonly calls: number
  readonly claims: number
  /** A lagging replica: the books before their last step, and how often it can still answer from them. 0 without one. */
  readonly behind: number
}

/** What a worker knows when it resumes an intent. `too soon`: the gateway may have accepted the call, so it must not be repeated. */
export const resumePoints = ['before', 'too soon', 'none', 'accepted', 'refused'] as const
export type ResumePoint = (typeof resumePoints)[number]
type RefundAction =
  | Extract<RefundStep, { kind: 'send' }>
  | (Extract<RefundStep, { kind: 'settle' }> & { readonly rows: number; readonly state: string })

/** Takes each next state. `words` describes the step; it is empty except in a trace. */
export type Emit = (next: State, words: string) => void

/** The parts of all states, each once, and cached results about them. */
export class World {
  readonly bounds: Bounds
  readonly rules: Rules
  readonly truths = new ValuePool<Truth>()
  readonly records: Records
  readonly rows = new ValuePool<readonly Row[]>()
  readonly workers = new ValuePool<Worker>()
  readonly calls = new ValuePool<readonly Call[]>()
  readonly idle: number
  readonly #screens = new Map<string, Fault | null>()
  readonly start: State
  /** True while a trace is written. */
  isTracing = false
  /** The first promise that the current step breaks. */
  broken: Fault | null = null

  constructor(bounds: Bounds, rules: Rules) {
    this.bounds = bounds
    this.rules = rules
    this.records = new Records(bounds, rules)
    this.idle = this.workers.id({ at: 'idle' })
    const order = bounds.registersLate ? null : registered()
    const stored: Stored = { order, payments: [], told: [], proof: null }
    this.start = {
      truth: this.truths.id([]),
      record: this.records.pool.id(stored),
      rows: this.rows.id([]),
      a: this.idle,
      b: this.idle,
      calls: this.calls.id([]),
      claims: CLAIM_SLOTS.reduce((sum, slot) => sum + (bounds.claims ?? 0) * 4 ** slot, 0),
      behind: 0,
    }
  }

  readonly movesFrom = memoized((truth: number) =>
    movesOf(this.bounds, this.truths.at(truth)).map((move) => ({
      truth: this.truths.id(move.truth),
      words: move.words,
    })),
  )

  /** The number of what a look-up reads now. */
  readonly sight = memoized((truth: number, about: number): number => {
    const at = about % 4
    const index = Math.floor(about / 4) - 1
    const books = this.truths.at(truth)
    return index < 0
      ? this.records.sights.id({ by: 'order', beganAt: at, seen: observeAll(books) })
      : this.records.sights.id({ by: 'payment', beganAt: 0, seen: observe(books, index) })
  })

  /** The calls that can still have an effect. The gateway refuses all others. */
  readonly alive = memoized((calls: number, truth: number): number => {
    const books = this.truths.at(truth)
    return this.calls.id(this.calls.at(calls).filter((call) => canMatter(books, call)))
  })

  readonly fatesFrom = memoized((calls: number, truth: number): readonly Ending[] =>
    this.calls.at(calls).flatMap((call) =>
      fatesOf(this.bounds, this.truths.at(truth), this.calls.at(calls), call).map((fate) => ({
        call,
        truth: this.truths.id(fate.truth),
        calls: this.calls.id(fate.calls),
        answer: fate.answer,
        words: fate.words,
      })),
    ),
  )

  /**
   * The requested refunds that a decision about this look-up reads. They are read only if money has gone back
   * (journey/reconcile/record-outcome.ts).
   */
  readonly requestedRefunds = memoized((rows: number, sight: number): number => {
    const isBack = this.records.sights.at(sight).seen.some(({ cancelledAmount }) => cancelledAmount > 0)
    return this.records.requestedRefunds.id(isBack ? requestedRefund(this.rows.at(rows)) : [])
  })

  /**
   * How a worker can go on with an intent after its look-up. `about` packs the number of the rows, the intent's place, and what the worker knows.
   */
  readonly nexts = memoized((record: number, about: number): readonly RefundAction[] => {
    const rows = this.rows.at(Math.floor(about / 32))
    const place = Math.floor(about / 8) % 4
    const how = resumePoints[about % 8] ?? 'before'
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
  /** journey/follow-up/call-person.ts: calls a person by the guarded write. */
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

  /** The rows after a decision: executed intents are done, new intents are added (store/cancels.ts). */
  readonly rowsAfter = memoized((rows: number, decision: number): number => {
    const { executed = [], intents = [] } = this.records.recorded[decision] ?? {}
    if (executed.length === 0 && intents.length === 0) return rows
    const held = this.rows.at(rows).map((row) => (executed.includes(row.intentId) ? ended(row, 'done') : row))
    return this.rows.id([...held, ...intents.map(rowOf)])
  })

  readonly faultOfRecord = memoized((record: number) => ({
    fault: faultOfRecord(this.records.pool.at(record), this.rules, this.#screens),
  }))
  readonly faultOfBooks = memoized((record: number, truth: number) => ({
    fault: faultOfBooks(this.records.pool.at(record), this.truths.at(truth), this.bounds.lags),
  }))

  readonly faultOfRows = memoized((rows: number, record: number) => ({
    fault:
      faultOfRows(this.rows.at(rows)) ?? faultOfPromise(this.records.pool.at(record), this.rows.at(rows)),
  }))

  /** The stored payment; null if there is none. */
  held(record: number, index: number) {
    return this.records.pool.at(record).payments.find((each) => each.paymentId === `imp_${index + 1}`) ?? null
  }
}

/** How a call goes on, in numbers. */
export type Ending = {
  readonly call: Call
  readonly truth: number
  readonly calls: number
  readonly answer: Answer | null
  readonly words: string
}

/** A replica that holds the books before their last step. */
export const behindBy = (truth: number, times: number): number => (times === 0 ? 0 : (truth + 1) * 4 + times)
export const replicaOf = (behind: number): number => Math.floor(behind / 4) - 1
/** The replica has answered once more. */
export const caughtUp = (behind: number): number => (behind % 4 <= 1 ? 0 : behind - 1)

/** One counter for webhooks and one for returns, for each payment. */
const CLAIM_SLOTS: readonly number[] = [0, 1, 2, 3]
export const claimsLeft = (claims: number, slot: number): number => Math.floor(claims / 4 ** slot) % 4
/** Takes a claim, or gives it back. */
export const claimed = (claims: number, slot: number, by: 1 | -1): number =>
  slot < 0 ? claims : claims - by * 4 ** slot

export const slotOf = (job: Job): number => (job.kind === 'claim' || job.kind === 'bare' ? job.slot : -1)
