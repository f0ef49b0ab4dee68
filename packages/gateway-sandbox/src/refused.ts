import { fail, type Result } from '@landfall/payment-core'
import type { SandboxPayment } from './ledger.ts'

/** Why the payment's state does not allow an operation, in one sentence for the developer. */
export type SandboxRefusal = string

export const unknown = (paymentId: string): Result<never, SandboxRefusal> => fail(`no payment ${paymentId}`)

/** Describes a payment's state for a refusal. */
export const describe = ({ row }: SandboxPayment): string =>
  row.vbank_num === null ? row.status : `${row.status} (virtual account)`
