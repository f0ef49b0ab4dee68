import { fail, ok, type Result } from '@landfall/payment-core'
import type { Prepared, SandboxPayment } from './ledger.ts'
import { ownMisbehaviour } from './misbehaviour.ts'
import type { Misbehaviour, PaymentMisbehaviour } from './misbehaviour.ts'
import { unknown } from './refused.ts'
import type { SandboxRefusal } from './refused.ts'
import type { State } from './state.ts'

/** Sets the prepared amount of an order number on behalf of another shop. null removes it. */
export function prepare({ ledger }: State, orderId: string, held: Prepared | null): void {
  if (held === null) ledger.prepared.delete(orderId)
  else ledger.prepared.set(orderId, held)
}

/** Changes the payment's own switches. null removes them. */
export function misbehave(
  state: State,
  paymentId: string,
  change: PaymentMisbehaviour | null,
): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  payment.misbehaviour =
    change === null ? {} : ownMisbehaviour(payment.misbehaviour, change, state.clock.nowMs())
  return ok(payment)
}

export function resendWebhook(state: State, paymentId: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  if (payment.noticeUrls.length === 0) return fail(`${paymentId} was made without a webhook address`)
  const cancellationId = payment.row.cancel_history.at(-1)?.cancellation_id ?? undefined
  const how: Misbehaviour = { ...state.misbehaviour.of(payment.misbehaviour), webhook: 'normal' }
  state.webhooks.resend(payment, { status: payment.row.status, cancellationId }, how)
  return ok(payment)
}
