import { z } from 'zod'
import { count, currencyCode, text } from './described.ts'
import { CancelCause, CancelState } from '../decision/decision.ts'
import { CancelView, Moment, nextPage, PageCursor, PageLimit } from './orders.ts'
import { strictInput } from './strict-input.ts'

/** Closing an account returns no money, so it is no refund. */
export const RefundCause = CancelCause.exclude(['account'])
export type RefundCause = z.infer<typeof RefundCause>

/** `orders.refunds`: the refunds requested in a period. */
export const RefundsInput = strictInput({
  from: Moment.describe('Only refunds requested at this time or later, in epoch milliseconds.'),
  to: Moment.describe('Only refunds requested before this time, in epoch milliseconds.'),
  cause: RefundCause.optional().describe('Only refunds of this cause.'),
  cursor: PageCursor,
  limit: PageLimit,
}).refine(({ from, to }) => from < to, { message: 'is not before to', path: ['from'] })
export type RefundsInput = z.output<typeof RefundsInput>

export const RefundRow = CancelView.extend({
  orderId: text('The order’s id.', 'ord-1001'),
  currency: currencyCode(),
})
export type RefundRow = z.infer<typeof RefundRow>

export const RefundTotal = z.object({
  cause: CancelCause,
  state: CancelState,
  currency: currencyCode(),
  count: count('The number of refunds.'),
  amount: z.number().describe('Their sum, in minor units of the currency.'),
})
export type RefundTotal = z.infer<typeof RefundTotal>

export const RefundList = z.object({
  refunds: z.array(RefundRow).describe('Oldest request first.'),
  nextCursor: nextPage('The `cursor` of the next page; null on the last.'),
  totals: z.array(RefundTotal).nullable().describe('Totals over the whole period; null on later pages.'),
})
export type RefundList = z.infer<typeof RefundList>
