import type { Payment } from './payment.ts'

/** Something that was asked of the gateway, as far as a decision needs it. */
export type AskedBack = {
  readonly intentId: string
  readonly paymentId: string
  /** Minor units; 0 for an account that is closed. */
  readonly amount: number
  readonly isDone: boolean
}

/** The mark comes first in a cancel's reason, so that a PG that cuts the text keeps it; '' in one that is not ours. */
export function markIn(reason: string | null): string {
  const mark = /^\S+(?=: )/.exec(reason?.trim() ?? '')?.[0] ?? ''
  return /^(shop|auto|hand)-/.test(mark) ? mark : ''
}

/** What the gateway's list shows under an intent's mark: nobody else's cancel has it. */
export const returnedUnder = (intentId: string, payment: Payment): readonly number[] =>
  payment.cancels.filter(({ reason }) => markIn(reason) === intentId).map(({ amount }) => amount)
