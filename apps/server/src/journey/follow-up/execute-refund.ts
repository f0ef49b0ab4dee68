import {
  afterRefusal,
  DAY_MS,
  nextStep,
  partsOf,
  retryDelayMs,
  withAnswer,
  type Cancelling,
  type GatewayProblem,
  type NextStep,
  type Payment,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { WriteOutcome } from '../../gateway/gateway.ts'
import { readCancel, settleCancel, type HeldCancel } from '../../store/cancels.ts'
import { noteSending, storeAnswers } from '../../store/due-cancels.ts'
import { readPayment } from '../../store/payments.ts'
import { callPerson, noteNotClosed } from './call-person.ts'
import { lookUpPayment } from './look-up-payment.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'

const REASON_LENGTH_MAX = 160
/** The prefix of a request without an amount: it refunds the rest, which is less when a part has been refunded meanwhile. */
export const ALL_THAT_IS_LEFT = 'all '
/** Attempts to close a virtual account. Closing moves no money, and a PG that cannot close accounts never will (V-10). */
const CLOSING_TRIES_MAX = 5

/** Long enough for one cancel call and the lookups before and after it. */
export const cancelLeaseMs = ({ cancelTimeoutMs, lookupTimeoutMs, workLeaseMs }: Deps['config']): number =>
  Math.max(workLeaseMs, cancelTimeoutMs + 2 * lookupTimeoutMs)

type SendRefund = Extract<NextStep, { kind: 'send' }>

/**
 * One attempt at a refund; `nextStep` in `cancelling.ts` decides what it does. It looks the payment up before the call, because an earlier
 * call's answer may have been lost (M-06, C-03), and after the call, because only the gateway's record shows the refund.
 */
export async function executeRefund(deps: Deps, reconcile: Reconcile, row: HeldCancel): Promise<void> {
  const before = await lookUpPayment(deps, reconcile, row)
  if (await isSettled(deps, row)) return
  if (before === null) return retryLater(deps, row, null, 'the payment could not be looked up')
  const step = nextStep(cancellingOf(row), before, deps.clock.nowMs(), deps.config)
  if (step.kind === 'done') return finish(deps, row)
  if (step.kind === 'wait') return settle(deps, row, { ...step, state: row.state, dueAtMs: step.untilMs })
  if (step.kind === 'person') return giveToPerson(deps, row, before, step.why)
  await send(deps, reconcile, row, before, step)
}

export const cancellingOf = (row: HeldCancel): Cancelling => ({
  ...row,
  isNamed: row.cause === 'shop' && !row.request.startsWith(ALL_THAT_IS_LEFT),
  hasRefundAccount: row.refundAccount !== null,
  // Closing an account twice does no harm, so an unknown outcome is retried at once.
  state: row.cause === 'account' && row.state === 'unknown' ? 'requested' : row.state,
})

/** Whether the lookup has already completed the refund: its decision found the refund's id in the gateway's record. */
async function isSettled(deps: Deps, row: HeldCancel): Promise<boolean> {
  const held = await readCancel(deps.store, row.intentId)
  if (held?.state !== 'done') return held === null
  reportDone(deps, row)
  return true
}

async function send(
  deps: Deps,
  reconcile: Reconcile,
  row: HeldCancel,
  before: Payment,
  step: SendRefund,
): Promise<void> {
  const { cancelledAmount } = before
  const sentAtMs = deps.clock.nowMs()
  // Guards repeated attempts too: a worker that lost its lease during the lookup must not send (S-15).
  const leaseUntilMs = sentAtMs + cancelLeaseMs(deps.config)
  const at = { nowMs: sentAtMs, leaseUntilMs, cancelledAmount }
  if ((await noteSending(deps.store, row, at)) === 'stale') return
  const outcome = await callGateway(deps, row, before, step)
  const sent: HeldCancel = { ...row, sentAtMs, cancelledBefore: cancelledAmount, unchangedLooks: 0 }
  if (outcome.kind === 'refused') return refused(deps, reconcile, sent, before, outcome.text)
  if (outcome.kind === 'not_sent') return retryLater(deps, row, before, outcome.problem.kind, outcome.problem)
  const lastProblem = outcome.kind === 'accepted' ? 'accepted, not booked yet' : outcome.problem.kind
  const answer = outcome.kind === 'accepted' ? 'accepted' : `unanswered: ${lastProblem}`
  const answered: HeldCancel = { ...(await storeAnswer(deps, sent, answer)), state: outcome.kind }
  const after = await lookUpPayment(deps, reconcile, row)
  if (await isSettled(deps, row)) return
  const next =
    after === null ? null : nextStep(cancellingOf(answered), after, deps.clock.nowMs(), deps.config)
  if (next?.kind === 'done') return finish(deps, answered)
  if (row.cause === 'account') return retryLater(deps, answered, after, UNCONFIRMED)
  const dueAtMs = next?.kind === 'wait' ? next.untilMs : deps.clock.nowMs() + SOON_MS
  deps.metrics.count('cancels', 'retry')
  await settle(deps, answered, { state: answered.state, dueAtMs, lastProblem })
}
const SOON_MS = 2_000
/** The gateway has answered the call, but its record does not show the account as closed. */
const UNCONFIRMED = 'unconfirmed'
const soon = (deps: Deps): number => deps.clock.nowMs() + SOON_MS

/** Stores the answer before the next lookup, which may settle the row. */
async function storeAnswer(deps: Deps, row: HeldCancel, answer: string): Promise<HeldCancel> {
  const answers = withAnswer(row.answers, { atMs: deps.clock.nowMs(), answer })
  await storeAnswers(deps.store, row, answers)
  return { ...row, answers }
}

/** After a refusal: retries over hours when its reason can pass, and opens a review within a day (M-14, M-27). */
async function refused(
  deps: Deps,
  reconcile: Reconcile,
  row: HeldCancel,
  before: Payment,
  text: string,
): Promise<void> {
  const after = (await lookUpPayment(deps, reconcile, row)) ?? before
  if (await isSettled(deps, row)) return
  if (row.cause === 'account') return closingRefused(deps, row, after, text)
  // A part was refunded meanwhile, so the balance in the request was wrong: retry soon with the new one.
  if (after.cancelledAmount !== before.cancelledAmount)
    return settle(
      deps,
      row,
      { state: 'requested', dueAtMs: soon(deps), lastProblem: text },
      `refused: ${text}`,
    )
  const refusals = row.refusals + 1
  const ageMs = deps.clock.nowMs() - row.createdAtMs
  const { delayMs, needsPerson } = afterRefusal(refusals, text, ageMs)
  if (needsPerson && (await callPerson(deps, row, after, text)) === 'stale')
    return settle(deps, row, { state: 'refused', dueAtMs: soon(deps), lastProblem: text }, `refused: ${text}`)
  deps.metrics.count('cancels', needsPerson ? 'failed' : 'retry')
  const { orderId, paymentId, cause } = row
  deps.log.warn({ orderId, paymentId, cause }, 'cancel refused by the gateway')
  const dueAtMs = delayMs === null ? null : deps.clock.nowMs() + delayMs
  const state = delayMs === null ? 'over' : 'refused'
  // The outcome is known, so no request is pending.
  const next = { state, dueAtMs, lastProblem: text, refusals, sentAtMs: null } as const
  await settle(deps, row, next, `refused: ${text}`)
}

/** Ends the attempts to close an account. That is no failure: a deposit into it is refunded (V-10). */
async function closingRefused(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  text: string,
): Promise<void> {
  if (payment !== null && payment.status !== 'awaiting_deposit') return finish(deps, row)
  if ((await noteNotClosed(deps, row, text)) === 'stale') {
    // What the gateway has accepted is only looked at, never sent again (M-23).
    const state = row.state === 'accepted' ? 'accepted' : 'requested'
    return settle(deps, row, { state, dueAtMs: soon(deps), lastProblem: text }, `refused: ${text}`)
  }
  await settle(deps, row, { state: 'over', dueAtMs: null, lastProblem: text }, `refused: ${text}`)
}

/** The request did not reach the gateway. Retries for a day, then opens a review (L-03). */
async function retryLater(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  lastProblem: string,
  problem?: GatewayProblem,
): Promise<void> {
  const nowMs = deps.clock.nowMs()
  if (row.cause === 'account' && row.attempts >= CLOSING_TRIES_MAX && payment !== null)
    return closingRefused(deps, row, payment, lastProblem)
  if (nowMs - row.createdAtMs > DAY_MS)
    return giveToPerson(
      deps,
      row,
      payment ?? (await readPayment(deps.store, row.paymentId))?.payment ?? null,
      lastProblem,
    )
  const waitMs =
    problem?.kind === 'gateway_busy'
      ? problem.retryAfterMs
      : retryDelayMs(row.attempts, deps.random.fraction())
  deps.metrics.count('cancels', 'retry')
  deps.log.warn(
    { orderId: row.orderId, paymentId: row.paymentId, lastProblem },
    'cancel not sent; it is retried',
  )
  const answer = lastProblem === UNCONFIRMED ? null : `not_sent: ${lastProblem}`
  await settle(deps, row, { state: row.state, dueAtMs: nowMs + waitMs, lastProblem }, answer)
}

/**
 * A deposit has no card to refund to, so the shop names an account (M-13). The intent holds the tax parts; when less is left than it says, they shrink
 * with the amount (M-28).
 */
function callGateway(deps: Deps, row: HeldCancel, before: Payment, step: SendRefund): Promise<WriteOutcome> {
  const { paymentId, orderId, intentId, refusals, refundAccount } = row
  const gateway = deps.gateways.of(before.gateway)
  if (row.cause === 'account') return gateway.closeAccount(paymentId, orderId)
  const { amount, expectedBalance } = step
  const money = { amount, currency: before.currencies.at(-1) ?? '' }
  const reason = `${intentId}: ${row.reason.slice(0, REASON_LENGTH_MAX)}`
  const asked = { intentId, refusals, paymentId, orderId, money, expectedBalance }
  return gateway.cancel({ ...asked, reason, refundAccount, ...partsOf(row, amount) })
}

function reportDone(deps: Deps, { orderId, paymentId, amount, cause }: HeldCancel): void {
  deps.metrics.count('cancels', 'done')
  deps.log.info({ orderId, paymentId, amount, cause }, 'cancel done')
  deps.changes.publish(orderId)
}

async function finish(deps: Deps, row: HeldCancel): Promise<void> {
  await settle(deps, row, { state: 'done', dueAtMs: null, lastProblem: null }, 'done')
  reportDone(deps, row)
}

type Next = Omit<Parameters<typeof settleCancel>[2], 'lastProblem'> & { readonly lastProblem?: string | null }

/** Stores the row's next state. `answer`: the attempt's outcome in the order's history; null without an attempt. */
async function settle(deps: Deps, row: HeldCancel, next: Next, answer: string | null = null): Promise<void> {
  const attempt = answer === null ? {} : { answer: { atMs: deps.clock.nowMs(), answer } }
  await settleCancel(deps.store, row, { lastProblem: row.lastProblem, ...next, ...attempt })
  deps.changes.publish(row.orderId)
}

/** Ends a refund that cannot be executed: opens a review and stops the attempts (M-14). */
async function giveToPerson(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  lastProblem: string,
): Promise<void> {
  // An open account holds no money. A review of it would hide a failed payment (V-10).
  if (row.cause === 'account') return closingRefused(deps, row, payment, lastProblem)
  const { orderId, paymentId, cause } = row
  deps.metrics.count('cancels', 'failed')
  deps.log.error({ orderId, paymentId, cause, lastProblem }, 'cancel needs a person')
  const isStale = (await callPerson(deps, row, payment, lastProblem)) === 'stale'
  await settle(
    deps,
    row,
    isStale
      ? { state: row.state, dueAtMs: deps.clock.nowMs() + SOON_MS, lastProblem }
      : { state: 'over', dueAtMs: null, lastProblem },
  )
}
