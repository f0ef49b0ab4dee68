import type { Result } from '@landfall/payment-core'
import type { Payment } from './ledger.ts'

/** Why the gateway cannot do what was asked of a payment: one sentence for the developer. */
export type Refused = string

// The core is imported for its types alone, so that this program starts without it.
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const fail = (problem: Refused): Result<never, Refused> => ({ ok: false, problem })
export const unknown = (impUid: string): Result<never, Refused> => fail(`no payment ${impUid}`)

/** A payment's state in the words of a refusal. */
export const describe = ({ row }: Payment): string =>
  row.vbank_num === null ? row.status : `${row.status} (virtual account)`
