import { isBooked, type Payment, type Waiting } from '../src/index.ts'
import { order as registered } from '../test/samples.ts'
import { paymentIdOf, PART } from './gateway.ts'
import { startLookup, refundSteps, leaseSteps } from './refund-steps.ts'
import { withoutListener, outdated, settled } from './lookup-steps.ts'
import { isEnded, jobOf, leaseOf, rowOf, type Answer, type Row } from './workers.ts'
import { behindBy, claimed, claimsLeft, slotOf, type Emit, type State, type World } from './world.ts'

/** Every step that can happen next. */
export function stepsFrom(world: World, state: State, take: Emit): void {
  // Drop calls that nobody waits for and that the gateway can only refuse.
  const emit: Emit = (next, words) => take({ ...next, calls: world.alive(next.calls, next.truth) }, words)
  environmentSteps(world, state, emit)
  refundRequestSteps(world, state, emit)
  if (world.rules.silence !== null) unansweredSteps(world, state, world.rules.silence, emit)
  // Idle sorts first, so a single worker is in the second place.
  workerSteps(world, state, state.b, state.a, emit)
  if (world.bounds.workers === 2 && state.a !== state.b) workerSteps(world, state, state.a, state.b, emit)
}

/** Steps outside the product: the gateway's own, calls that end, the shop registering its order. */
function environmentSteps(world: World, state: State, emit: Emit): void {
  const { truth, calls } = state
  for (const move of world.movesFrom(truth, 0)) emit(movedOn(world, state, move.truth), move.words)
  for (const { call, answer, words, ...end } of world.fatesFrom(calls, truth)) {
    const next = { ...movedOn(world, state, end.truth), calls: end.calls }
    emit(next, words)
    if (call.stage !== 'sent' || answer === null) continue
    const told = world.isTracing ? `${words}, and says so` : ''
    if (waitsFor(world, next.a, call.intentId))
      emit(settled(next, withAnswer(world, next.a, answer), next.b), told)
    if (waitsFor(world, next.b, call.intentId))
      emit(settled(next, next.a, withAnswer(world, next.b, answer)), told)
  }
  const stored = world.records.pool.at(state.record)
  if (stored.order === null)
    emit(
      { ...state, record: world.records.pool.id({ ...stored, order: registered() }) },
      'the order is registered',
    )
}

/** After a step of the books, a replica can still answer from the books before it. */
const movedOn = (world: World, state: State, truth: number): State =>
  truth === state.truth ? state : { ...state, truth, behind: behindBy(state.truth, world.bounds.lags) }

function waitsFor(world: World, worker: number, intentId: string): boolean {
  const each = world.workers.at(worker)
  return each.at === 'asked' && each.intentId === intentId && each.answer === 'none'
}

function withAnswer(world: World, worker: number, answer: Answer): number {
  const each = world.workers.at(worker)
  return each.at === 'asked' ? world.workers.id({ ...each, answer }) : worker
}

/** The shop asks for a refund (journey/requests/request-refund.ts). Its earlier refunds are done, on their way, or given up. */
function refundRequestSteps(world: World, state: State, emit: Emit): void {
  const { order, payments } = world.records.pool.at(state.record)
  const rows = world.rows.at(state.rows)
  const shops = rows.filter((row) => row.cause === 'shop')
  if (order === null || order.keptPaymentId === null || shops.length >= world.bounds.asksMax) return
  const index = order.keptPaymentId === paymentIdOf(0) ? 0 : 1
  const hasAccount = world.held(state.record, index)?.details.method === 'virtual_account'
  const isExecuted = (row: Row): boolean =>
    row.state === 'done' || payments.some((payment) => isBooked(row, payment))
  const waiting = shops.filter((row) => !isExecuted(row) && !isEnded(row)).map(waitingOf)
  const executed = shops.filter(isExecuted).map(waitingOf)
  for (const much of world.bounds.asks) {
    const intent = world.rules.decideCancel(order, payments, waiting, executed, {
      intentId: `shop-${shops.length + 1}`,
      paymentId: null,
      amount: much === 'part' ? PART : null,
      reason: 'asked back',
      refundAccount: hasAccount ? { bank: '088', account: '110-1234', holder: 'customer' } : null,
    })
    if (!intent.ok) continue
    const row: Row = { ...rowOf(intent.value), named: much === 'part', hasAccount }
    const next = { ...state, rows: world.rows.id([...rows, row]) }
    emit(
      settled(next, outdated(world, state.a), outdated(world, state.b)),
      world.isTracing ? `the shop asks ${row.amount} back` : '',
    )
  }
}

const waitingOf = ({ amount }: Row): Waiting => ({ amount, taxFree: null, vat: null })

/** An unanswered look-up changes nothing (journey/reconcile/reschedule.ts), except in a mutant. */
function unansweredSteps(world: World, state: State, makes: (payment: Payment) => Payment, emit: Emit): void {
  const stored = world.records.pool.at(state.record)
  for (const [index, payment] of stored.payments.entries()) {
    const payments = stored.payments.with(index, makes(payment))
    const next = { ...state, record: world.records.pool.id({ ...stored, payments }) }
    emit(
      settled(next, outdated(world, state.a), outdated(world, state.b)),
      world.isTracing ? `a look at ${payment.paymentId} is not answered` : '',
    )
  }
}

function workerSteps(world: World, state: State, worker: number, other: number, emit: Emit): void {
  const each = world.workers.at(worker)
  if (each.at === 'idle') return idleSteps(world, state, other, emit)
  if (each.at === 'again') startLookup(world, state, each.job, other, emit)
  else refundSteps(world, state, each, other, emit)
  // A killed or stalled worker: its job is taken up again when its lease has run out.
  const job = jobOf(each)
  const claims = claimed(state.claims, job === null ? -1 : slotOf(job), -1)
  const lease = leaseOf(each)
  const left = lease === null ? state : withoutListener(world, state, lease.intentId)
  emit(settled({ ...left, claims }, world.idle, other), 'a worker is killed, or gives its look up')
}

function idleSteps(world: World, state: State, other: number, emit: Emit): void {
  const { truth, claims } = state
  world.truths.at(truth).forEach((_, index) => {
    for (const [place, kind] of (['bare', 'claim'] as const).entries()) {
      if (world.bounds.claims === null) startLookup(world, state, { kind, index, slot: -1 }, other, emit)
      else if (claimsLeft(claims, place * 2 + index) > 0) {
        const slot = place * 2 + index
        startLookup(world, { ...state, claims: claimed(claims, slot, 1) }, { kind, index, slot }, other, emit)
      }
    }
  })
  if (world.records.pool.at(state.record).order !== null)
    startLookup(world, state, { kind: 'sweep' }, other, emit)
  leaseSteps(world, state, other, emit)
}
