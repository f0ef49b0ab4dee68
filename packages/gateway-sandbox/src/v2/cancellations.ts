import type { LedgerRow, SandboxPayment } from '../ledger.ts'
import type { State } from '../state.ts'
import type { SandboxCancelRequest } from '../v1/cancel-requests.ts'
import { toMinor, vatOf } from './amounts.ts'
import { isoTime } from './iso-time.ts'

/** A cancel of a payment (docs/gateway/portone-v2.md §6). Only SUCCEEDED is money returned. */
export type V2Cancellation = {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'REQUESTED'
  readonly id: string
  readonly totalAmount: number
  readonly taxFreeAmount: number
  readonly vatAmount: number
  readonly reason: string
  readonly requestedAt: string
  readonly cancelledAt?: string
  readonly pgCancellationId?: string
  readonly trigger: 'CONSOLE' | 'API' | 'CHARGEBACK'
}

const STATUSES = { pending: 'REQUESTED', booked: 'SUCCEEDED', denied: 'FAILED' } as const

/** Every cancel of the payment: the booked ones of its row, then those under way and those that failed. */
export function cancellationsOf(
  state: State,
  payment: SandboxPayment,
  row: LedgerRow,
): readonly V2Cancellation[] {
  const booked = row.cancel_history.map((entry): V2Cancellation => {
    const id = entry.cancellation_id ?? ''
    const request = state.cancels.find(id)
    const { cancelled_at: at, amount, reason } = entry
    const trigger = state.v2.chargebacks.has(id) ? 'CHARGEBACK' : request === undefined ? 'CONSOLE' : 'API'
    return {
      status: 'SUCCEEDED',
      id,
      ...partsOf(amount, row.currency, request),
      reason: reason ?? '',
      requestedAt: isoTime(request === undefined ? at : request.askedAtMs / 1000),
      cancelledAt: isoTime(at),
      ...(entry.pg_tid == null ? {} : { pgCancellationId: entry.pg_tid }),
      trigger,
    }
  })
  const others = state.cancels
    .all(payment.paymentId)
    .filter((request) => request.state === 'pending' || request.state === 'denied')
  return [...booked, ...others.map((request) => cancellationOf(request, row.currency))]
}

/** One cancel asked for over the API, whatever became of it. */
export const cancellationOf = (request: SandboxCancelRequest, currency: string): V2Cancellation => ({
  status: request.state === 'refused' ? 'FAILED' : STATUSES[request.state],
  id: request.id,
  ...partsOf(request.amount, currency, request),
  reason: request.asked.reason ?? '',
  requestedAt: isoTime(request.askedAtMs / 1000),
  ...(request.state === 'booked' && request.settledAtMs !== null
    ? { cancelledAt: isoTime(request.settledAtMs / 1000) }
    : {}),
  trigger: 'API',
})

/** Without a tax-free part the cancel is all taxable (docs/gateway/portone-v2.md §8). */
function partsOf(amount: number, currency: string, request: SandboxCancelRequest | undefined) {
  const totalAmount = toMinor(amount, currency)
  const taxFreeAmount = toMinor(request?.asked.taxFree ?? 0, currency)
  const vat = request?.asked.vatAmount
  const vatAmount = vat == null ? vatOf(totalAmount - taxFreeAmount) : toMinor(vat, currency)
  return { totalAmount, taxFreeAmount, vatAmount }
}

/** The tax-free part of the booked cancels, in minor units. */
export const taxFreeCancelled = (state: State, row: LedgerRow): number =>
  row.cancel_history.reduce((sum, { cancellation_id: id }) => {
    const taxFree = state.cancels.find(id ?? '')?.asked.taxFree ?? 0
    return sum + toMinor(taxFree, row.currency)
  }, 0)
