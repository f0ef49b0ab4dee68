import { openReviewFor, type Decision, type Order, type Payment } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { holdsLease, type HeldCancel } from '../../store/cancels.ts'
import { baseDecideInput } from '../reconcile/lookup-context.ts'
import { emptyDecision, readSubject, type Subject } from '../requests/subject.ts'

/** Opens a review for a refund that does not succeed, unless one is open already. */
export async function callPerson(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  why: string,
): Promise<'done' | 'stale'> {
  // A worker that has lost its lease opens none: another worker may have completed the refund (S-15).
  if (!(await holdsLease(deps.store, row))) return 'done'
  return decideAndRecord(deps, row, ({ order, payments }) =>
    openReviewFor(
      { ...baseDecideInput(deps), order, payments },
      { reason: 'cancel_failed', paymentId: row.paymentId, payment, atStake: row.amount, note: why },
    ),
  )
}

/** Notes in the order's timeline that the PG did not close a virtual account. That is no failed payment, so it opens no review (V-10). */
export const noteNotClosed = (deps: Deps, row: HeldCancel, why: string): Promise<'done' | 'stale'> =>
  decideAndRecord(deps, row, ({ order }) => ({
    ...emptyDecision(order),
    timeline: [{ event: 'account.not_closed', paymentId: row.paymentId, from: null, to: null, reason: why }],
  }))

async function decideAndRecord(
  deps: Deps,
  { orderId, paymentId }: HeldCancel,
  decide: (subject: Subject) => (Decision & { readonly order: Order }) | null,
): Promise<'done' | 'stale'> {
  const subject = await readSubject(deps, orderId, paymentId)
  const decision = subject === null ? null : decide(subject)
  return subject === null || decision === null ? 'done' : subject.record(decision)
}
