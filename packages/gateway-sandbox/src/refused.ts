import type { Result } from '@landfall/payment-core'
import type { SandboxPayment } from './ledger.ts'

/** Why the gateway cannot do what was asked of a payment: one sentence for the developer. */
export type SandboxRefusal = string

// The core is imported for its types alone, so that this program starts without it.
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const fail = (problem: SandboxRefusal): Result<never, SandboxRefusal> => ({ ok: false, problem })
export const unknown = (impUid: string): Result<never, SandboxRefusal> => fail(`no payment ${impUid}`)

/** A payment's state in the words of a refusal. */
export const describe = ({ row }: SandboxPayment): string =>
  row.vbank_num === null ? row.status : `${row.status} (virtual account)`
