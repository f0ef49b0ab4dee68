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
import { decideInputOf, returnAmong, type LookupContext, type LookupOutcome } from './lookup-context.ts'
import { record } from './record.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'

/** Schedules the next lookup after an answer that concludes nothing, or after none. Recorded facts do not change (S-20, G-03). */
export async function reschedule(
  deps: Deps,
  signalWork: SignalWork,
  context: LookupContext,
  problem: GatewayProblem,
): Promise<LookupOutcome> {
  const before = context.held.record
  // «Unknown payment» is an ordinary answer; a missing answer is worth a warning.
  const level = problem.kind === 'unknown_payment' ? 'info' : 'warn'
  deps.log[level]({ ...context.ref, problem }, 'look-up failed')
  if (before === null) return fail(problem)
  if (problem.kind === 'gateway_bad_money') {
    const held = before.payments.find((each) => each.payment.paymentId === problem.paymentId)?.payment ?? null
    const decision = openReviewFor(decideInputOf(deps, context, before, []), {
      reason: 'bad_money',
      paymentId: problem.paymentId,
      payment: held,
      atStake: held === null ? before.order.amount : amountOf(held),
      note: `the gateway's ${problem.where} cannot be read`,
    })
    if (decision !== null) {
      const outcome = await record(deps, signalWork, context, before, decision)
      return outcome === 'stale' ? 'stale' : fail(problem)
    }
  }
  const nowMs = deps.clock.nowMs()
  const returns = withReturn(before.order.returns, returnAmong(context.triggers, before.order.orderId))
  const delayMs =
    problem.kind === 'gateway_busy'
      ? problem.retryAfterMs
      : retryDelayMs(before.attempts, deps.random.fraction())
  const isUnknown = problem.kind === 'unknown_payment'
  const wantedAtMs = isUnknown
    ? nextLookAt({ ...before.order, returns: [...returns] }, [], nowMs)
    : nowMs + delayMs
  // A final order has no lookup due. A claim about a payment that the gateway does not know must not schedule one.
  if (wantedAtMs === null) return fail(problem)
  // A claim about a payment may bring its order's next lookup forward, never postpone it: junk must not starve the timer (L-06, D-01).
  const dueAtMs = context.ref.by === 'payment' ? Math.min(wantedAtMs, before.dueAtMs) : wantedAtMs
  if (dueAtMs === before.dueAtMs && returns === before.order.returns) return fail(problem)
  await postponeLook(deps.store, before, { returns, dueAtMs })
  deps.changes.publish(before.order.orderId)
  return fail(problem)
}
