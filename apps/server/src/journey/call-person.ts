import { openReviewFor, type Decision, type Order, type Payment } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { holdsLease, type HeldCancel } from '../store/cancels.ts'
import { readOrder, recordDecision } from '../store/orders.ts'
import { contextOf } from './look.ts'

/** Puts an order before a person for a cancel that does not succeed, unless one was called for it already. */
export async function callPerson(
  deps: Deps,
  row: HeldCancel,
  payment: Payment | null,
  why: string,
): Promise<'done' | 'stale'> {
  // A worker that another took over from calls nobody: by now the cancel may be done (S-15).
  if (!(await holdsLease(deps.store, row))) return 'done'
  return decided(deps, row.orderId, (order, payments) =>
    openReviewFor(
      { ...contextOf(deps), order, payments },
      { reason: 'cancel_failed', paymentId: row.paymentId, payment, atStake: row.amount, note: why },
    ),
  )
}

/** An account that its PG does not close: a line in the order's story, for it is no failed payment (V-10). */
export const noteNotClosed = (deps: Deps, row: HeldCancel, why: string): Promise<'done' | 'stale'> =>
  decided(deps, row.orderId, (order) => ({
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
  orderId: string,
  decide: (order: Order, payments: readonly Payment[]) => (Decision & { readonly order: Order }) | null,
): Promise<'done' | 'stale'> {
  const record = await readOrder(deps.store, orderId)
  if (record === null) return 'done'
  const decision = decide(
    record.order,
    record.payments.map((held) => held.payment),
  )
  if (decision === null) return 'done'
  const at = { nowMs: deps.clock.nowMs(), dueAtMs: record.dueAtMs, lookedAtMs: record.lookedAtMs }
  return recordDecision(deps.store, record, decision, at)
}
