import {
  amountOf,
  fail,
  nextLookAt,
  openReviewFor,
  retryDelayMs,
  withReturn,
  type GatewayProblem,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { postponeLook } from '../../store/orders.ts'
import { inputOf, returnAmong, type LookupContext, type LookupOutcome } from './lookup-context.ts'
import { record } from './record.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

/** The gateway has not answered, or with nothing to conclude from. Facts stay; only the next look is put off (S-20, G-03). */
export async function reschedule(
  deps: Deps,
  signalWork: SignalWork,
  look: LookupContext,
  problem: GatewayProblem,
): Promise<LookupOutcome> {
  const before = look.held.record
  // That the gateway does not know a payment (yet) is an answer like others; that it gave none is worth a warning.
  const level = problem.kind === 'unknown_payment' ? 'info' : 'warn'
  deps.log[level]({ ...look.ref, problem }, 'look-up failed')
  if (before === null) return fail(problem)
  if (problem.kind === 'gateway_bad_money') {
    const held = before.payments.find((each) => each.payment.paymentId === problem.paymentId)?.payment ?? null
    const decision = openReviewFor(inputOf(deps, look, before, []), {
      reason: 'bad_money',
      paymentId: problem.paymentId,
      payment: held,
      atStake: held === null ? before.order.amount : amountOf(held),
      note: `the gateway's ${problem.where} cannot be read`,
    })
    if (decision !== null) {
      const outcome = await record(deps, signalWork, look, before, decision)
      return outcome === 'stale' ? 'stale' : fail(problem)
    }
  }
  const nowMs = deps.clock.nowMs()
  const returns = withReturn(before.order.returns, returnAmong(look.reasons, before.order.orderId))
  const delayMs =
    problem.kind === 'gateway_busy'
      ? problem.retryAfterMs
      : retryDelayMs(before.attempts, deps.random.fraction())
  const silent = problem.kind === 'unknown_payment'
  const wantedAtMs = silent
    ? nextLookAt({ ...before.order, returns: [...returns] }, [], nowMs)
    : nowMs + delayMs
  // A final order without a due look is not made due again by a claim about something the gateway does not know.
  if (wantedAtMs === null) return fail(problem)
  // What is claimed about a payment brings its order's own look forward, never back: junk must not starve the timer (L-06, D-01).
  const dueAtMs = look.ref.by === 'payment' ? Math.min(wantedAtMs, before.dueAtMs) : wantedAtMs
  if (dueAtMs === before.dueAtMs && returns === before.order.returns) return fail(problem)
  await postponeLook(deps.store, before, { returns, dueAtMs })
  deps.changes.publish(before.order.orderId)
  return fail(problem)
}
