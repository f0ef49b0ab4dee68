import type { Bounds } from './bounds.ts'
import { leftOf, type Truth } from './gateway.ts'
import type { Answer } from './workers.ts'

/** A call that was sent to the gateway and has not ended. */
export type Call = {
  readonly intentId: string
  readonly index: number
  /** 0 closes a virtual account. */
  readonly amount: number
  /** The balance that the gateway checks; null if the call names none. */
  readonly expects: number | null
  /**
   * `sent`: a worker waits for the answer. `alone`: the worker has stopped waiting or was killed, but the call can still arrive. `pending`: the
   * gateway has accepted it and will book or deny it.
   */
  readonly stage: 'sent' | 'alone' | 'pending'
}

/** The most calls on their way. A further call waits until one has ended. */
export const CALLS_MAX = 2

/** Sorted, so that the order of sending makes no difference. Equal calls count once, because the balance they carry lets only one be executed. */
export const sortedCalls = (calls: readonly Call[]): Call[] => {
  const byText = new Map(calls.map((call) => [JSON.stringify(call), call]))
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call)
}

/** No worker waits any more for this intent's call. */
export const abandoned = (calls: readonly Call[], intentId: string): Call[] =>
  sortedCalls(
    calls.map((call) =>
      call.intentId === intentId && call.stage === 'sent' ? { ...call, stage: 'alone' } : call,
    ),
  )

/** Whether the gateway executes the call. An accepted call needs only enough money left; any other call needs the balance it expects. */
export function isTaken(truth: Truth, { index, amount, expects, stage }: Call): boolean {
  const each = truth[index]
  if (each === undefined) return false
  if (amount === 0) return each.status === 'awaiting_deposit'
  const left = leftOf(each)
  return left >= amount && (stage === 'pending' || expects === null || expects === left)
}

/** Whether the call can still have an effect. A payment's balance only shrinks, so a balance that is gone never returns. */
export function canMatter(truth: Truth, call: Call): boolean {
  // Its worker learns of the refusal.
  if (call.stage === 'sent') return true
  if (call.amount === 0) return ['ready', 'awaiting_deposit'].includes(truth[call.index]?.status ?? '')
  return isTaken(truth, call)
}

/** One way in which a call goes on. `answer` is what its worker receives, if it still waits. */
export type Fate = {
  readonly truth: Truth
  readonly calls: readonly Call[]
  readonly answer: Answer | null
  readonly words: string
}

export function fatesOf(bounds: Bounds, truth: Truth, calls: readonly Call[], call: Call): Fate[] {
  const { intentId } = call
  const rest = calls.filter((other) => other !== call)
  const gone = { truth, calls: rest }
  const booked = { truth: bookedIn(truth, call), calls: rest }
  if (call.stage === 'pending')
    return [
      { ...booked, answer: null, words: `the gateway books ${intentId}, which it had accepted` },
      { ...gone, answer: null, words: `the gateway denies ${intentId}, which it had accepted` },
    ]
  const isOurs = isTaken(truth, call)
  const fates: Fate[] = [{ ...gone, answer: null, words: `the call for ${intentId} is lost` }]
  if (isOurs) fates.push({ ...booked, answer: 'accepted', words: `the gateway executes ${intentId}` })
  if (!isOurs || bounds.refuses)
    fates.push({ ...gone, answer: 'refused', words: `the gateway refuses ${intentId}` })
  if (isOurs && bounds.pends && call.amount > 0) {
    const pending = sortedCalls([...rest, { ...call, stage: 'pending' }])
    fates.push({
      truth,
      calls: pending,
      answer: 'accepted',
      words: `the gateway accepts ${intentId}, to book it later`,
    })
  }
  return fates
}

function bookedIn(truth: Truth, { intentId, index, amount, stage }: Call): Truth {
  return truth.map((each, at) => {
    if (at !== index) return each
    if (amount === 0) return { ...each, status: 'failed' }
    return { ...each, cancels: [...each.cancels, { mark: intentId, amount, late: stage === 'pending' }] }
  })
}
