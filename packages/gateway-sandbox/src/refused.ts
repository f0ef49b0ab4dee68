import type { Result } from '@landfall/payment-core'
import type { SandboxPayment } from './ledger.ts'

/** Why the payment's state does not allow an operation, in one sentence for the developer. */
export type SandboxRefusal = string

// The sandbox imports only types of the core, so that it starts without it.
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const fail = (problem: SandboxRefusal): Result<never, SandboxRefusal> => ({ ok: false, problem })
export const unknown = (paymentId: string): Result<never, SandboxRefusal> => fail(`no payment ${paymentId}`)

/** Describes a payment's state for a refusal. */
export const describe = ({ row }: SandboxPayment): string =>
  row.vbank_num === null ? row.status : `${row.status} (virtual account)`
