import { z } from 'zod'
import type { GatewayName } from '../gateway-name.ts'
import { gatewayByPaymentId } from '../payment/payment-gateway.ts'
import type { Observation } from '../payment/observation.ts'
import { shownText } from '../payment/fail-reason.ts'
import type { Cancel, PaymentStatus } from '../payment/payment.ts'
import type { GatewayProblem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { detailsFromV2 } from './details.ts'
import { PaymentIdsV2, PaymentV2, TransactionIdsV2, TransactionV2, type TryV2 } from './wire.ts'

/**
 * Reads a payment of V2. A record with valid ids and unreadable money is a problem for an operator (G-08); any other unreadable record, such as one
 * with a new status, is looked up again (G-06). A record of another store than `storeId` is never applied (G-07).
 */
export const readPaymentV2 = (record: unknown, storeId: string): Result<Observation, GatewayProblem> =>
  readTry(PaymentV2, PaymentIdsV2, record, storeId)

/** Reads one try from the list of an order's transactions. */
export const readTransactionV2 = (record: unknown, storeId: string): Result<Observation, GatewayProblem> =>
  readTry(TransactionV2, TransactionIdsV2, record, storeId)

/** A store that is named in another way than by a text might be any. */
const Placed = z.object({ storeId: z.string().nullish() })
const moneyFields = new Set<PropertyKey>(['amount', 'currency', 'cancellations'])

function readTry(
  schema: z.ZodType<TryV2>,
  ids: z.ZodType<{ readonly orderId: string; readonly paymentId: string }>,
  record: unknown,
  storeId: string,
): Result<Observation, GatewayProblem> {
  const placed = Placed.safeParse(record)
  if (!placed.success)
    return fail({ kind: 'gateway_unreadable', where: placed.error.issues[0]?.path.join('.') || 'record' })
  const named = placed.data.storeId ?? storeId
  if (named !== storeId)
    return fail({ kind: 'gateway_wrong_record', asked: storeId, got: shownText(named) ?? '' })
  const row = schema.safeParse(record)
  if (row.success) return observationFrom(row.data)
  const { issues } = row.error
  const identified = ids.safeParse(record)
  const other = issues.find((issue) => !moneyFields.has(issue.path[0] ?? ''))
  const where = (other ?? issues[0])?.path.join('.') || 'record'
  return identified.success && other === undefined
    ? fail({ kind: 'gateway_bad_money', ...identified.data, where })
    : fail({ kind: 'gateway_unreadable', where })
}

function observationFrom(row: TryV2): Result<Observation, GatewayProblem> {
  const { paymentId, orderId, amount, currency } = row
  const channel = row.channel?.type
  // Only READY and FAILED may lack a channel (docs/gateway/portone-v2.md §6.1). Elsewhere its payment may be a test, and never counts as live (G-20).
  if (channel !== 'LIVE' && channel !== 'TEST' && !isWithoutMoney(row))
    return fail({ kind: 'gateway_unreadable', where: 'channel' })
  const cancels = cancelsFrom(row)
  // A sum that no succeeded cancel explains may be one under way (§17): neither returned nor there.
  if (amount.cancelled > 0 && cancels.length === 0)
    return fail({ kind: 'gateway_bad_money', paymentId, orderId, where: 'cancellations' })
  return ok({
    paymentId,
    orderId,
    gateway: gatewayOf(row),
    status: statusFrom(row, cancels),
    amounts: [amount.total],
    currencies: [currency],
    testChannel: channel === 'TEST',
    // A sum that differs from the cancels' is a contradiction, which the decision finds (M-12).
    cancelledAmount: amount.cancelled,
    deposited: 0,
    cancels,
    details: detailsFromV2(row),
  })
}

/** V2 shows V1's payments too (§1). */
const gatewayOf = ({ version, paymentId }: TryV2): GatewayName =>
  version === null ? gatewayByPaymentId(paymentId) : version === 'V1' ? 'portone-v1' : 'portone-v2'

const isWithoutMoney = ({ status }: TryV2): boolean => status === 'READY' || status === 'FAILED'

/** Only a succeeded cancel has returned money (§6.4). */
function cancelsFrom({ cancellations }: TryV2): Cancel[] {
  const cancels = (cancellations ?? []).flatMap((entry): Cancel[] => {
    if (!('id' in entry)) return []
    const { id, totalAmount, reason, cancelledAt, requestedAt } = entry
    return [{ id, amount: totalAmount, atMs: cancelledAt ?? requestedAt ?? 0, reason }]
  })
  return cancels.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
}

function statusFrom(row: TryV2, cancels: readonly Cancel[]): PaymentStatus {
  switch (row.status) {
    case 'READY':
    case 'PAY_PENDING':
      return 'ready'
    case 'VIRTUAL_ACCOUNT_ISSUED':
      return 'awaiting_deposit'
    case 'FAILED':
      return 'failed'
    case 'PAID':
      return cancels.length > 0 ? 'cancelled' : 'paid'
    // The amounts tell a partial cancel from a whole one (M-11).
    case 'PARTIAL_CANCELLED':
    case 'CANCELLED':
      return isUnpaidAccount(row, cancels) ? 'failed' : 'cancelled'
  }
}

const takesDeposits = /^PaymentMethod(?:VirtualAccount|ConvenienceStore)$/

/**
 * An account that was called off before any deposit, so nothing was returned (M-26). A paid payment may lack `paidAt` once it is cancelled (§6.1), so
 * only the missing cancels prove it.
 */
const isUnpaidAccount = ({ method, paidAt }: TryV2, cancels: readonly Cancel[]): boolean =>
  takesDeposits.test(method?.type ?? '') && paidAt === null && cancels.length === 0
