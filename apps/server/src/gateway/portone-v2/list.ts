import { fail, gatewayByPaymentId, ok, PaymentIdsV2, readPaymentV2 } from '@landfall/payment-core'
import { z } from 'zod'
import type { AnswerOf, Caller } from '../call.ts'
import type { ChangedPage, ChangedPayment, ChangedWindow } from '../gateway.ts'
import { sentAtMs } from '../header-times.ts'
import { listCall, readPage } from './lookup.ts'

const PAGE_SIZE = 100
/** The lists reach back 90 days by default. Some PGs tell times in whole seconds (docs/gateway/portone-v2.md §5.1, §6.5). */
export const changedLimitsV2 = { reachMs: 89 * 24 * 3_600_000, windowMinMs: 2_000 }

const statuses = { paid: ['PAID'], cancelled: ['PARTIAL_CANCELLED', 'CANCELLED'] } as const
const rfc3339 = (ms: number): string => z.coerce.date().parse(ms).toISOString()

/**
 * Lists payments by the time of their present status, so that a paid payment that was cancelled later appears in the cancelled list alone. Our pages
 * count from 1, V2's from 0 (docs/gateway/portone-v2.md §5).
 */
export async function listChangedV2(
  call: Caller,
  storeId: string,
  { status, fromMs, toMs }: ChangedWindow,
  page: number,
): AnswerOf<ChangedPage> {
  const filter = {
    storeId,
    timestampType: 'STATUS_CHANGED_AT',
    from: rfc3339(fromMs),
    until: rfc3339(toMs),
    status: statuses[status],
    sortBy: 'STATUS_CHANGED_AT',
    sortOrder: 'ASC',
  }
  const answer = await call(listCall({ page: { number: page - 1, size: PAGE_SIZE }, filter }))
  if (!answer.ok) return answer
  const atMs = sentAtMs(answer.value)
  const read = readPage(answer.value)
  if (!read.ok) return read
  const { items, page: shown } = read.value
  // Rows that are counted and not told may be money (S-20).
  if (items.length === 0 && (page - 1) * PAGE_SIZE < shown.totalCount)
    return fail({ kind: 'gateway_unreadable', where: 'items' })
  return ok({
    payments: items.flatMap((item) => changedFrom(item, storeId)),
    nextPage: page * PAGE_SIZE < shown.totalCount ? page + 1 : null,
    total: shown.totalCount,
    atMs,
  })
}

/** Keeps a row that names its payment, even when the rest is unreadable: a look-up can still read it. Another store's is not ours. */
function changedFrom(item: unknown, storeId: string): ChangedPayment[] {
  const ids = PaymentIdsV2.safeParse(item)
  if (!ids.success) return []
  const seen = readPaymentV2(item, storeId)
  const gateway = seen.ok ? seen.value.gateway : gatewayByPaymentId(ids.data.paymentId)
  if (!seen.ok)
    return seen.problem.kind === 'gateway_wrong_record' ? [] : [{ gateway, ...ids.data, facts: null }]
  const { status, cancelledAmount, deposited } = seen.value
  return [{ gateway, ...ids.data, facts: { status, cancelledAmount, deposited } }]
}
