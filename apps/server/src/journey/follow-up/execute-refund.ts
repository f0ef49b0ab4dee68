import {
  afterRefusal,
  DAY_MS,
  nextStep,
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
/** How a request begins that names no sum: what is left is then less when somebody gave a part back meanwhile. */
export const ALL_THAT_IS_LEFT = 'all '
/** Tries to close an account: it moves no money, and a PG that cannot close it never will (V-10). */
const CLOSING_TRIES_MAX = 5

/** As long as a call may take, with the looks before and after it. */
export const cancelLeaseMs = ({ cancelTimeoutMs, lookupTimeoutMs, workLeaseMs }: Deps['config']): number =>
  Math.max(workLeaseMs, cancelTimeoutMs + 2 * lookupTimeoutMs)

type SendRefund = Extract<NextStep, { kind: 'send' }>

/**
 * One step of an intent's way (`cancelling.ts`). The payment is looked up *before* a call, because an earlier one's answer may have been
 * lost (M-06, C-03), and after it, because only the gateway's record says what was done.
 */
export async function executeRefund(deps: Deps, reconcile: Reconcile, row: HeldCancel): Promise<void> {
  const before = await lookUpPayment(deps, reconcile, row)
  if (await isSettled(deps, row)) return
  if (before === null) return notReached(deps, row, null, 'the payment could not be looked up')
  const step = nextStep(cancellingOf(row), before, deps.clock.nowMs(), deps.config)
  if (step.kind === 'done') return done(deps, row)
  if (step.kind === 'wait') return settle(deps, row, { ...step, state: row.state, dueAtMs: step.untilMs })
  if (step.kind === 'person') return toPerson(deps, row, before, step.why)
  await send(deps, reconcile, row, before, step)
}

export const cancellingOf = (row: HeldCancel): Cancelling => ({
  ...row,
  isNamed: row.cause === 'shop' && !row.request.startsWith(ALL_THAT_IS_LEFT),
  hasRefundAccount: row.refundAccount !== null,
  // Closing an account twice does no harm: it is not waited for.
  state: row.cause === 'account' && row.state === 'unknown' ? 'requested' : row.state,
})

/** The decision about the look has found our mark: it is done, and the row is nobody's any more. */
async function isSettled(deps: Deps, row: HeldCancel): Promise<boolean> {
  const held = await readCancel(deps.store, row.intentId)
  if (held?.state !== 'done') return held === null
  told(deps, row)
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
  // Also at a repeat: a worker that was stopped while it looked must not send after another took over (S-15).
  const leaseUntilMs = sentAtMs + cancelLeaseMs(deps.config)
  const at = { nowMs: sentAtMs, leaseUntilMs, cancelledAmount }
  if ((await noteSending(deps.store, row, at)) === 'stale') return
  const outcome = await ask(deps, row, before, step)
  const sent: HeldCancel = { ...row, sentAtMs, cancelledBefore: cancelledAmount, unchangedLooks: 0 }
  if (outcome.kind === 'refused') return refused(deps, reconcile, sent, before, outcome.text)
  if (outcome.kind === 'not_sent')
    return notReached(deps, row, before, problemText(outcome.problem), outcome.problem)
  const lastProblem = outcome.kind === 'accepted' ? 'accepted, not booked yet' : problemText(outcome.problem)
  const told = outcome.kind === 'accepted' ? 'accepted' : `unanswered: ${lastProblem}`
  const answered: HeldCancel = { ...(await noteAnswer(deps, sent, told)), state: outcome.kind }
  const after = await lookUpPayment(deps, reconcile, row)
  if (await isSettled(deps, row)) return
  const next =
    after === null ? null : nextStep(cancellingOf(answered), after, deps.clock.nowMs(), deps.config)
  if (next?.kind === 'done') return done(deps, answered)
  if (row.cause === 'account') return notReached(deps, answered, after, UNCONFIRMED)
  const dueAtMs = next?.kind === 'wait' ? next.untilMs : deps.clock.nowMs() + SOON_MS
  deps.metrics.count('cancels', 'retry')
  await settle(deps, answered, { state: answered.state, dueAtMs, lastProblem })
}
const SOON_MS = 2_000
/** The account's closing was answered, and the record does not show it. */
const UNCONFIRMED = 'unconfirmed'
const soon = (deps: Deps): number => deps.clock.nowMs() + SOON_MS

/** At once: the look after it may show the money gone, and then the row is nobody's any more. */
async function noteAnswer(deps: Deps, row: HeldCancel, answer: string): Promise<HeldCancel> {
  const answers = withAnswer(row.answers, { atMs: deps.clock.nowMs(), answer })
  await storeAnswers(deps.store, row, answers)
  return { ...row, answers }
}

/** The gateway's own word in a log line or a review; of a failure without one, its kind. */
const problemText = (problem: GatewayProblem): string => problem.kind

/** The gateway has understood and will not: asked again over hours where its reason can pass, and a person is called within a day (M-14, M-27). */
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
  // What the balance we sent was wrong about is no reason to wait: somebody gave a part back meanwhile.
  if (after.cancelledAmount !== before.cancelledAmount)
    return settle(
      deps,
      row,
      { state: 'requested', dueAtMs: soon(deps), lastProblem: text },
      `refused: ${text}`,
    )
  const refusals = row.refusals + 1
  const ageMs = deps.clock.nowMs() - row.createdAtMs
  const { delayMs, isPersons } = afterRefusal(refusals, text, ageMs)
  if (isPersons && (await callPerson(deps, row, after, text)) === 'stale')
    return settle(deps, row, { state: 'refused', dueAtMs: soon(deps), lastProblem: text }, `refused: ${text}`)
  deps.metrics.count('cancels', isPersons ? 'failed' : 'retry')
  const { orderId, paymentId, cause } = row
  deps.log.warn({ orderId, paymentId, cause }, 'cancel refused by the gateway')
  const dueAtMs = delayMs === null ? null : deps.clock.nowMs() + delayMs
  const state = delayMs === null ? 'over' : 'refused'
  // Its outcome is known: nothing is on its way any more.
  const next = { state, dueAtMs, lastProblem: text, refusals, sentAtMs: null } as const
  await settle(deps, row, next, `refused: ${text}`)
}

