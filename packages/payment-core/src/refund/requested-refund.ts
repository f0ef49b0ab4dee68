import type { Payment } from '../payment/payment.ts'

/** A request to the gateway, as decisions need it. */
export type RequestedRefund = {
  readonly intentId: string
  readonly paymentId: string
  /** Minor units; 0 for closing a virtual account. */
  readonly amount: number
  readonly isDone: boolean
  /** The cancelled amount when it was sent, minor units; null unless it is under way: sent, not refused, and not yet seen done. */
  readonly cancelledBefore: number | null
}

const MARK = /^\s*((?:shop|auto|hand)-\S+): /

/** The intent's id at the start of a cancel's reason, where a PG that shortens the text keeps it. Empty if the cancel is not ours. */
export const markIn = (reason: string | null): string => MARK.exec(String(reason))?.[1] ?? ''

/** Whether the gateway's list shows a refund under its mark, as a whole. A PG may book less than was asked (M-24). */
export function isBooked(
  { intentId, amount }: Pick<RequestedRefund, 'intentId' | 'amount'>,
  payment: Payment,
): boolean {
  const booked = returnedUnder(intentId, payment)
  return booked.length > 0 && booked.reduce((sum, each) => sum + each, 0) >= amount
}

/**
 * The amount that went back since the request was sent, under nobody's mark: some PGs drop the reason. Without a list it is all that went back since.
 * Zero for a request that is not under way.
 */
export function returnedUnmarked({ cancelledBefore }: RequestedRefund, payment: Payment): number {
  if (cancelledBefore === null) return 0
  const since = payment.cancelledAmount - cancelledBefore
  const unmarked = payment.cancels.filter(({ amount, reason }) => markIn(reason) === '' && amount <= since)
  return payment.cancels.length === 0 ? since : Math.max(0, ...unmarked.map(({ amount }) => amount))
}

/** The amounts that the gateway's list shows under an intent's mark. */
export const returnedUnder = (intentId: string, payment: Payment): readonly number[] =>
  payment.cancels.filter(({ reason }) => markIn(reason) === intentId).map(({ amount }) => amount)
