import { fault, type Fault } from './decision-invariants.ts'
import { outdated, startsAgain, timeNames } from './lookup-steps.ts'
import { jobOf, type Worker } from './workers.ts'
import { claimed, slotOf, type State, type World } from './world.ts'

/** The result of a worker's look-up. `isRecorded` false: nothing was written, and the look-up is repeated or postponed. */
export type RecordedLookup = {
  readonly state: State
  readonly worker: number
  readonly other: number
  readonly words: string
  readonly isRecorded: boolean
  readonly fault: Fault | null
}
type Looked = Extract<Worker, { at: 'looked' }>

/** journey/reconcile/record-outcome.ts: the answer is recorded, or is stale, or its order is not registered. */
export function recordLookup(world: World, state: State, each: Looked, other: number): RecordedLookup[] {
  const { order } = world.records.pool.at(state.record)
  const index = each.job.kind === 'sweep' ? -1 : each.job.index
  const isHeld = index >= 0 && world.held(state.record, index) !== null
  const again = startsAgain(world, each.job)
  // Somebody has recorded the payment since the look-up began, so its answer may be older.
  const isOlder = isHeld ? each.knew === 'nothing' : false
  if (world.rules.guard && (isOlder || (each.knew === 'older' && order === null)))
    return [
      {
        state,
        worker: again,
        other,
        words: 'its answer is stale, it looks again',
        isRecorded: false,
        fault: null,
      },
    ]
  const ends = Array.from({ length: world.bounds.times }, (_, at) => record(world, state, each, other, at))
  // The payment of an unregistered order: postponed for a while, then held for a person (M-17).
  return order === null && !isHeld ? [...ends, putOff(world, state, each, other)] : ends
}

function putOff(world: World, state: State, each: Looked, other: number): RecordedLookup {
  const claims = claimed(state.claims, slotOf(each.job), -1)
  const words = 'the claim waits for its order to be registered'
  return { state: { ...state, claims }, worker: world.idle, other, words, isRecorded: false, fault: null }
}

function record(world: World, state: State, each: Looked, other: number, at: number): RecordedLookup {
  const read = world.rules.guard ? state.record : each.read
  const requestedRefunds = world.requestedRefunds(state.rows, each.sight)
  const number = world.records.record(read, state.record, each.sight, at, requestedRefunds)
  const made = world.records.recorded[number]
  if (made === undefined) throw new Error('a decision that was never made')
  const held = world.rows.at(state.rows)
  const second = made.intents.find(({ intentId }) => held.some((row) => row.intentId === intentId))
  if (world.rules.refusesSecondIds && (second !== undefined || made.fault?.id === 'S-02')) {
    const words = 'the store refuses a second row of one id'
    return { state, worker: world.idle, other, words, isRecorded: false, fault: null }
  }
  return {
    state: { ...state, record: made.record, rows: world.rowsAfter(state.rows, number) },
    worker: world.idle,
    other: afterWrite(world, other, each),
    words: world.isTracing ? wordsOf(world, each, state.record, made.record, at) : '',
    isRecorded: true,
    // Intent ids are unique: a second row would undo the whole write (S-08).
    fault:
      made.fault ?? (second === undefined ? null : fault('S-08', `${second.intentId} is made a second time`)),
  }
}

/** A write makes every other worker stale that has read the order, or, before it is registered, the same payment. */
function afterWrite(world: World, other: number, writer: Looked): number {
  const each = world.workers.at(other)
  const job = jobOf(each)
  if (each.at !== 'looked' || each.knew !== 'payment' || job === null) return outdated(world, other)
  const same = writer.job.kind === 'sweep' || (job.kind !== 'sweep' && job.index === writer.job.index)
  if (!same || !world.rules.guard) return other
  return world.rules.guardsUnregistered
    ? startsAgain(world, job)
    : world.workers.id({ ...each, knew: 'older' })
}

function wordsOf(world: World, each: Looked, before: number, after: number, at: number): string {
  const { seen } = world.records.sights.at(each.sight)
  const saw = seen.map((one) => `${one.paymentId} ${one.status}`).join(', ')
  const when = at === 0 ? '' : ` ${timeNames[at]}`
  const { order, payments } = world.records.pool.at(after)
  const held = payments.map((one) => `${one.paymentId} ${one.standing ?? one.status}`).join(', ')
  if (before === after) return `what was seen (${saw || 'no payment'}) is recorded${when} and changes nothing`
  return `what was seen (${saw || 'no payment'}) is recorded${when}: order ${order?.status ?? 'unknown'}, ${held || 'no payment'}`
}
