import type { Box } from './box.ts'
import { leftOf, type Truth } from './gateway.ts'
import type { Answer } from './work.ts'

/** A call that was sent to the gateway and has not come to its end. */
export type Call = {
  readonly intentId: string
  readonly index: number
  /** 0 closes an account. */
  readonly amount: number
  /** What the gateway is asked to check; null when nothing was said. */
  readonly expects: number | null
  /**
   * `sent`: its worker waits for the answer. `alone`: its worker has given it up, or was killed, and it may arrive all the same. `pending`: the
   * gateway has accepted it, and books or denies it later.
   */
  readonly stage: 'sent' | 'alone' | 'pending'
}

/** Calls on their way at once: a third waits until one of them has come to its end. */
export const CALLS_MAX = 2

/** Alike whichever was sent first; two that are alike are one, since the balance they carry lets only one of them be executed. */
export const calling = (calls: readonly Call[]): Call[] => {
  const byText = new Map(calls.map((call) => [JSON.stringify(call), call]))
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call)
}

/** Nobody waits any more for what was sent for this intent. */
export const abandoned = (calls: readonly Call[], intentId: string): Call[] =>
  calling(
    calls.map((call) =>
      call.intentId === intentId && call.stage === 'sent' ? { ...call, stage: 'alone' } : call,
    ),
  )

/** What has been accepted is booked whatever is left by then, if that is enough; what arrives is compared with what it expects. */
export function isTaken(truth: Truth, { index, amount, expects, stage }: Call): boolean {
  const each = truth[index]
  if (each === undefined) return false
  if (amount === 0) return each.status === 'awaiting_deposit'
  const left = leftOf(each)
  return left >= amount && (stage === 'pending' || expects === null || expects === left)
}

/** What is left of a payment only shrinks: a balance that is no longer there never comes back. */
export function canMatter(truth: Truth, call: Call): boolean {
  // Its worker hears that it is refused.
  if (call.stage === 'sent') return true
  if (call.amount === 0) return ['ready', 'awaiting_deposit'].includes(truth[call.index]?.status ?? '')
  return isTaken(truth, call)
}

/** One way a call can go on. `answer`: what its worker is told, if it still waits and the answer is not lost. */
export type Fate = {
  readonly truth: Truth
  readonly calls: readonly Call[]
  readonly answer: Answer | null
  readonly words: string
}

export function fatesOf(box: Box, truth: Truth, calls: readonly Call[], call: Call): Fate[] {
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
  if (!isOurs || box.refuses)
    fates.push({ ...gone, answer: 'refused', words: `the gateway refuses ${intentId}` })
  if (isOurs && box.pends && call.amount > 0) {
    const pending = calling([...rest, { ...call, stage: 'pending' }])
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
