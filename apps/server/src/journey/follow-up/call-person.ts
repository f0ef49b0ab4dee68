import { openReviewFor, type Decision, type Order, type Payment } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { holdsLease, type HeldCancel } from '../../store/cancels.ts'
import { contextOf } from '../reconcile/lookup-context.ts'
import { readSubject, type Subject } from '../requests/subject.ts'

/** Puts an order before a person for a cancel that does not succeed, unless one was called for it already. */
export async function callPerson(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  why: string,
): Promise<'done' | 'stale'> {
  // A worker that another took over from calls nobody: by now the cancel may be done (S-15).
  if (!(await holdsLease(deps.store, row))) return 'done'
  return decided(deps, row, ({ order, payments }) =>
    openReviewFor(
      { ...contextOf(deps), order, payments },
      { reason: 'cancel_failed', paymentId: row.paymentId, payment, atStake: row.amount, note: why },
    ),
  )
}

/** An account that its PG does not close: a line in the order's story, for it is no failed payment (V-10). */
export const noteNotClosed = (deps: Deps, row: HeldCancel, why: string): Promise<'done' | 'stale'> =>
  decided(deps, row, ({ order }) => ({
    order,
    payments: [],
    notices: [],
    intents: [],
    executed: [],
    timeline: [{ event: 'account.not_closed', paymentId: row.paymentId, from: null, to: null, reason: why }],
    proof: null,
  }))

async function decided(
  deps: Deps,
  { orderId, paymentId }: HeldCancel,
  decide: (subject: Subject) => (Decision & { readonly order: Order }) | null,
): Promise<'done' | 'stale'> {
  const subject = await readSubject(deps, orderId, paymentId)
  const decision = subject === null ? null : decide(subject)
  return subject === null || decision === null ? 'done' : subject.record(decision)
}
