import { calling, CALLS_MAX, type Call } from './calls.ts'
import { concluded, type Concluded } from './conclude.ts'
import { fault } from './decided.ts'
import { leftAlone, look, settled } from './look.ts'
import { faultOfCall } from './sent.ts'
import {
  isDue,
  isEnded,
  isInTheWay,
  leaseOf,
  losing,
  type Job,
  type Lease,
  type Row,
  type Worker,
} from './work.ts'
import { hows, type Emit, type How, type State, type World } from './world.ts'

/** A worker looks: it has its answer and is to record it, or, beyond the looks that may be under way at once, has recorded it already. */
export function begins(world: World, state: State, job: Job, other: number, emit: Emit): void {
  const underWay = world.workers.at(other).at === 'looked' ? 1 : 0
  look(world, state, job, (looked, worker, words) => {
    if (underWay < world.box.looksAtOnce) return emit(settled(looked, worker, other), words)
    const told: Emit = (next, then) => emit(next, `${words}; ${then}`)
    giveBackSteps(world, looked, world.workers.at(worker), other, told)
  })
}

/** A worker takes a due intent, also one whose lease another let run out, and looks its payment up (journey/follow-up/execute-refund.ts, giveBack). */
export function leaseSteps(world: World, state: State, other: number, emit: Emit): void {
  const rows = world.rows.at(state.rows)
  const holder = world.workers.at(other)
  for (const row of rows.filter((each) => isDue(rows, each))) {
    const { intentId, index } = row
    const loses = leaseOf(holder)?.intentId === intentId
    const left = loses ? world.workers.id(losing(holder, world.rules.lease)) : other
    const alone = loses ? leftAlone(world, state, intentId) : state
    const job = { kind: 'before', intentId, index, lease: true } as const
    const blindly = { amount: row.amount, expects: null, isLate: false, words: '' }
    if (world.rules.looksBeforeSending || row.before < 0) begins(world, alone, job, left, emit)
    else send(world, alone, left, rows.indexOf(row), job, blindly, emit)
  }
}

/** A worker that has looked records it, and goes on with what it looked for. */
export function giveBackSteps(world: World, state: State, each: Worker, other: number, emit: Emit): void {
  if (each.at === 'asked') {
    const { intentId, index, lease, answer } = each
    const left = answer === 'none' ? leftAlone(world, state, intentId) : state
    return begins(world, left, { kind: 'after', intentId, index, lease, answer }, other, emit)
  }
  if (each.at !== 'looked') return
  for (const end of concluded(world, state, each, other)) {
    const { job } = each
    world.broken ??= end.fault
    if (job.kind === 'before' && end.isRecorded)
      goesOn(world, end, job, beforeSendingBy(world, end.state, job.intentId), emit)
    else if (job.kind === 'after' && end.isRecorded) goesOn(world, end, job, job.answer, emit)
    else emit(settled(end.state, end.worker, end.other), end.words)
  }
}

function goesOn(world: World, end: Concluded, job: Lease, how: How, emit: Emit): void {
  const rows = world.rows.at(end.state.rows)
  const place = rows.findIndex(({ intentId }) => intentId === job.intentId)
  const row = rows[place]
  if (row === undefined || isEnded(row) || world.held(end.state.record, job.index) === null)
    return emit(settled(end.state, world.idle, end.other), end.words)
  for (const next of world.nexts(end.state.record, (end.state.rows * 4 + place) * 8 + hows.indexOf(how))) {
    if (next.kind === 'send')
      send(world, end.state, end.other, place, job, { ...next, words: end.words }, emit)
    else if (next.note === null) settle(world, end, job, next, emit)
    else toPerson(world, end, job, next, next.note, emit)
  }
}

/**
 * What the gateway has accepted without our hearing of it is booked or denied by the time its record has been unchanged in two looks,
 * `CANCEL_SETTLE_MS` after it was sent: nothing in V1 could tell of it later.
 */
function beforeSendingBy(world: World, state: State, intentId: string): How {
  const row = world.rows.at(state.rows).find((each) => each.intentId === intentId)
  const isPending = world.calls
    .at(state.calls)
    .some((call) => call.intentId === intentId && call.stage === 'pending')
  return isPending && row !== undefined && row.unchanged > 0 ? 'too soon' : 'before'
}

/** S-15: may this worker write? False when its lease was taken over and the rules look at that. */
function mayWrite(world: World, job: Lease): boolean {
  if (job.lease) return true
  if (!world.rules.lease)
    world.broken ??= fault('S-15', `a worker whose lease was taken over goes on with ${job.intentId}`)
  return !world.rules.lease
}

type Settled = { readonly rows: number; readonly state: string }

function settle(world: World, end: Concluded, job: Lease, next: Settled, emit: Emit): void {
  const after = mayWrite(world, job) ? { ...end.state, rows: next.rows } : end.state
  const words = world.tells ? `${end.words}; ${job.intentId} is ${next.state}` : ''
  emit(settled(after, world.idle, end.other), words)
}

/** The order goes before a person first, and its worker may be killed in between. */
function toPerson(world: World, end: Concluded, job: Lease, next: Settled, note: string, emit: Emit): void {
  const place = world.rows.at(end.state.rows).findIndex(({ intentId }) => intentId === job.intentId)
  const record = mayWrite(world, job)
    ? world.personCalled(end.state.record, end.state.rows * 4 + place, note)
    : end.state.record
  const called = { ...end, state: { ...end.state, record } }
  const words = world.tells
    ? `${end.words}; a person is called for ${job.intentId}, and its worker is killed`
    : ''
  emit(settled(called.state, world.idle, called.other), words)
  settle(world, called, job, next, emit)
}

type Sending = {
  readonly amount: number
  /** Null says nothing of the balance. */
  readonly expects: number | null
  readonly isLate: boolean
  readonly words: string
}

/** journey/follow-up/execute-refund.ts, send: noted under the lease, with what had gone back, then sent with the balance we believe in. */
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
    return emit(settled(state, world.idle, other), world.tells ? `${words}; too late to send` : '')
  world.broken ??= faultOfCall(world, state, row, amount, isLate)
  if (calls.length >= CALLS_MAX) return
  const noted = (next: Row): number => world.rows.id(rows.map((each) => (each === row ? next : each)))
  const before = payment.cancelledAmount
  const said = world.rules.sendsBalance ? expects : null
  const call: Call = { intentId, index, amount, expects: said, stage: 'sent' }
  const sent = {
    ...state,
    rows: noted({ ...row, state: 'unknown', before, unchanged: 0 }),
    calls: world.calls.id(calling([...calls, call])),
  }
  const worker = world.workers.id({ at: 'asked', intentId, index, lease, answer: 'none' })
  const told = world.tells ? `${words}; ${intentId} is sent: ${amount} of ${payment.paymentId}` : ''
  emit(settled(sent, worker, other), told)
  // No connection: what was known of it before is known still.
  const kept = { ...state, rows: noted({ ...row, before }) }
  emit(settled(kept, world.idle, other), world.tells ? `${words}; ${intentId} cannot be sent` : '')
}
