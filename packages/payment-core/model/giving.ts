import { fault } from './decided.ts'
import { paymentIdOf, type Call } from './gateway.ts'
import { concluded, type Concluded } from './conclude.ts'
import { look, settled } from './look.ts'
import {
  amountToSend,
  isDone,
  isDue,
  leaseOf,
  losing,
  verdictOf,
  type Job,
  type Row,
  type Worker,
} from './work.ts'
import type { Emit, State, World } from './world.ts'

/** A worker looks: it has its answer and is to record it, or, beyond the looks that may be under way at once, has recorded it already. */
export function begins(world: World, state: State, job: Job, other: number, emit: Emit): void {
  const underWay = world.workers.at(other).at === 'looked' ? 1 : 0
  look(world, state, job, (worker, words) => {
    if (underWay < world.box.looksAtOnce) return emit(settled(state, worker, other), words)
    const told: Emit = (next, then) => emit(next, `${words}; ${then}`)
    giveBackSteps(world, state, world.workers.at(worker), other, told)
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
    const job = { kind: 'before', intentId, index, lease: true } as const
    const payment = world.held(state.record, index)
    if (world.rules.looksBeforeSending || row.before < 0 || payment === null)
      begins(world, state, job, left, emit)
    else send(world, state, left, row, { ...job }, emit, true)
  }
}

type Lease = { readonly intentId: string; readonly index: number; readonly lease: boolean }

/** A worker that has looked records it, and goes on with what it looked for. */
export function giveBackSteps(world: World, state: State, each: Worker, other: number, emit: Emit): void {
  if (each.at === 'asked')
    return begins(world, state, { ...each, kind: 'after', lease: each.lease }, other, emit)
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
  if (row === null || payment === null || row.state !== 'waiting')
    return emit(settled(end.state, world.idle, end.other), end.words)
  const verdict = verdictOf(row, payment)
  if (verdict === 'send') return send(world, end.state, end.other, row, job, emit, false)
  settle(world, end, row, job, verdict === 'done' ? 'done' : 'failed', emit)
}

function afterSending(world: World, end: Concluded, job: Lease, emit: Emit): void {
  const row = rowOf(world, end.state, job.intentId)
  const payment = world.held(end.state.record, job.index)
  if (row === null || payment === null || row.state !== 'waiting')
    return emit(settled(end.state, world.idle, end.other), end.words)
  if (isDone(row, payment)) return settle(world, end, row, job, 'done', emit)
  // Again later; or, refused too often or a day old, to the operator: how often that was is left open.
  emit(settled(end.state, world.idle, end.other), world.tells ? `${job.intentId} is left for later` : '')
  settle(world, end, row, job, 'failed', emit)
}

/** S-15: may this worker write? False when its lease was taken over and the rules look at that. */
function mayWrite(world: World, job: Lease): boolean {
  if (job.lease) return true
  if (!world.rules.lease)
    world.broken ??= fault('S-15', `a worker whose lease was taken over goes on with ${job.intentId}`)
  return !world.rules.lease
}

function settle(
  world: World,
  end: Concluded,
  row: Row,
  job: Lease,
  state: 'done' | 'failed',
  emit: Emit,
): void {
  const flagged = state === 'failed' ? flag(world, end, row) : end
  if (state === 'failed')
    emit(
      settled(flagged.state, world.idle, flagged.other),
      world.tells ? `${job.intentId} calls a person, and its worker is killed` : '',
    )
  const rows = world.rows.at(end.state.rows).map((each) => (each === row ? { ...row, state } : each))
  const after = mayWrite(world, job) ? { ...flagged.state, rows: world.rows.id(rows) } : flagged.state
  emit(
    settled(after, world.idle, flagged.other),
    world.tells ? `${end.words}; ${job.intentId} ends: ${state}` : '',
  )
}

/** journey/cancel.ts, flag: the order goes before a person, by the guarded write. */
function flag(world: World, end: Concluded, row: Row): Concluded {
  const { order, ...held } = world.records.pool.at(end.state.record)
  if (order === null) return end
  const sight = { by: 'payment' as const, beganAt: 0, seen: [] }
  const input = world.records.inputOf({ order, ...held }, sight, 0, null)
  const payment = world.held(end.state.record, row.index)
  const decision = world.rules.flagForReview({ ...input, order }, 'cancel_failed', payment, 'refused')
  if (decision === null) return end
  const told = [...held.told, ...decision.notices.map((notice) => notice.id)].toSorted()
  const record = world.records.pool.id({ ...held, order: decision.order, told })
  return { ...end, state: { ...end.state, record } }
}

/** journey/cancel.ts: noted under the lease, then sent with the balance we believe in. */
function send(
  world: World,
  state: State,
  other: number,
  row: Row,
  job: Lease,
  emit: Emit,
  blindly: boolean,
): void {
  const { intentId, index, lease } = job
  const payment = world.held(state.record, index)
  if (payment === null || !mayWrite(world, job))
    return emit(settled(state, world.idle, other), 'too late to send')
  world.broken ??= faultOfCall(world, state, row)
  const noted = { ...row, before: row.before < 0 ? payment.cancelledAmount : row.before }
  const rows = world.rows.at(state.rows).map((each) => (each === row ? noted : each))
  const left = payment.status === 'paid' || payment.status === 'cancelled' ? amountLeft(payment) : 0
  const expects = blindly || !world.rules.sendsBalance ? null : left
  const call: Call = { intentId, index, amount: amountToSend(row, payment), expects }
  const calls = world.calls.at(state.calls)
  const twice = expects !== null && calls.some((each) => JSON.stringify(each) === JSON.stringify(call))
  if (calls.length >= CALLS_MAX && !twice) return
  const onTheirWay = twice ? calls : [...calls, call].toSorted(byText)
  const after = {
    ...state,
    rows: world.rows.id(rows),
    calls: world.alive(world.calls.id(onTheirWay), state.truth),
  }
  const worker = world.workers.id({ at: 'asked', intentId, index, lease })
  emit(
    settled(after, worker, other),
    world.tells ? `${intentId} is sent: ${call.amount} of ${paymentIdOf(index)}` : '',
  )
}
/** Calls on their way at once: a third waits until one of them has arrived or is lost. */
const CALLS_MAX = 2

const byText = (a: Call, b: Call): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const amountLeft = ({ amounts, cancelledAmount }: { amounts: readonly number[]; cancelledAmount: number }) =>
  (amounts.at(-1) ?? 0) - cancelledAmount

/** S-07, when it matters most: the call leaves now. */
function faultOfCall(world: World, state: State, row: Row) {
  const { order } = world.records.pool.at(state.record)
  const payment = world.held(state.record, row.index)
  if (order === null || payment === null || payment.orderId !== order.orderId)
    return fault('S-07', `${row.intentId} is sent for money of an unknown order`)
  const isKept = payment.paymentId === order.keptPaymentId
  if (isKept !== (row.cause === 'shop'))
    return fault(
      'S-07',
      `${row.intentId} (${row.cause}) is sent for ${isKept ? 'the kept' : 'a stray'} payment`,
    )
  return amountToSend(row, payment) > amountLeft(payment)
    ? fault('S-07', 'more is sent back than is left')
    : null
}
