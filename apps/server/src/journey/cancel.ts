import {
  flagForReview,
  heldMoney,
  remainderOf,
  retryDelayMs,
  type DecideInput,
  type GatewayProblem,
  type Payment,
} from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { noteSending, settleCancel, type HeldCancel } from '../store/cancels.ts'
import { readOrder, recordDecision } from '../store/orders.ts'
import { readPayment } from '../store/payments.ts'
import type { Reconcile } from './reconcile.ts'

/** Refusals after which a person must decide (M-14); failures to reach the gateway are not refusals. */
const REFUSALS_MAX = 5
const REASON_LENGTH_MAX = 160
/** How a request begins that names no sum: what is left is then less when somebody gave a part back meanwhile. */
export const ALL_THAT_IS_LEFT = 'all '
/** Every intent ends within a day, done or with the operator (L-03). */
const AGE_MAX_MS = 24 * 3_600_000

/**
 * One try at an intent. The payment is looked up *before* the call, because an earlier try's answer may have been
 * lost (M-06, C-03), and after it, because only the gateway's record says what was done.
 */
export async function giveBack(deps: Deps, reconcile: Reconcile, row: HeldCancel): Promise<void> {
  const before = await lookAt(deps, reconcile, row)
  if (before === null) return tryLater(deps, row, null, 'the payment could not be looked up')
  if (isDone(row, before)) return done(deps, row)
  if (before.contradiction !== null) return toOperator(deps, row, before, 'its record contradicts itself')
  if (needsAccount(row, before))
    return toOperator(deps, row, before, 'paid into a virtual account: no account to return it to is known')
  const doubt = doubtOf(row, before)
  if (doubt !== null) return toOperator(deps, row, before, doubt)
  const sent = {
    ...row,
    cancelledBefore: row.cancelledBefore < 0 ? before.cancelledAmount : row.cancelledBefore,
  }
  // Also at a repeat: a worker that was stopped while it looked must not send after another took over (S-15).
  if ((await noteSending(deps.store, sent)) === 'stale') return
  const answer = await send(deps, sent, before)
  const after = await lookAt(deps, reconcile, row)
  if (after !== null && (isDone(sent, after) || (answer.ok && hasGone(sent, before, after))))
    return done(deps, row)
  const refusals = sent.refusals + (!answer.ok && isRefusal(answer.problem) ? 1 : 0)
  const problem = answer.ok ? 'unconfirmed' : answer.problem.kind
  return tryLater(deps, { ...sent, refusals }, after ?? before, problem)
}

/** The gateway has understood and will not. A 5xx, a 429 or silence is no refusal: it may yet do it. */
const isRefusal = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_refused' && problem.status < 500

/** Again after a while, unless it was refused for good or is a day old: then a person must decide. */
async function tryLater(deps: Deps, row: HeldCancel, seen: Payment | null, problem: string): Promise<void> {
  const tooOld = deps.clock.nowMs() - row.createdAtMs > AGE_MAX_MS
  if (!tooOld && row.refusals < REFUSALS_MAX) return later(deps, row, problem)
  return toOperator(
    deps,
    row,
    seen ?? (await readPayment(deps.store, row.paymentId))?.payment ?? null,
    problem,
  )
}

/** Only the gateway's record says so: the sum went back, everything went back, or the account takes nothing any more. */
function isDone(row: HeldCancel, payment: Payment): boolean {
  if (row.cause === 'account') return payment.status !== 'awaiting_deposit'
  if (remainderOf(payment) === 0 && heldMoney(payment)) return true
  return bearsMarkOf(row, payment)
}

/** Our mark in the gateway's list is certain: nobody else's cancel has it. */
export const bearsMarkOf = ({ intentId }: Pick<HeldCancel, 'intentId'>, payment: Payment): boolean =>
  payment.cancels.some(({ reason }) => reason !== null && marksIn(reason) === intentId)

/** The mark comes first, so that a PG that cuts the text keeps it. */
const marksIn = (reason: string): string => /^\S+(?=: )/.exec(reason.trim())?.[0] ?? ''

/** The gateway has just said yes and as much is gone: its list may word the reason as it likes. */
const hasGone = (row: HeldCancel, before: Payment, after: Payment): boolean =>
  row.cause !== 'account' && after.cancelledAmount - before.cancelledAmount >= row.amount

/**
 * Why it must not be sent by itself. An earlier call was left without an answer, and since then just this sum went back without anybody's
 * mark: ours under another reason, or a person's in the console? Sending it again might return it twice (M-06, S-08). And what the shop
 * asked for may be more than is left by now.
 */
