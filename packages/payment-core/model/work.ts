import { heldMoney, remainderOf, type CancelIntent, type Payment } from '../src/index.ts'

/** An intent as it is held (store/cancels.ts). */
export type Row = {
  readonly intentId: string
  readonly index: number
  readonly cause: CancelIntent['cause']
  readonly amount: number
  /** The shop named the sum; otherwise it is all that is left. */
  readonly named: boolean
  readonly hasAccount: boolean
  readonly state: 'waiting' | 'done' | 'failed'
  /** What had gone back when it was first sent; -1 before that. */
  readonly before: number
}

/** Why a worker looks. A claim that named its order, one that did not, the timer, or a cancel: before it is sent, and after. */
export type Job =
  | { readonly kind: 'claim' | 'bare'; readonly index: number; readonly slot: number }
  | { readonly kind: 'sweep' }
  | {
      readonly kind: 'before' | 'after'
      readonly intentId: string
      readonly index: number
      readonly lease: boolean
    }

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
       * Whether the order, or only its payment, or neither was held when the look began (journey/conclude.ts); `older`: its payment was, and
       * has been recorded since.
       */
      readonly knew: 'order' | 'payment' | 'nothing' | 'older'
      readonly read: number
    }
  | { readonly at: 'again'; readonly job: Job }
  /** The call is on its way, its answer not here; the worker may stop waiting for it at any time. */
  | { readonly at: 'asked'; readonly intentId: string; readonly index: number; readonly lease: boolean }

export const jobOf = (worker: Worker): Job | null =>
  worker.at === 'looked' || worker.at === 'again' ? worker.job : null

/** The intent a worker holds the lease of, or held. */
export const leaseOf = (worker: Worker): { intentId: string; lease: boolean } | null => {
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

/** Of one payment only the earliest intent that still waits is due (store/cancels.ts, leaseCancels). */
export const isDue = (rows: readonly Row[], row: Row): boolean =>
  row.state === 'waiting' &&
  rows.find((other) => other.index === row.index && other.state === 'waiting') === row

/** What giveBack makes of the payment it has just looked up (journey/cancel.ts). */
export type Verdict = 'done' | 'operator' | 'send'

export function verdictOf(row: Row, payment: Payment): Verdict {
  if (isDone(row, payment)) return 'done'
  if (payment.contradiction !== null) return 'operator'
  const needsAccount =
    row.cause !== 'account' && payment.details.method === 'virtual_account' && !row.hasAccount
  return needsAccount || isInDoubt(row, payment) ? 'operator' : 'send'
}

/** journey/cancel.ts, isDone: only the gateway's record says so. */
export function isDone(row: Row, payment: Payment): boolean {
  if (row.cause === 'account') return payment.status !== 'awaiting_deposit'
  if (remainderOf(payment) === 0 && heldMoney(payment)) return true
  return payment.cancels.some(({ reason }) => reason?.split(':')[0] === row.intentId)
}

/** journey/cancel.ts, doubtOf: less is left than was asked, or the same sum went back and nobody's mark is on it. */
function isInDoubt(row: Row, payment: Payment): boolean {
  if (row.cause === 'account') return false
  if (row.cause === 'shop' && row.named && row.amount > remainderOf(payment)) return true
  if (row.before < 0 || payment.cancelledAmount - row.before < row.amount) return false
  return (
    payment.cancels.length === 0 ||
    payment.cancels.some(({ amount, reason }) => amount === row.amount && reason === null)
  )
}

/** journey/cancel.ts, send: what the shop named, else all that is left. */
export const amountToSend = (row: Row, payment: Payment): number =>
  row.cause === 'account'
    ? 0
    : row.cause === 'shop'
      ? Math.min(row.amount, remainderOf(payment))
      : remainderOf(payment)
