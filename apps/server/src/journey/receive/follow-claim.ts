import { fail, ok, retryDelayMs, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { settleReceipt, type Receipt } from '../../store/receipts.ts'
import { doorOf, type Reconciled } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import type { SignalWork } from '../follow-up/work-signal.ts'
import { recordDispute } from './record-dispute.ts'
import { statementIn } from '../requests/story/claims.ts'

/**
 * The waits between the lookups of a payment that the gateway does not know (G-10). Then the claim is dropped: most are junk, and a payment that
 * appears later is found by its order's own schedule and by the gateway's list (G-23).
 */
const UNKNOWN_WAITS_MS = [3_000, 10_000, 25_000, 180_000] as const
/** A claim about an unknown order and payment is dropped at this age, asked about or not, unless the gateway knows its payment: a flood leaves no backlog. */
export const STRANGERS_AGE_MAX_MS = 45_000
/** Every other claim is dropped after a week. */
const AGE_MAX_MS = 7 * 24 * 3_600_000

/** Looks a claim's subject up once and settles its receipt. Logs an unexpected error instead of throwing; the work loop tries again. */
export type FollowClaim = (receipt: Receipt) => Promise<Result<Reconciled, Problem>>

export const claimFollower =
  (deps: Deps, reconcile: Reconcile, signalWork: SignalWork): FollowClaim =>
  async (receipt) => {
    try {
      const outcome = await lookUp(deps, reconcile, receipt)
      const { dispute } = receipt.claim
      const isDone = dispute !== undefined && (await recordDispute(deps, signalWork, receipt.claim, dispute))
      const next = isDone ? ended : nextOf(deps, receipt, outcome)
      await settleReceipt(deps.store, receipt, next, timelineOf(receipt, outcome))
      return outcome
    } catch (error) {
      deps.log.error(
        { err: error, ...subjectOf(receipt) },
        'a claim could not be looked up; it is retried when its lease ends',
      )
      return fail({ kind: 'storage_unavailable', cause: 'see the log' })
    }
  }

/** What the log tells of a claim. Its receipt's id holds the sender's words, which are not logged (P-03). */
const subjectOf = ({ claim: { orderId, paymentId } }: Receipt) => ({ orderId, paymentId })

/** Only claims whose order or payment the gateway confirms leave a timeline entry: strangers' claims leave none (D-01). */
function timelineOf({ claim }: Receipt, outcome: Result<Reconciled, Problem>) {
  const subjectId = outcome.ok ? (outcome.value.orderId ?? claim.paymentId) : null
  if (subjectId === null) return null
  const entry = { event: 'claim.heard', paymentId: claim.paymentId, from: null, to: null } as const
  return { subjectId, entry: { ...entry, reason: statementIn(claim), because: doorOf(claim, subjectId) } }
}

async function lookUp(
  deps: Deps,
  reconcile: Reconcile,
  receipt: Receipt,
): Promise<Result<Reconciled, Problem>> {
  const { claim } = receipt
  const adoptOrphans = deps.clock.nowMs() - receipt.firstAtMs >= deps.config.orphanAfterMs
  const trigger = { claim, atMs: receipt.receivedAtMs, adoptOrphans, isStranger: receipt.isStranger }
  if (claim.paymentId !== null) {
    const byPayment = await reconcile(
      { by: 'payment', paymentId: claim.paymentId, orderId: claim.orderId },
      trigger,
    )
    // The gateway does not know the payment, but the claim also names an order, whose other payments may be known.
    if (byPayment.ok || byPayment.problem.kind !== 'unknown_payment' || claim.orderId === null)
      return byPayment
    const byOrder = await reconcile({ by: 'order', orderId: claim.orderId }, trigger)
    return byOrder.ok || byOrder.problem.kind === 'unknown_order' ? byPayment : byOrder
  }
  return claim.orderId === null
    ? ok({ orderId: null })
    : reconcile({ by: 'order', orderId: claim.orderId }, trigger)
}

const ended = { state: 'done', dueAtMs: null } as const

function nextOf(
  deps: Deps,
  receipt: Receipt,
  outcome: Result<Reconciled, Problem>,
): Parameters<typeof settleReceipt>[2] {
  if (outcome.ok) return ended
  const nowMs = deps.clock.nowMs()
  const { problem } = outcome
  // The gateway knows the payment, and nobody has registered its order: it waits for the registration, or for a person (M-17).
  const isConfirmed = problem.kind === 'unknown_order' && receipt.claim.paymentId !== null
  const dueAtMs = isConfirmed
    ? nextLookForOrder(deps, receipt, nowMs)
    : nextLookupAt(deps, receipt, problem, nowMs)
  if (dueAtMs !== null) return { state: 'waiting', dueAtMs, isConfirmed }
  deps.log.warn({ ...subjectOf(receipt), problem }, 'claim dropped: the gateway never confirmed its subject')
  return { state: 'dropped', dueAtMs: null }
}

/** Lookups become rarer with age. A listed payment is looked up once more, when it goes to a person. */
function nextLookForOrder({ config, random }: Deps, receipt: Receipt, nowMs: number): number {
  const { claim, attempts, firstAtMs } = receipt
  const waitMs = Math.max(retryDelayMs(attempts, random.fraction()), nowMs - firstAtMs)
  const [dueAtMs, personAtMs] = [nowMs + waitMs, firstAtMs + config.orphanAfterMs]
  const isBeforePerson = nowMs < personAtMs
  return isBeforePerson && (claim.source === 'list' || dueAtMs > personAtMs) ? personAtMs : dueAtMs
}

/** When the claim is looked up again; null: never. */
function nextLookupAt(
  { random }: Deps,
  { claim, attempts, firstAtMs, isStranger }: Receipt,
  problem: Problem,
  nowMs: number,
): number | null {
  // A signed dispute is no junk: money is at stake, and nobody tells of it again.
  const isUnknown =
    claim.dispute === undefined && (problem.kind === 'unknown_payment' || problem.kind === 'unknown_order')
  const waitMs = isUnknown ? UNKNOWN_WAITS_MS[attempts] : retryDelayMs(attempts, random.fraction())
  const endsAtMs = firstAtMs + (isUnknown && isStranger ? STRANGERS_AGE_MAX_MS : AGE_MAX_MS)
  return waitMs === undefined || nowMs + waitMs > endsAtMs ? null : nowMs + waitMs
}
