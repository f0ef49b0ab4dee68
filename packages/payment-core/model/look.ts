import { abandoned } from './calls.ts'
import { paymentIdOf } from './gateway.ts'
import type { Job } from './work.ts'
import { caughtUp, replicaOf, slotOf, type State, type World } from './world.ts'

/** The two workers are alike: which is called the first does not matter. */
export const settled = (state: State, worker: number, other: number): State => ({
  ...state,
  a: Math.min(worker, other),
  b: Math.max(worker, other),
})

/**
 * A worker that has read what is no longer so: its write will be refused, and it looks again. Where claims are not counted that is a worker
 * with nothing under way, which can begin the very same look; and a cancel that was sent is looked for again.
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

/** Nobody waits any more for the answer to this intent's call. */
export function leftAlone(world: World, state: State, intentId: string): State {
  const calls = world.calls.at(state.calls)
  return calls.length === 0 ? state : { ...state, calls: world.calls.id(abandoned(calls, intentId)) }
}

/** Takes the state after the look was answered, the worker that has its answer, and what happened. */
export type Answered = (state: State, worker: number, words: string) => void

/**
 * A worker reads what is held, asks the gateway, and has its answer, whatever the clock says: in between only the record can get stale. A
 * replica that is behind may answer instead.
 */
export function look(world: World, state: State, job: Job, answered: Answered): void {
  lookAt(world, state, job, state.truth, answered)
  if (state.behind === 0) return
  const older = replicaOf(state.behind)
  const index = job.kind === 'sweep' ? -1 : job.index
  const about = (index + 1) * 4
  const isUnknown = index >= world.truths.at(older).length
  if (isUnknown || world.sight(older, about) === world.sight(state.truth, about)) return
  lookAt(world, { ...state, behind: caughtUp(state.behind) }, job, older, (next, worker, words) =>
    answered(next, worker, world.tells ? `${words}, and a replica that is behind answers` : ''),
  )
}

function lookAt(world: World, state: State, job: Job, truth: number, answered: Answered): void {
  const stored = world.records.pool.at(state.record)
  const index = job.kind === 'sweep' ? -1 : job.index
  const isHeld = index >= 0 && world.held(state.record, index) !== null
  const knowsOrder = stored.order !== null && (job.kind !== 'bare' || isHeld)
  const knew = knowsOrder ? 'order' : isHeld ? 'payment' : 'nothing'
  const times = job.kind === 'sweep' ? world.box.times : 1
  for (let beganAt = 0; beganAt < times; beganAt += 1) {
    const sight = world.sight(truth, (index + 1) * 4 + beganAt)
    const isIdle = job.kind === 'claim' || job.kind === 'bare' || job.kind === 'sweep'
    if (isIdle && knew === 'order' && slotOf(job) < 0 && changesNothing(world, state, sight)) continue
    const read = world.rules.guard ? -1 : state.record
    const worker = world.workers.id({ at: 'looked', job: namedJob(job, knew), sight, knew, read })
    answered(state, worker, world.tells ? wordsOf(job, beganAt) : '')
  }
}

/** Once the order is known, a claim that did not name it is like one that did. */
const namedJob = (job: Job, knew: string): Job =>
  job.kind === 'bare' && knew === 'order' && job.slot < 0 ? { ...job, kind: 'claim' } : job

/** A look that would be recorded without any change, whenever that is: its write only sends another back to look again, who may do so anyway. */
function changesNothing(world: World, { record, rows }: State, sight: number): boolean {
  if (!world.rules.guard) return false
  for (let at = 0; at < world.box.times; at += 1) {
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
