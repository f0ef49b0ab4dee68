import { fail, ok, type Result } from '@landfall/payment-core'
import { cancelInConsole } from '../cancelling.ts'
import type { SandboxPayment } from '../ledger.ts'
import { describe, unknown } from '../refused.ts'
import type { SandboxRefusal } from '../refused.ts'
import type { State } from '../state.ts'

/** Without a reason for a new dispute, the open one is resolved. */
export type DisputeChange = { readonly reason: string } | 'resolved'

/** Opens a dispute on a paid V2 payment, or resolves the open ones. V1 knows no disputes. */
export async function dispute(
  state: State,
  txId: string,
  change: DisputeChange,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  const payment = state.ledger.find(txId)
  if (payment === undefined) return unknown(txId)
  const { v2 } = payment
  if (v2 === undefined || payment.row.paid_at === 0)
    return fail(`${txId} is ${describe(payment)}: only a payment that V2 opened can be disputed`)
  const nowMs = state.clock.nowMs()
  if (change === 'resolved') {
    if (!v2.disputes.some(({ status }) => status === 'UNRESOLVED')) return fail(`${txId} has no open dispute`)
    v2.disputes = v2.disputes.map((one) =>
      one.status === 'RESOLVED' ? one : { ...one, status: 'RESOLVED', resolvedAtMs: nowMs },
    )
  } else {
    const opened = {
      status: 'UNRESOLVED',
      reason: change.reason,
      createdAtMs: nowMs,
      resolvedAtMs: null,
    } as const
    v2.disputes = [...v2.disputes, opened]
  }
  const type = change === 'resolved' ? 'Transaction.DisputeResolved' : 'Transaction.DisputeCreated'
  const how = state.misbehaviour.of(payment.misbehaviour)
  // Only the newer version of webhooks knows disputes (docs/gateway/portone-v2.md §10).
  if (how.webhookVersion === '2024-04-25')
    await state.webhooks.fire(payment, { status: payment.row.status, type }, how)
  return ok(payment)
}

/** The card company takes the money back: a cancel that nobody of the shop asked for. */
export async function chargeBack(
  state: State,
  txId: string,
  amount?: number,
): Promise<Result<SandboxPayment, SandboxRefusal>> {
  const before = state.ledger.find(txId)?.row.cancel_history.length ?? 0
  const cancelled = await cancelInConsole(state, txId, amount)
  if (cancelled.ok)
    for (const { cancellation_id: id } of cancelled.value.row.cancel_history.slice(before))
      state.v2.chargebacks.add(id ?? '')
  return cancelled
}
