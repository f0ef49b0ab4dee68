import { ok, type Problem, type RefundList, type RefundsInput, type Result } from '@landfall/payment-core'
import { refundsIn, refundTotals } from '../../store/refunds.ts'
import { pageOf, placeIn } from './cursor.ts'
import type { Journey } from '../journey.ts'

/** A page of the refunds requested in a time range. The first page includes the totals by cause. */
export async function refundsOf(
  { deps }: Journey,
  input: RefundsInput,
): Promise<Result<RefundList, Problem>> {
  const place = placeIn(input.cursor)
  if (!place.ok) return place
  const range = { fromMs: input.from, toMs: input.to, cause: input.cause ?? null }
  const after = place.value === null ? null : { requestedAtMs: place.value.atMs, id: place.value.id }
  const rows = await refundsIn(deps.store, range, after, input.limit + 1)
  const { page, nextCursor } = pageOf(rows, input.limit, ({ requestedAt: atMs, id }) => ({ atMs, id }))
  const totals = after === null ? await refundTotals(deps.store, range) : null
  return ok({ refunds: [...page], nextCursor, totals })
}
