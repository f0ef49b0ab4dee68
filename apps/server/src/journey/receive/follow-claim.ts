import { fail, ok, retryDelayMs, type Claim, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { insertReceipt, settleReceipt, type Filing, type Receipt } from '../../store/receipts.ts'
import { doorOf, type Reconciled } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { statementIn } from '../requests/story/claims.ts'

/** Lookups of a payment or order that the gateway does not know end after an hour (G-10), all others after a week. Then the claim is dropped. */
const UNKNOWN_AGE_MAX_MS = 3_600_000
const AGE_MAX_MS = 7 * 24 * 3_600_000

export type StoredClaim = {
  /** Resolves after the first lookup. The answer to the caller does not wait for it. */
  readonly firstTry: Promise<unknown>
}

/**
 * Stores a claim and starts its lookup. The claim is on stable storage when this resolves (S-10). The work loop repeats a lookup that does not
 * settle the claim, in this process or after a restart. With `now` false the work loop does the first lookup when it is due.
 */
export async function storeClaim(
  deps: Deps,
  reconcile: Reconcile,
  claim: Claim,
  filing: Filing,
  now: boolean,
): Promise<StoredClaim> {
  const nowMs = deps.clock.nowMs()
  const leaseUntilMs = now ? nowMs + deps.config.workLeaseMs : 0
  const receipt = await insertReceipt(
    deps.store,
    claim,
    { lease: deps.random.id(), nowMs, leaseUntilMs },
    filing,
  )
  deps.metrics.count('claims', claim.source)
  return { firstTry: now ? followClaim(deps, reconcile, receipt) : Promise.resolve() }
}

/** Looks a claim's subject up once and settles its receipt. Logs an unexpected error instead of throwing; the work loop tries again. */
export async function followClaim(
  deps: Deps,
  reconcile: Reconcile,
  receipt: Receipt,
): Promise<Result<Reconciled, Problem>> {
  try {
    const outcome = await lookUp(deps, reconcile, receipt)
    await settleReceipt(deps.store, receipt, nextOf(deps, receipt, outcome), timelineOf(receipt, outcome))
    return outcome
  } catch (error) {
    deps.log.error(
      { err: error, receiptId: receipt.receiptId },
      'a claim could not be looked up; it is retried when its lease ends',
    )
    return fail({ kind: 'storage_unavailable', cause: 'see the log' })
  }
}

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
    const byPayment = await reconcile({ by: 'payment', paymentId: claim.paymentId }, trigger)
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

function nextOf(
  deps: Deps,
  receipt: Receipt,
  outcome: Result<Reconciled, Problem>,
): Parameters<typeof settleReceipt>[2] {
  if (outcome.ok) return { state: 'done', dueAtMs: null }
  const nowMs = deps.clock.nowMs()
  const ageMs = nowMs - receipt.firstAtMs
  const unknown = outcome.problem.kind === 'unknown_payment' || outcome.problem.kind === 'unknown_order'
  if (ageMs > (unknown ? UNKNOWN_AGE_MAX_MS : AGE_MAX_MS)) {
    deps.log.warn(
      { receiptId: receipt.receiptId, problem: outcome.problem },
      'claim dropped: the gateway never confirmed its subject',
    )
    return { state: 'dropped', dueAtMs: null }
  }
  const backoffMs = retryDelayMs(receipt.attempts, deps.random.fraction())
  // A listed payment of an unregistered order is looked up once more: when it goes to a person (M-17), or when its order is registered.
  if (receipt.claim.source === 'list' && outcome.problem.kind === 'unknown_order')
    return {
      state: 'waiting',
      dueAtMs: Math.max(nowMs + backoffMs, receipt.firstAtMs + deps.config.orphanAfterMs),
    }
  // Lookups of an unknown subject become rarer with age: about a dozen in an hour. An unavailable gateway is asked every minute.
  return { state: 'waiting', dueAtMs: nowMs + (unknown ? Math.max(backoffMs, ageMs / 3) : backoffMs) }
}
