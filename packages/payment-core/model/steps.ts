import type { Payment } from '../src/index.ts'
import { order as registered } from '../test/samples.ts'
import { paymentIdOf, PART } from './gateway.ts'
import { begins, giveBackSteps, leaseSteps } from './giving.ts'
import { outdated, settled } from './look.ts'
import { jobOf, type Row } from './work.ts'
import { claimed, claimsLeft, slotOf, type Emit, type State, type World } from './world.ts'

/** Everything that can happen next, from anybody. */
export function stepsFrom(world: World, state: State, emit: Emit): void {
  outside(world, state, emit)
  asks(world, state, emit)
  if (world.rules.silence !== null) silence(world, state, world.rules.silence, emit)
  workerSteps(world, state, state.a, state.b, emit)
  if (world.box.workers === 2 && state.a !== state.b) workerSteps(world, state, state.b, state.a, emit)
}

/** The gateway's own life, calls that arrive or are lost, the shop that registers its order. */
function outside(world: World, state: State, emit: Emit): void {
  const { truth, calls } = state
  for (const move of world.movesFrom(truth, 0))
    emit({ ...state, truth: move.truth, calls: world.alive(calls, move.truth) }, move.words)
  for (const { call, ...after } of world.executed(calls, truth)) {
    const lost = world.calls.id(world.calls.at(calls).filter((other) => other !== call))
    emit({ ...state, ...after }, world.tells ? `the gateway executes ${call.intentId}` : '')
    emit({ ...state, calls: lost }, world.tells ? `the call for ${call.intentId} is lost` : '')
  }
  const stored = world.records.pool.at(state.record)
  if (stored.order === null)
    emit(
      { ...state, record: world.records.pool.id({ ...stored, order: registered() }) },
      'the order is registered',
    )
}

/** The shop asks money back, once (journey/ask-back.ts). */
function asks(world: World, state: State, emit: Emit): void {
  const { order, payments } = world.records.pool.at(state.record)
  const rows = world.rows.at(state.rows)
  if (order === null || order.keptPaymentId === null || rows.some((row) => row.cause === 'shop')) return
  for (const much of world.box.asks) {
    const index = order.keptPaymentId === paymentIdOf(0) ? 0 : 1
    const hasAccount = world.held(state.record, index)?.details.method === 'virtual_account'
    const intent = world.rules.decideCancel(order, payments, [], {
      intentId: 'shop-1',
      amount: much === 'part' ? PART : null,
      reason: 'asked back',
      refundAccount: hasAccount ? { bank: '088', account: '110-1234', holder: 'customer' } : null,
    })
    if (!intent.ok) continue
    const { intentId, amount, cause } = intent.value
    const named = much === 'part'
    const row: Row = { intentId, index, cause, amount, named, hasAccount, state: 'waiting', before: -1 }
    const next = { ...state, rows: world.rows.id([...rows, row]) }
    emit(
      settled(next, outdated(world, state.a), outdated(world, state.b)),
      world.tells ? `the shop asks ${amount} back` : '',
    )
  }
}

/** A look that was not answered changes nothing (journey/put-off.ts), unless a mutant makes something of it. */
function silence(world: World, state: State, makes: (payment: Payment) => Payment, emit: Emit): void {
  const stored = world.records.pool.at(state.record)
  for (const [index, payment] of stored.payments.entries()) {
    const payments = stored.payments.with(index, makes(payment))
    const next = { ...state, record: world.records.pool.id({ ...stored, payments }) }
    emit(
      settled(next, outdated(world, state.a), outdated(world, state.b)),
      world.tells ? `a look at ${payment.paymentId} is not answered` : '',
    )
  }
}

function workerSteps(world: World, state: State, worker: number, other: number, emit: Emit): void {
  const each = world.workers.at(worker)
  if (each.at === 'idle') return idleSteps(world, state, other, emit)
  if (each.at === 'again') begins(world, state, each.job, other, emit)
  else giveBackSteps(world, state, each, other, emit)
  // Killed, or without an answer for too long: what it had taken is taken up again when its lease has run out.
  const job = jobOf(each)
  const claims = claimed(state.claims, job === null ? -1 : slotOf(job), -1)
  emit(settled({ ...state, claims }, world.idle, other), 'a worker is killed, or gives its look up')
}

function idleSteps(world: World, state: State, other: number, emit: Emit): void {
  const { truth, claims } = state
  world.truths.at(truth).forEach((_, index) => {
    for (const [place, kind] of (['bare', 'claim'] as const).entries()) {
      if (world.box.claims === null) begins(world, state, { kind, index, slot: -1 }, other, emit)
      else if (claimsLeft(claims, place * 2 + index) > 0) {
        const slot = place * 2 + index
        begins(world, { ...state, claims: claimed(claims, slot, 1) }, { kind, index, slot }, other, emit)
      }
    }
  })
  if (world.records.pool.at(state.record).order !== null) begins(world, state, { kind: 'sweep' }, other, emit)
  leaseSteps(world, state, other, emit)
}
