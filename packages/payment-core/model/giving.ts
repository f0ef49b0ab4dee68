import { NOW_MS } from '../test/samples.ts'
import { calling, CALLS_MAX, type Call } from './calls.ts'
import { concluded, type Concluded } from './conclude.ts'
import { fault } from './decided.ts'
import { ORDER_AMOUNT } from './gateway.ts'
import { leftAlone, look, settled } from './look.ts'
import { faultOfCall } from './sent.ts'
import {
  cancellingOf,
  clocks,
  ended,
  isDue,
  isEnded,
  isInTheWay,
  leaseOf,
  losing,
  SETTLE_MS,
  type Answer,
  type Job,
  type Lease,
  type Row,
  type Worker,
} from './work.ts'
import type { Emit, State, World } from './world.ts'

/** A worker looks: it has its answer and is to record it, or, beyond the looks that may be under way at once, has recorded it already. */
export function begins(world: World, state: State, job: Job, other: number, emit: Emit): void {
  const underWay = world.workers.at(other).at === 'looked' ? 1 : 0
  look(world, state, job, (looked, worker, words) => {
    if (underWay < world.box.looksAtOnce) return emit(settled(looked, worker, other), words)
    const told: Emit = (next, then) => emit(next, `${words}; ${then}`)
    giveBackSteps(world, looked, world.workers.at(worker), other, told)
  })
}

/** A worker takes a due intent, also one whose lease another let run out, and looks its payment up (journey/cancel.ts, giveBack). */
export function leaseSteps(world: World, state: State, other: number, emit: Emit): void {
  const rows = world.rows.at(state.rows)
  const holder = world.workers.at(other)
  for (const row of rows.filter((each) => isDue(rows, each))) {
    const { intentId, index } = row
    const loses = leaseOf(holder)?.intentId === intentId
    const left = loses ? world.workers.id(losing(holder, world.rules.lease)) : other
    const alone = loses ? leftAlone(world, state, intentId) : state
    const job = { kind: 'before', intentId, index, lease: true } as const
    if (world.rules.looksBeforeSending || row.before < 0) begins(world, alone, job, left, emit)
    else
      send(world, alone, left, row, job, { amount: row.amount, expects: null, nowMs: clocks.soon, words: '' }, emit)
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
    if (job.kind === 'before' && end.isRecorded) beforeSending(world, end, job, emit)
    else if (job.kind === 'after' && end.isRecorded) afterSending(world, end, job, emit)
    else emit(settled(end.state, end.worker, end.other), end.words)
  }
}

const rowOf = (world: World, state: State, intentId: string): Row | null =>
  world.rows.at(state.rows).find((row) => row.intentId === intentId) ?? null

function beforeSending(world: World, end: Concluded, job: Lease, emit: Emit): void {
  const row = rowOf(world, end.state, job.intentId)
  const payment = world.held(end.state.record, job.index)
  if (row === null || payment === null || isEnded(row))
    return emit(settled(end.state, world.idle, end.other), end.words)
  const made = new Set<string>()
  for (const nowMs of timesOf(world, end.state, row)) {
    const step = world.rules.nextStep(cancellingOf(row), payment, nowMs, { settleMs: SETTLE_MS })
    const alike = JSON.stringify({ ...step, untilMs: 0 })
    if (made.has(alike)) continue
    made.add(alike)
    if (step.kind === 'done') settle(world, end, job, row, ended(row, 'done'), emit)
    else if (step.kind === 'wait') settle(world, end, job, row, { ...row, unchanged: step.unchangedLooks }, emit)
    else if (step.kind === 'person') toPerson(world, end, job, row, step.why, ended(row, 'over'), emit)
    else {
      const { amount, expectedBalance } = step
      const expects = world.rules.sendsBalance ? expectedBalance : null
      send(world, end.state, end.other, row, job, { amount, expects, nowMs, words: end.words }, emit)
    }
  }
}

/**
 * The clock may say anything. But what the gateway has accepted without our hearing of it is booked or denied by the time its record has been
 * unchanged in two looks, `CANCEL_SETTLE_MS` after it was sent: nothing in V1 could tell of it later.
 */
function timesOf(world: World, state: State, { intentId, unchanged }: Row): number[] {
  const isPending = world.calls
    .at(state.calls)
    .some((call) => call.intentId === intentId && call.stage === 'pending')
  return [clocks.soon, ...(isPending && unchanged > 0 ? [] : [clocks.settled]), clocks.dayLater]
}

