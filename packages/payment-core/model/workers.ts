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

/** A stored intent (store/cancels.ts). It has no times: it may have been sent just now or a day ago. */
export type Row = {
  readonly intentId: string
  readonly index: number
  readonly cause: CancelCause
  readonly amount: number
  /** The shop named the amount; otherwise it is all that is left. */
  readonly named: boolean
  readonly hasAccount: boolean
  readonly state: CancelState
  /** The cancelled amount at the last call; -1 before the first. */
  readonly before: number
  /** The number of late enough look-ups since then that found the record unchanged. */
  readonly unchanged: number
}

/** The row as it is stored with its decision. */
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

/** Clears what no longer matters, so that fewer states differ. */
export const ended = (row: Row, state: 'done' | 'over'): Row => ({ ...row, state, before: -1, unchanged: 0 })

/** CANCEL_SETTLE_MS, short enough that two unchanged look-ups suffice. More would only repeat the same state. */
export const SETTLE_MS = 20_000
/** The times after a call that `nextStep` distinguishes. */
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

/** store/cancels.ts, requestedRefund. */
export const requestedRefund = (rows: readonly Row[]): RequestedRefund[] =>
  rows.map(({ intentId, index, amount, state, before }) => ({
    intentId,
    paymentId: paymentIdOf(index),
    amount,
    isDone: state === 'done',
    cancelledBefore: ['accepted', 'unknown'].includes(state) && before >= 0 ? before : null,
  }))

/** The gateway's answer to a call, as its worker received it. */
export type Answer = 'accepted' | 'refused'

/** Why a worker looks up: a claim that named its order, one that did not, the timer, or a cancel before and after its call. */
export type Job =
  | { readonly kind: 'claim' | 'bare'; readonly index: number; readonly slot: number }
  | { readonly kind: 'sweep' }
  | ({ readonly kind: 'before' } & Lease)
  | ({ readonly kind: 'after'; readonly answer: Answer | 'none' } & Lease)

/** `lease` false: another worker has taken it over. */
export type Lease = { readonly intentId: string; readonly index: number; readonly lease: boolean }

/**
 * One worker of any process. What it read is the current record: another worker's write makes it stale, and it must look `again`. Only without the
 * guard does it remember the version it read.
 */
export type Worker =
  | { readonly at: 'idle' }
  | {
      readonly at: 'looked'
      readonly job: Job
      readonly sight: number
      /** What was stored when the look-up began (journey/reconcile/record-outcome.ts). `older`: the payment was, and has been recorded since. */
      readonly knew: 'order' | 'payment' | 'nothing' | 'older'
      readonly read: number
    }
  | { readonly at: 'again'; readonly job: Job }
  /** The call was sent. Without an answer, the worker can stop waiting at any time. */
  | ({ readonly at: 'asked'; readonly answer: Answer | 'none' } & Lease)

export const jobOf = (worker: Worker): Job | null =>
  worker.at === 'looked' || worker.at === 'again' ? worker.job : null

/** The intent whose lease the worker holds or held. */
export const leaseOf = (worker: Worker): Lease | null => {
  if (worker.at === 'asked') return worker
  const job = jobOf(worker)
  return job !== null && (job.kind === 'before' || job.kind === 'after') ? job : null
}

/** A worker that has lost its lease. With the check, its look-up counts as a claim's. */
export function withoutLease(worker: Worker, checksLease: boolean): Worker {
  if (worker.at === 'asked') return checksLease ? { at: 'idle' } : { ...worker, lease: false }
  if (worker.at === 'idle') return worker
  const { job } = worker
  if (job.kind !== 'before' && job.kind !== 'after') return worker
  return {
    ...worker,
    job: checksLease ? { kind: 'claim', index: job.index, slot: -1 } : { ...job, lease: false },
  }
}

/** It can be executed at any moment, so the payment's balance is uncertain. */
const isUnderWay = ({ state }: Row): boolean => state === 'accepted' || state === 'unknown'

/** Another intent of the payment goes first (store/cancels.ts, selectDue and noteSending). */
export const isInTheWay = (rows: readonly Row[], row: Row): boolean =>
  rows.some((other) => other !== row && other.index === row.index && isUnderWay(other))

/** Only a payment's earliest unsent intent is due, and none while another can be executed (store/cancels.ts, selectDue). */
export function isDue(rows: readonly Row[], row: Row): boolean {
  if (isEnded(row) || isInTheWay(rows, row)) return false
  const first = rows.find((other) => other.index === row.index && other.state === 'requested')
  return first === undefined || first === row || rows.indexOf(first) > rows.indexOf(row)
}
