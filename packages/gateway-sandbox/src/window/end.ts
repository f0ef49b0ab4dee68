import { fail, ok, type Result } from '@landfall/payment-core'
import { endingOf } from '../v1/ending.ts'
import type { Ending } from '../v1/ending.ts'
import type { SandboxPayment } from '../ledger.ts'
import { describe, unknown } from '../refused.ts'
import type { SandboxRefusal } from '../refused.ts'
import type { Refusal } from '../scenarios.ts'
import type { State } from '../state.ts'
import { endingOfV2 } from '../v2/ending.ts'

/** Returns the payment if its window is open: `ready`, without an account and without a result. */
export function openWindow(state: State, paymentId: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(paymentId)
  if (payment === undefined) return unknown(paymentId)
  const isOpen = payment.row.status === 'ready' && payment.row.vbank_num === null && payment.ending === null
  return isOpen ? ok(payment) : fail(`${paymentId} is ${describe(payment)}: its window is done`)
}

/** Sets the window's result once. A later approval does not change it. */
export function endWindow(state: State, payment: SandboxPayment, refusal: Refusal | null): Ending {
  const mode = state.misbehaviour.of(payment.misbehaviour).redirect
  payment.ending ??=
    payment.v2 === undefined
      ? endingOf(payment, refusal, mode)
      : endingOfV2(payment, payment.v2, refusal, state.misbehaviour.of(payment.misbehaviour))
  return payment.ending
}
