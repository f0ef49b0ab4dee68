import { DEPOSIT_GRACE_MS, LATER_APPROVAL_MS, SETTLE_SILENT_MS, type Order, type Return } from './order.ts'
import { begunLast, heldMoney, type Payment } from '../payment/payment.ts'
import { hasSettled } from './returns.ts'

/** The gateway's clock may be ahead of ours: a window that it has just opened then begins in the future. */
const CLOCK_ALLOWANCE_MS = 60_000

/** The customer's return for a payment, if any. */
export const returnOf = (order: Order, paymentId: string): Return | null =>
  order.returns.find((each) => each.paymentId === paymentId) ?? null

/** The customer's newest return, for whichever payment. */
export const newestReturn = (order: Order): Return | null => order.returns.at(-1) ?? null

/** The payment that the newest return names, otherwise the one begun last. */
export function currentPayment(order: Order, payments: readonly Payment[]): Payment | null {
  const named = newestReturn(order)?.paymentId ?? null
  if (named !== null) return payments.find((payment) => payment.paymentId === named) ?? null
  return begunLast(payments)
}

/**
 * Since when a payment has been under way that may still succeed; null if none is. Every payment of the order counts, not only the newest (S-22,
 *
 */
export function underWaySince(order: Order, payments: readonly Payment[], nowMs: number): number | null {
  const tries = payments.filter((payment) => mayStillPay(order, payment, nowMs))
  const unseen = order.returns.filter(
    (each) => !payments.some((payment) => payment.paymentId === each.paymentId) && !hasSettled(each, nowMs),
  )
  const since = [
    ...tries.map(
      (payment) => returnOf(order, payment.paymentId)?.atMs ?? payment.details.startedAtMs ?? nowMs,
    ),
    ...unseen.map(({ atMs }) => atMs),
  ]
  return since.length === 0 ? null : Math.max(...since)
}

function mayStillPay(order: Order, payment: Payment, nowMs: number): boolean {
  const { status, details, contradiction } = payment
  if (contradiction !== null) return true
  if (heldMoney(payment) || status === 'failed') return false
  if (status === 'awaiting_deposit')
    return details.accountDueAtMs === null || nowMs < details.accountDueAtMs + DEPOSIT_GRACE_MS
  const said = returnOf(order, payment.paymentId)
  const laterMs = details.approval === 'later' ? LATER_APPROVAL_MS : 0
  if (said !== null) return !hasSettled(said, nowMs, laterMs)
  // A window that is open in another tab, or of a PG that does not redirect. Some of those approve later.
  const sinceMs = nowMs - (details.startedAtMs ?? 0)
  return sinceMs >= -CLOCK_ALLOWANCE_MS && sinceMs < Math.max(SETTLE_SILENT_MS, laterMs)
}

/** The gateway refuses an order id for ever once it was paid (docs/gateway/portone-v1.md §1.2, M-32). */
export const isNumberSpent = (payments: readonly Payment[]): boolean => payments.some(heldMoney)
