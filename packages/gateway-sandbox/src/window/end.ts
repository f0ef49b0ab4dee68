import type { Result } from '@landfall/payment-core'
import { endingOf } from '../v1/ending.ts'
import type { Ending } from '../v1/ending.ts'
import type { SandboxPayment } from '../ledger.ts'
import { describe, fail, ok, unknown } from '../refused.ts'
import type { SandboxRefusal } from '../refused.ts'
import type { Refusal } from '../scenarios.ts'
import type { State } from '../state.ts'

/** The payment, if its window is still open: `ready`, no account, nothing told to the browser yet. */
export function openWindow(state: State, impUid: string): Result<SandboxPayment, SandboxRefusal> {
  const payment = state.ledger.find(impUid)
  if (payment === undefined) return unknown(impUid)
  const isOpen = payment.row.status === 'ready' && payment.row.vbank_num === null && payment.ending === null
  return isOpen ? ok(payment) : fail(`${impUid} is ${describe(payment)}: its window is done`)
}

/** The browser is told once; a later approval finds nobody in the window and changes nothing there. */
export function endWindow(state: State, payment: SandboxPayment, refusal: Refusal | null): Ending {
  const mode = state.misbehaviour.of(payment.misbehaviour).redirect
  payment.ending ??= endingOf(payment, refusal, mode)
  return payment.ending
}
