import { abandoned } from './gateway-calls.ts'
import { paymentIdOf } from './gateway.ts'
import type { Job } from './workers.ts'
import { caughtUp, replicaOf, slotOf, type State, type World } from './world.ts'

/** Sorts the two workers: they are interchangeable. */
export const settled = (state: State, worker: number, other: number): State => ({
  ...state,
  a: Math.min(worker, other),
  b: Math.max(worker, other),
})

/**
 * A worker whose facts are stale: its write will be refused, and it looks again. With uncounted claims it equals an idle worker, which can start
 * the same look-up. A cancel that was sent is looked up again.
 */
export function outdated(world: World, worker: number): number {
  if (!world.rules.guard) return worker
  const each = world.workers.at(worker)
  return each.at === 'looked' && each.knew === 'order' ? startsAgain(world, each.job) : worker
}

export function startsAgain(world: World, job: Job): number {
  if (job.kind === 'after') {
    const { intentId, index, lease, answer } = job
    return world.workers.id({ at: 'asked', intentId, index, lease, answer })
  }
  return slotOf(job) < 0 ? world.idle : world.workers.id({ at: 'again', job })
}

/** No worker waits any more for the answer to this intent's call. */
export function withoutListener(world: World, state: State, intentId: string): State {
  const calls = world.calls.at(state.calls)
  return calls.length === 0 ? state : { ...state, calls: world.calls.id(abandoned(calls, intentId)) }
}

/** Takes the state after the answer, the worker that has it, and a description. */
export type Answered = (state: State, worker: number, words: string) => void

/**
 * A worker reads the record and asks the gateway. A replica that is behind can answer instead. The answer is tied to no time: only the record can
 * change before it is recorded.
 */
export function lookUp(world: World, state: State, job: Job, answered: Answered): void {
  lookAt(world, state, job, state.truth, answered)
  if (state.behind === 0) return
  const older = replicaOf(state.behind)
  const index = job.kind === 'sweep' ? -1 : job.index
  const about = (index + 1) * 4
  const isUnknown = index >= world.truths.at(older).length
  if (isUnknown || world.sight(older, about) === world.sight(state.truth, about)) return
  lookAt(world, { ...state, behind: caughtUp(state.behind) }, job, older, (next, worker, words) =>
    answered(next, worker, world.isTracing ? `${words}, and a replica that is behind answers` : ''),
  )
}

function lookAt(world: World, state: State, job: Job, truth: number, answered: Answered): void {
  const stored = world.records.pool.at(state.record)
  const index = job.kind === 'sweep' ? -1 : job.index
  const isHeld = index >= 0 && world.held(state.record, index) !== null
  const knowsOrder = stored.order !== null && (job.kind !== 'bare' || isHeld)
  const knew = knowsOrder ? 'order' : isHeld ? 'payment' : 'nothing'
  const times = job.kind === 'sweep' ? world.bounds.times : 1
  for (let beganAt = 0; beganAt < times; beganAt += 1) {
    const sight = world.sight(truth, (index + 1) * 4 + beganAt)
    const isIdle = job.kind === 'claim' || job.kind === 'bare' || job.kind === 'sweep'
    if (isIdle && knew === 'order' && slotOf(job) < 0 && changesNothing(world, state, sight)) continue
    const read = world.rules.guard ? -1 : state.record
    const worker = world.workers.id({ at: 'looked', job: namedJob(job, knew), sight, knew, read })
    answered(state, worker, world.isTracing ? wordsOf(job, beganAt) : '')
  }
}

/** Once the order is known, a claim without an order id equals one with it. */
const namedJob = (job: Job, knew: string): Job =>
  job.kind === 'bare' && knew === 'order' && job.slot < 0 ? { ...job, kind: 'claim' } : job

/**
 * True if recording the look-up would change nothing at any time. Its write would only make another worker look again, which that worker can do
 * anyway.
 */
function changesNothing(world: World, { record, rows }: State, sight: number): boolean {
  if (!world.rules.guard) return false
  for (let at = 0; at < world.bounds.times; at += 1) {
    const requestedRefunds = world.requestedRefunds(rows, sight)
    const made = world.records.recorded[world.records.record(record, record, sight, at, requestedRefunds)]
    if (made === undefined || made.record !== record || made.fault !== null) return false
    if (made.intents.length > 0 || made.executed.length > 0) return false
  }
  return true
}

function wordsOf(job: Job, beganAt: number): string {
  switch (job.kind) {
    case 'sweep':
      return `the timer has the order looked up, ${timeNames[beganAt]}`
    case 'claim':
      return `a claim about ${paymentIdOf(job.index)} has it looked up`
    case 'bare':
      return `a claim that names only ${paymentIdOf(job.index)} has it looked up`
    case 'before':
      return `${paymentIdOf(job.index)} is looked up before ${job.intentId} is sent`
    case 'after':
      return `${paymentIdOf(job.index)} is looked up after ${job.intentId} was sent`
  }
}
export const timeNames = ['before its deadline', 'after its deadline', 'after every deadline']
