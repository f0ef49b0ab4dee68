import { sortedCalls, CALLS_MAX, type Call } from './gateway-calls.ts'
import { recordLookup, type RecordedLookup } from './record-outcome.ts'
import { fault } from './decision-invariants.ts'
import { withoutListener, lookUp, settled } from './lookup-steps.ts'
import { faultOfCall } from './cancel-invariants.ts'
import {
  isDue,
  isEnded,
  isInTheWay,
  leaseOf,
  withoutLease,
  type Job,
  type Lease,
  type Row,
  type Worker,
} from './workers.ts'
import { resumePoints, type Emit, type ResumePoint, type State, type World } from './world.ts'

/** A worker starts a look-up. Beyond the allowed overlap, it also records the answer at once. */
export function startLookup(world: World, state: State, job: Job, other: number, emit: Emit): void {
  const underWay = world.workers.at(other).at === 'looked' ? 1 : 0
  lookUp(world, state, job, (looked, worker, words) => {
    if (underWay < world.bounds.looksAtOnce) return emit(settled(looked, worker, other), words)
    const told: Emit = (next, then) => emit(next, `${words}; ${then}`)
    refundSteps(world, looked, world.workers.at(worker), other, told)
  })
}

/** A worker leases a due intent, or one whose lease has run out, and looks its payment up (journey/follow-up/execute-refund.ts, executeRefund). */
export function leaseSteps(world: World, state: State, other: number, emit: Emit): void {
  const rows = world.rows.at(state.rows)
  const holder = world.workers.at(other)
  for (const row of rows.filter((each) => isDue(rows, each))) {
    const { intentId, index } = row
    const loses = leaseOf(holder)?.intentId === intentId
    const left = loses ? world.workers.id(withoutLease(holder, world.rules.lease)) : other
    const alone = loses ? withoutListener(world, state, intentId) : state
    const job = { kind: 'before', intentId, index, lease: true } as const
    const blindly = { amount: row.amount, expects: null, isLate: false, words: '' }
    if (world.rules.looksBeforeSending || row.before < 0) startLookup(world, alone, job, left, emit)
    else send(world, alone, left, rows.indexOf(row), job, blindly, emit)
  }
}

/** A worker records its look-up and goes on with its job. */
export function refundSteps(world: World, state: State, each: Worker, other: number, emit: Emit): void {
  if (each.at === 'asked') {
    const { intentId, index, lease, answer } = each
    const left = answer === 'none' ? withoutListener(world, state, intentId) : state
    return startLookup(world, left, { kind: 'after', intentId, index, lease, answer }, other, emit)
  }
  if (each.at !== 'looked') return
  for (const end of recordLookup(world, state, each, other)) {
    const { job } = each
    world.broken ??= end.fault
    if (job.kind === 'before' && end.isRecorded)
      resumeRefund(world, end, job, beforeSendingBy(world, end.state, job.intentId), emit)
    else if (job.kind === 'after' && end.isRecorded) resumeRefund(world, end, job, job.answer, emit)
    else emit(settled(end.state, end.worker, end.other), end.words)
  }
}

function resumeRefund(world: World, end: RecordedLookup, job: Lease, how: ResumePoint, emit: Emit): void {
  const rows = world.rows.at(end.state.rows)
  const place = rows.findIndex(({ intentId }) => intentId === job.intentId)
  const row = rows[place]
  if (row === undefined || isEnded(row) || world.held(end.state.record, job.index) === null)
    return emit(settled(end.state, world.idle, end.other), end.words)
  for (const next of world.nexts(
    end.state.record,
    (end.state.rows * 4 + place) * 8 + resumePoints.indexOf(how),
  )) {
    if (next.kind === 'send')
      send(world, end.state, end.other, place, job, { ...next, words: end.words }, emit)
    else if (next.note === null) settle(world, end, job, next, emit)
    else toPerson(world, end, job, next, next.note, emit)
  }
}

