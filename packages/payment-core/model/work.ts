import {
  DAY_MS,
  type RequestedRefund,
  type CancelCause,
  type CancelIntent,
  type Cancelling,
  type CancelState,
} from '../src/index.ts'
import { NOW_MS } from '../test/samples.ts'
import { paymentIdOf } from './gateway.ts'

/** An intent as it is held (store/cancels.ts). Its times are left open: whenever it was sent, it may be just now or a day ago. */
export type Row = {
  readonly intentId: string
  readonly index: number
  readonly cause: CancelCause
  readonly amount: number
  /** The shop named the sum; otherwise it is all that is left. */
  readonly named: boolean
  readonly hasAccount: boolean
  readonly state: CancelState
  /** What had gone back when it was last sent; -1 before that. */
  readonly before: number
  /** Looks since then, late enough, that found the record unchanged. */
  readonly unchanged: number
}

/** As it is stored with the decision that made it. */
export const rowOf = ({ intentId, paymentId, cause, amount }: CancelIntent): Row => ({
  intentId,
  index: paymentId === paymentIdOf(0) ? 0 : 1,
  cause,
  amount,
  named: false,
  hasAccount: false,
  state: 'requested',
  before: -1,
  unchanged: 0,
})

export const isEnded = ({ state }: Row): boolean => state === 'done' || state === 'over'

/** With what the next look would be no better for: states that differ in nothing else are one. */
export const ended = (row: Row, state: 'done' | 'over'): Row => ({ ...row, state, before: -1, unchanged: 0 })

/** CANCEL_SETTLE_MS, so short that two unchanged looks are enough: more of them would only repeat the same state. */
export const SETTLE_MS = 20_000
/** When it is looked at, after it was sent: the times that make a difference to `nextStep`. */
export const clocks = {
  soon: NOW_MS + 1_000,
  settled: NOW_MS + SETTLE_MS,
  dayLater: NOW_MS + DAY_MS,
} as const

/** journey/follow-up/execute-refund.ts, cancellingOf. */
export const cancellingOf = (row: Row): Cancelling => ({
  intentId: row.intentId,
  cause: row.cause,
  amount: row.amount,
  isNamed: row.named,
  hasRefundAccount: row.hasAccount,
  state: row.cause === 'account' && row.state === 'unknown' ? 'requested' : row.state,
  createdAtMs: NOW_MS,
  sentAtMs: row.before < 0 ? null : NOW_MS,
  cancelledBefore: row.before,
  unchangedLooks: row.unchanged,
  refusals: 0,
})

/** store/cancels.ts, askedBack. */
export const requestedRefund = (rows: readonly Row[]): RequestedRefund[] =>
  rows.map(({ intentId, index, amount, state }) => ({
    intentId,
    paymentId: paymentIdOf(index),
    amount,
    isDone: state === 'done',
  }))

/** What the gateway has said to a call, as far as its worker heard it. */
export type Answer = 'accepted' | 'refused'

/** Why a worker looks. A claim that named its order, one that did not, the timer, or a cancel: before it is sent, and after. */
export type Job =
  | { readonly kind: 'claim' | 'bare'; readonly index: number; readonly slot: number }
  | { readonly kind: 'sweep' }
  | ({ readonly kind: 'before' } & Lease)
  | ({ readonly kind: 'after'; readonly answer: Answer | 'none' } & Lease)

/** `lease` false: another worker has taken it over. */
export type Lease = { readonly intentId: string; readonly index: number; readonly lease: boolean }

/**
 * One worker, in whichever process. What it read before it looked is the record as it stands: the first write of another makes its own
 * stale, and then it must look `again`. Only without the guard does it remember what it read.
 */
export type Worker =
  | { readonly at: 'idle' }
  | {
      readonly at: 'looked'
      readonly job: Job
      readonly sight: number
      /**
       * Whether the order, or only its payment, or neither was held when the look began (journey/reconcile/record-outcome.ts); `older`: its payment was, and
       * has been recorded since.
       */
      readonly knew: 'order' | 'payment' | 'nothing' | 'older'
      readonly read: number
    }
  | { readonly at: 'again'; readonly job: Job }
  /** The call was sent. Without an answer the worker may stop waiting for one at any time. */
  | ({ readonly at: 'asked'; readonly answer: Answer | 'none' } & Lease)

export const jobOf = (worker: Worker): Job | null =>
  worker.at === 'looked' || worker.at === 'again' ? worker.job : null

/** The intent a worker holds the lease of, or held. */
export const leaseOf = (worker: Worker): Lease | null => {
  if (worker.at === 'asked') return worker
  const job = jobOf(worker)
  return job !== null && (job.kind === 'before' || job.kind === 'after') ? job : null
}

/** A worker whose lease another took over: what it still does for the cancel is a look like any claim’s. */
export function losing(worker: Worker, checksLease: boolean): Worker {
  if (worker.at === 'asked') return checksLease ? { at: 'idle' } : { ...worker, lease: false }
  if (worker.at === 'idle') return worker
  const { job } = worker
  if (job.kind !== 'before' && job.kind !== 'after') return worker
  return {
    ...worker,
    job: checksLease ? { kind: 'claim', index: job.index, slot: -1 } : { ...job, lease: false },
  }
}

/** May be executed at any moment, so that no other's balance is certain. */
const isUnderWay = ({ state }: Row): boolean => state === 'accepted' || state === 'unknown'

/** Another intent of the payment that goes first (store/cancels.ts, selectDue and noteSending). */
export const isInTheWay = (rows: readonly Row[], row: Row): boolean =>
  rows.some((other) => other !== row && other.index === row.index && isUnderWay(other))

/** Of one payment only the earliest that was never sent, and none while another may be executed (store/cancels.ts, selectDue). */
export function isDue(rows: readonly Row[], row: Row): boolean {
  if (isEnded(row) || isInTheWay(rows, row)) return false
  const first = rows.find((other) => other.index === row.index && other.state === 'requested')
  return first === undefined || first === row || rows.indexOf(first) > rows.indexOf(row)
}