function afterSending(
  world: World,
  end: Concluded,
  job: Lease & { readonly answer: Answer | 'none' },
  emit: Emit,
): void {
  const row = rowOf(world, end.state, job.intentId)
  const payment = world.held(end.state.record, job.index)
  if (row === null || payment === null || isEnded(row))
    return emit(settled(end.state, world.idle, end.other), end.words)
  if (job.answer === 'refused') return refused(world, end, job, row, payment, emit)
  const answered: Row = { ...row, state: job.answer === 'accepted' ? 'accepted' : 'unknown', unchanged: 0 }
  const step = world.rules.nextStep(cancellingOf(answered), payment, clocks.soon, { settleMs: SETTLE_MS })
  if (step.kind === 'done') return settle(world, end, job, row, ended(row, 'done'), emit)
  settle(world, end, job, row, answered, emit)
  // Tried often enough: what cannot be closed is a note in the order's story (V-10).
  if (row.cause === 'account') settle(world, end, job, row, ended(row, 'over'), emit)
}

/** journey/cancel.ts, refused: by the balance we sent, for a reason that may pass, or for good. */
function refused(
  world: World,
  end: Concluded,
  job: Lease,
  row: Row,
  payment: { readonly status: string; readonly cancelledAmount: number },
  emit: Emit,
): void {
  if (row.cause === 'account')
    return settle(world, end, job, row, ended(row, payment.status === 'awaiting_deposit' ? 'over' : 'done'), emit)
  if (payment.cancelledAmount !== row.before)
    return settle(world, end, job, row, { ...row, state: 'requested' }, emit)
  for (const { refusals, text } of refusalsThatDiffer) {
    const { delayMs, isPersons } = world.rules.afterRefusal(refusals, text)
    const next: Row = delayMs === null ? ended(row, 'over') : { ...row, state: 'refused' }
    if (isPersons) toPerson(world, end, job, row, 'refused', next, emit)
    else settle(world, end, job, row, next, emit)
  }
}
/** The first of many, the one a person is called for, and one that will never be otherwise. */
const refusalsThatDiffer = [
  { refusals: 1, text: '정산 부족' },
  { refusals: 4, text: '정산 부족' },
  { refusals: 1, text: '취소불가 상태입니다' },
] as const

/** S-15: may this worker write? False when its lease was taken over and the rules look at that. */
function mayWrite(world: World, job: Lease): boolean {
  if (job.lease) return true
  if (!world.rules.lease)
    world.broken ??= fault('S-15', `a worker whose lease was taken over goes on with ${job.intentId}`)
  return !world.rules.lease
}

function settle(world: World, end: Concluded, job: Lease, row: Row, next: Row, emit: Emit): void {
  const rows = world.rows.at(end.state.rows).map((each) => (each === row ? next : each))
  const after = mayWrite(world, job) ? { ...end.state, rows: world.rows.id(rows) } : end.state
  const words = world.tells ? `${end.words}; ${job.intentId} is ${next.state}` : ''
  emit(settled(after, world.idle, end.other), words)
}

/** The order goes before a person first, and its worker may be killed in between. */
function toPerson(
  world: World,
  end: Concluded,
  job: Lease,
  row: Row,
  why: string,
  next: Row,
  emit: Emit,
): void {
  const called = mayWrite(world, job) ? callPerson(world, end, row, why) : end
  const words = world.tells ? `${end.words}; a person is called for ${job.intentId}, and its worker is killed` : ''
  emit(settled(called.state, world.idle, called.other), words)
  settle(world, called, job, row, next, emit)
}

/** journey/call-person.ts: by the guarded write. */
function callPerson(world: World, end: Concluded, row: Row, note: string): Concluded {
  const stored = world.records.pool.at(end.state.record)
  const { order } = stored
  if (order === null) return end
  const payment = world.held(end.state.record, row.index)
  const input = world.records.inputOf(stored, { by: 'payment', beganAt: 0, seen: [] }, 0, [])
  const call = { reason: 'cancel_failed', payment, atStake: Math.min(row.amount, ORDER_AMOUNT), note } as const
  const decision = world.rules.openReviewFor({ ...input, order }, call)
  if (decision === null) return end
  return { ...end, state: { ...end.state, record: world.records.write(end.state.record, decision) } }
}

type Sending = {
  readonly amount: number
  readonly expects: number | null
  readonly nowMs: number
  readonly words: string
}

/** journey/cancel.ts, send: noted under the lease, with what had gone back, then sent with the balance we believe in. */
function send(
  world: World,
  state: State,
  other: number,
  row: Row,
  job: Lease,
  { amount, expects, nowMs, words }: Sending,
  emit: Emit,
): void {
  const { intentId, index, lease } = job
  const payment = world.held(state.record, index)
  const rows = world.rows.at(state.rows)
  const calls = world.calls.at(state.calls)
  if (payment === null || isInTheWay(rows, row) || !mayWrite(world, job))
    return emit(settled(state, world.idle, other), world.tells ? `${words}; too late to send` : '')
  world.broken ??= faultOfCall(world, state, row, amount, nowMs - NOW_MS >= SETTLE_MS)
  if (calls.length >= CALLS_MAX) return
  const noted = (next: Row): number => world.rows.id(rows.map((each) => (each === row ? next : each)))
  const before = payment.cancelledAmount
  const call: Call = { intentId, index, amount, expects, stage: 'sent' }
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