function doubtOf(row: HeldCancel, before: Payment): string | null {
  if (row.cause === 'account') return null
  const named = row.cause === 'shop' && !row.request.startsWith(ALL_THAT_IS_LEFT)
  if (named && row.amount > remainderOf(before))
    return 'less is left than was asked back: somebody else gave some of it back meanwhile'
  if (row.cancelledBefore < 0 || before.cancelledAmount - row.cancelledBefore < row.amount) return null
  const unmarked = before.cancels.some(
    ({ amount, reason }) => amount === row.amount && !isMark(marksIn(reason ?? '')),
  )
  return unmarked || before.cancels.length === 0
    ? 'the same sum went back under another reason: it cannot be told whether that was this cancel'
    : null
}

const isMark = (text: string): boolean => /^(shop|auto)-/.test(text)

/** There is no card to return a deposit to (M-13, portone.md §4.6). */
const needsAccount = (row: HeldCancel, payment: Payment): boolean =>
  row.cause !== 'account' && payment.details.method === 'virtual_account' && row.refundAccount === null

function send(deps: Deps, row: HeldCancel, before: Payment) {
  const { paymentId, orderId, intentId, refundAccount } = row
  if (row.cause === 'account') return deps.gateway.closeAccount(paymentId)
  const left = remainderOf(before)
  // What is ours to return of money that is not the order's is all that is left of it, whatever it was when decided.
  const amount = row.cause === 'shop' ? Math.min(row.amount, left) : left
  const money = { amount, currency: before.currencies.at(-1) ?? '' }
  const reason = `${intentId}: ${row.reason.slice(0, REASON_LENGTH_MAX)}`
  return deps.gateway.cancel({ paymentId, orderId, money, expectedBalance: left, reason, refundAccount })
}

async function lookAt(deps: Deps, reconcile: Reconcile, row: HeldCancel): Promise<Payment | null> {
  const reason = { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: false }
  const looked = await reconcile({ by: 'payment', paymentId: row.paymentId }, reason)
  return looked.ok ? ((await readPayment(deps.store, row.paymentId))?.payment ?? null) : null
}

async function done(deps: Deps, row: HeldCancel): Promise<void> {
  const { orderId, paymentId, amount, cause } = row
  deps.metrics.count('cancels', 'done')
  deps.log.info({ orderId, paymentId, amount, cause }, 'cancel done')
  await settleCancel(deps.store, row, { state: 'done', dueAtMs: null, lastProblem: null })
  deps.changes.publish(orderId)
}

async function later(deps: Deps, row: HeldCancel, lastProblem: string): Promise<void> {
  const { orderId, paymentId, cause } = row
  const dueAtMs = deps.clock.nowMs() + retryDelayMs(row.attempts, deps.random.fraction())
  deps.metrics.count('cancels', 'retry')
  deps.log.warn({ orderId, paymentId, cause, lastProblem }, 'cancel not done yet; tried again')
  await settleCancel(deps.store, row, { state: 'waiting', dueAtMs, lastProblem })
  deps.changes.publish(orderId)
}

/** The end of an intent that cannot be executed: the order goes before a person, and nothing loops for ever (M-14). */
async function toOperator(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  lastProblem: string,
): Promise<void> {
  const { orderId, paymentId, cause } = row
  // A worker that another took over from calls nobody: by now the cancel may be done (S-15).
  if ((await noteSending(deps.store, row)) === 'stale') return
  deps.metrics.count('cancels', 'failed')
  deps.log.error({ orderId, paymentId, cause, lastProblem }, 'cancel needs a person')
  if ((await flag(deps, row, payment, lastProblem)) === 'stale') return later(deps, row, lastProblem)
  await settleCancel(deps.store, row, { state: 'failed', dueAtMs: null, lastProblem })
  deps.changes.publish(orderId)
}

async function flag(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  why: string,
): Promise<'done' | 'stale'> {
  const record = await readOrder(deps.store, row.orderId)
  if (record === null) return 'done'
  const nowMs = deps.clock.nowMs()
  const input: DecideInput = {
    order: record.order,
    payments: record.payments.map((held) => held.payment),
    seen: [],
    look: { by: 'payment', beganAtMs: nowMs },
    returned: null,
    policy: deps.config.policy,
    nowMs,
    nowIso: deps.clock.date(nowMs).toISOString(),
  }
  const decision = flagForReview({ ...input, order: record.order }, 'cancel_failed', payment, why)
  if (decision === null) return 'done'
  const at = { nowMs, dueAtMs: record.dueAtMs, lookedAtMs: record.lookedAtMs }
  return recordDecision(deps.store, record, decision, at)
}
