import { z } from 'zod'
import { CancelCause, CancelState } from '../decision/decision.ts'
import { CancelView, Moment, PageCursor, PageLimit } from './orders.ts'
import { strictInput } from './strict-input.ts'

/** Closing an account returns no money, so it is no refund. */
export const RefundCause = CancelCause.exclude(['account'])
export type RefundCause = z.infer<typeof RefundCause>

/** `orders.refunds`: the refunds requested in a period. */
export const RefundsInput = strictInput({
  from: Moment,
  to: Moment,
  cause: RefundCause.optional(),
  cursor: PageCursor,
  limit: PageLimit,
}).refine(({ from, to }) => from < to, { message: 'is not before to', path: ['from'] })
export type RefundsInput = z.output<typeof RefundsInput>

export const RefundRow = CancelView.extend({ orderId: z.string(), currency: z.string() })
export type RefundRow = z.infer<typeof RefundRow>

export const RefundTotal = z.object({
  cause: CancelCause,
  state: CancelState,
  currency: z.string(),
  count: z.number().int(),
  /** Minor units. */
  amount: z.number(),
})
export type RefundTotal = z.infer<typeof RefundTotal>

/** Oldest request first. */
export const RefundList = z.object({
  refunds: z.array(RefundRow),
  nextCursor: z.string().nullable(),
  /** Totals over the whole period; null on later pages. */
  totals: z.array(RefundTotal).nullable(),
})
export type RefundList = z.infer<typeof RefundList>