/** An account that cannot be closed is nobody's failure: what is paid into it goes back (V-10). */
async function closingRefused(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  text: string,
): Promise<void> {
  if (payment !== null && payment.status !== 'awaiting_deposit') return done(deps, row)
  if ((await noteNotClosed(deps, row, text)) === 'stale')
    return settle(
      deps,
      row,
      { state: 'requested', dueAtMs: soon(deps), lastProblem: text },
      `refused: ${text}`,
    )
  await settle(deps, row, { state: 'over', dueAtMs: null, lastProblem: text }, `refused: ${text}`)
}

/** The gateway never saw it: again soon, for a day; then a person must know (L-03). */
async function notReached(
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
    return toPerson(
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
    'cancel not sent; tried again',
  )
  const answer = lastProblem === UNCONFIRMED ? null : `not_sent: ${lastProblem}`
  await settle(deps, row, { state: row.state, dueAtMs: nowMs + waitMs, lastProblem }, answer)
}

/** There is no card to return a deposit to: the account is told by the shop, and the parts of tax by the intent (M-13, M-28). */
function ask(deps: Deps, row: HeldCancel, before: Payment, step: SendRefund): Promise<WriteOutcome> {
  const { paymentId, orderId, intentId, refundAccount, taxFree, vat } = row
  if (row.cause === 'account') return deps.gateway.closeAccount(paymentId)
  const { amount, expectedBalance } = step
  const money = { amount, currency: before.currencies.at(-1) ?? '' }
  const reason = `${intentId}: ${row.reason.slice(0, REASON_LENGTH_MAX)}`
  const parts = { taxFree, vat }
  return deps.gateway.cancel({ paymentId, orderId, money, expectedBalance, reason, refundAccount, ...parts })
}

function told(deps: Deps, { orderId, paymentId, amount, cause }: HeldCancel): void {
  deps.metrics.count('cancels', 'done')
  deps.log.info({ orderId, paymentId, amount, cause }, 'cancel done')
  deps.changes.publish(orderId)
}

async function done(deps: Deps, row: HeldCancel): Promise<void> {
  await settle(deps, row, { state: 'done', dueAtMs: null, lastProblem: null }, 'done')
  told(deps, row)
}

type Next = Omit<Parameters<typeof settleCancel>[2], 'lastProblem'> & { readonly lastProblem?: string | null }

/** `answer`: what came of a try, for people; null where nothing was tried. */
async function settle(deps: Deps, row: HeldCancel, next: Next, answer: string | null = null): Promise<void> {
  const told = answer === null ? {} : { answer: { atMs: deps.clock.nowMs(), answer } }
  await settleCancel(deps.store, row, { lastProblem: row.lastProblem, ...next, ...told })
  deps.changes.publish(row.orderId)
}

/** The end of an intent that cannot be executed: the order goes before a person, and nothing loops for ever (M-14). */
async function toPerson(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  lastProblem: string,
): Promise<void> {
  // No money hangs on it: that is no failed payment, and its review would hide one (V-10).
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