/**
 * By two unchanged look-ups, `CANCEL_SETTLE_MS` after the call, the gateway has booked or denied what it accepted. It could report nothing later.
 */
function beforeSendingBy(world: World, state: State, intentId: string): ResumePoint {
  const row = world.rows.at(state.rows).find((each) => each.intentId === intentId)
  const isPending = world.calls
    .at(state.calls)
    .some((call) => call.intentId === intentId && call.stage === 'pending')
  return isPending && row !== undefined && row.unchanged > 0 ? 'too soon' : 'before'
}

/** S-15: whether this worker may write. False if it has lost its lease and the rules check leases. */
function mayWrite(world: World, job: Lease): boolean {
  if (job.lease) return true
  if (!world.rules.lease)
    world.broken ??= fault('S-15', `a worker whose lease was taken over goes on with ${job.intentId}`)
  return !world.rules.lease
}

type Settled = { readonly rows: number; readonly state: string }

function settle(world: World, end: RecordedLookup, job: Lease, next: Settled, emit: Emit): void {
  const after = mayWrite(world, job) ? { ...end.state, rows: next.rows } : end.state
  const words = world.isTracing ? `${end.words}; ${job.intentId} is ${next.state}` : ''
  emit(settled(after, world.idle, end.other), words)
}

/** A person is called first. The worker can be killed before it settles the intent. */
function toPerson(
  world: World,
  end: RecordedLookup,
  job: Lease,
  next: Settled,
  note: string,
  emit: Emit,
): void {
  const place = world.rows.at(end.state.rows).findIndex(({ intentId }) => intentId === job.intentId)
  const record = mayWrite(world, job)
    ? world.personCalled(end.state.record, end.state.rows * 4 + place, note)
    : end.state.record
  const called = { ...end, state: { ...end.state, record } }
  const words = world.isTracing
    ? `${end.words}; a person is called for ${job.intentId}, and its worker is killed`
    : ''
  emit(settled(called.state, world.idle, called.other), words)
  settle(world, called, job, next, emit)
}

type Sending = {
  readonly amount: number
  /** Null names no balance. */
  readonly expects: number | null
  readonly isLate: boolean
  readonly words: string
}

/** journey/follow-up/execute-refund.ts, send: notes the attempt under the lease, then sends it with the expected balance. */
function send(
  world: World,
  state: State,
  other: number,
  place: number,
  job: Lease,
  { amount, expects, isLate, words }: Sending,
  emit: Emit,
): void {
  const { intentId, index, lease } = job
  const payment = world.held(state.record, index)
  const rows = world.rows.at(state.rows)
  const row = rows[place]
  const calls = world.calls.at(state.calls)
  if (payment === null || row === undefined || isInTheWay(rows, row) || !mayWrite(world, job))
    return emit(settled(state, world.idle, other), world.isTracing ? `${words}; too late to send` : '')
  world.broken ??= faultOfCall(world, state, row, amount, isLate)
  if (calls.length >= CALLS_MAX) return
  const noted = (next: Row): number => world.rows.id(rows.map((each) => (each === row ? next : each)))
  const before = payment.cancelledAmount
  const said = world.rules.sendsBalance ? expects : null
  const call: Call = { intentId, index, amount, expects: said, stage: 'sent' }
  const sent = {
    ...state,
    rows: noted({ ...row, state: 'unknown', before, unchanged: 0 }),
    calls: world.calls.id(sortedCalls([...calls, call])),
  }
  const worker = world.workers.id({ at: 'asked', intentId, index, lease, answer: 'none' })
  const told = world.isTracing ? `${words}; ${intentId} is sent: ${amount} of ${payment.paymentId}` : ''
  emit(settled(sent, worker, other), told)
  // Without a connection, earlier knowledge stays.
  const kept = { ...state, rows: noted({ ...row, before }) }
  emit(settled(kept, world.idle, other), world.isTracing ? `${words}; ${intentId} cannot be sent` : '')
}
