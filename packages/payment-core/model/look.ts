import { paymentIdOf } from './gateway.ts'
import type { Job } from './work.ts'
import { slotOf, type State, type World } from './world.ts'

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
  if (job.kind === 'after') return world.workers.id({ ...job, at: 'asked' })
  return slotOf(job) < 0 ? world.idle : world.workers.id({ at: 'again', job })
}

/** A worker reads what is held, asks the gateway, and has its answer, whatever the clock says: in between only the record can get stale. */
export function look(
  world: World,
  state: State,
  job: Job,
  answered: (worker: number, words: string) => void,
): void {
  const stored = world.records.pool.at(state.record)
  const index = job.kind === 'sweep' ? -1 : job.index
  const isHeld = index >= 0 && world.held(state.record, index) !== null
  const knowsOrder = stored.order !== null && (job.kind !== 'bare' || isHeld)
  const knew = knowsOrder ? 'order' : isHeld ? 'payment' : 'nothing'
  const times = job.kind === 'sweep' ? world.box.times : 1
  for (let beganAt = 0; beganAt < times; beganAt += 1) {
    const sight = world.sight(state.truth, (index + 1) * 4 + beganAt)
    const isIdle = job.kind === 'claim' || job.kind === 'bare' || job.kind === 'sweep'
    if (isIdle && knew === 'order' && slotOf(job) < 0 && changesNothing(world, state.record, sight)) continue
    const read = world.rules.guard ? -1 : state.record
    const worker = world.workers.id({ at: 'looked', job: namedJob(job, knew), sight, knew, read })
    answered(worker, world.tells ? wordsOf(job, beganAt) : '')
  }
}

/** Once the order is known, a claim that did not name it is like one that did. */
const namedJob = (job: Job, knew: string): Job =>
  job.kind === 'bare' && knew === 'order' && job.slot < 0 ? { ...job, kind: 'claim' } : job

/** A look that would be recorded without any change, whenever that is: its write only sends another back to look again, who may do so anyway. */
function changesNothing(world: World, record: number, sight: number): boolean {
  if (!world.rules.guard) return false
  for (let at = 0; at < world.box.times; at += 1) {
    const made = world.records.recorded[world.records.record(record, record, sight, at)]
    if (made === undefined || made.record !== record || made.intents.length > 0 || made.fault !== null)
      return false
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
