import { fail, ok, retryDelayMs, type Claim, type Problem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { insertReceipt, settleReceipt, type Filing, type Receipt } from '../../store/receipts.ts'
import { doorOf, type Reconciled } from '../reconcile/lookup-context.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'
import { saidIn } from '../requests/story/claims.ts'

/** A claim about a payment the gateway does not know is asked about for an hour (G-10), any other for a week; then it is dropped. */
const UNKNOWN_AGE_MAX_MS = 3_600_000
const AGE_MAX_MS = 7 * 24 * 3_600_000

export type StoredClaim = {
  /** Ends with the first try, for those who care to wait: the answer at the door does not. */
  readonly firstTry: Promise<unknown>
}

/**
 * Takes a claim in: it is on stable storage when this resolves (S-10), and its look-up is under way. What the look-up does not settle the
 * work loop tries again, in this process or after a restart. `now` false: the work loop looks when it is due.
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

/** Follows a claim to the gateway once and settles its receipt. A failure is logged and tried again, never thrown at the door. */
export async function followClaim(
  deps: Deps,
  reconcile: Reconcile,
  receipt: Receipt,
): Promise<Result<Reconciled, Problem>> {
  try {
    const outcome = await lookFor(deps, reconcile, receipt)
    await settleReceipt(deps.store, receipt, next(deps, receipt, outcome), heardIn(receipt, outcome))
    return outcome
  } catch (error) {
    deps.log.error(
      { err: error, receiptId: receipt.receiptId },
      'a claim could not be followed; its lease runs out and it is tried again',
    )
    return fail({ kind: 'storage_unavailable', cause: 'see the log' })
  }
}

/** Only of what the gateway has tied to an order or a payment held here: what a stranger claims of others leaves nothing behind (D-01). */
function heardIn({ claim }: Receipt, outcome: Result<Reconciled, Problem>) {
  const subjectId = outcome.ok ? (outcome.value.orderId ?? claim.paymentId) : null
  if (subjectId === null) return null
  const entry = { event: 'claim.heard', paymentId: claim.paymentId, from: null, to: null } as const
  return { subjectId, entry: { ...entry, reason: saidIn(claim), because: doorOf(claim, subjectId) } }
}

async function lookFor(
  deps: Deps,
  reconcile: Reconcile,
  receipt: Receipt,
): Promise<Result<Reconciled, Problem>> {
  const { claim } = receipt
  const adoptOrphans = deps.clock.nowMs() - receipt.firstAtMs >= deps.config.orphanAfterMs
  const reason = { claim, atMs: receipt.receivedAtMs, adoptOrphans, isStranger: receipt.isStranger }
  if (claim.paymentId !== null) {
    const byPayment = await reconcile({ by: 'payment', paymentId: claim.paymentId }, reason)
    // An id the gateway does not know (yet) still came with an order: its other tries may tell.
    if (byPayment.ok || byPayment.problem.kind !== 'unknown_payment' || claim.orderId === null)
      return byPayment
    const byOrder = await reconcile({ by: 'order', orderId: claim.orderId }, reason)
    return byOrder.ok || byOrder.problem.kind === 'unknown_order' ? byPayment : byOrder
  }
  return claim.orderId === null
    ? ok({ orderId: null })
    : reconcile({ by: 'order', orderId: claim.orderId }, reason)
}

function next(
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
      'claim dropped: nothing came of it',
    )
    return { state: 'dropped', dueAtMs: null }
  }
  const backoffMs = retryDelayMs(receipt.attempts, deps.random.fraction())
  // What the list names and nobody has registered is looked at once more, when it is given to a person (M-17), or when its order comes.
  if (receipt.claim.source === 'list' && outcome.problem.kind === 'unknown_order')
    return {
      state: 'waiting',
      dueAtMs: Math.max(nowMs + backoffMs, receipt.firstAtMs + deps.config.orphanAfterMs),
    }
  // Junk gets rarer with age: about a dozen looks in its hour. A gateway that is away is asked every minute.
  return { state: 'waiting', dueAtMs: nowMs + (unknown ? Math.max(backoffMs, ageMs / 3) : backoffMs) }
}
