import type { Payment } from '../payment/payment.ts'

/** Something that was asked of the gateway, as far as a decision needs it. */
export type RequestedRefund = {
  readonly intentId: string
  readonly paymentId: string
  /** Minor units; 0 for an account that is closed. */
  readonly amount: number
  readonly isDone: boolean
}

const MARK = /^\s*((?:shop|auto|hand)-\S+): /

/** The mark comes first in a cancel's reason, so that a PG that cuts the text keeps it; '' in one that is not ours, and where there is none. */
export const markIn = (reason: string | null): string => MARK.exec(String(reason))?.[1] ?? ''

/** What the gateway's list shows under an intent's mark: nobody else's cancel has it. */
export const returnedUnder = (intentId: string, payment: Payment): readonly number[] =>
  payment.cancels.filter(({ reason }) => markIn(reason) === intentId).map(({ amount }) => amount)
