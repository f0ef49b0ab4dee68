import type { z } from 'zod'
import { wholeNumber } from './variable-kinds.ts'

const DAY_MS = 24 * 3_600_000
/** Late money, accounts and repeated refunds end within a month; a shop may want an order's record longer. */
const LEAST_DAYS = 30
const ORDERS_LEAST_DAYS = 90
const MOST_DAYS = 36_500

const days = (least: number) =>
  wholeNumber(0, MOST_DAYS, 0, 'of days ')
    .refine((value) => value === 0 || value >= least, `needs 0, or at least ${least} days`)
    .transform((value) => (value === 0 ? null : value * DAY_MS))

/** How long what belongs to settled orders is kept. 0, and a variable that is not set, keep it for ever. */
export const RetentionSettings = {
  ORDERS_KEPT_DAYS: days(ORDERS_LEAST_DAYS),
  PAYMENT_DETAILS_KEPT_DAYS: days(LEAST_DAYS),
  TIMELINE_KEPT_DAYS: days(LEAST_DAYS),
  NOTICES_KEPT_DAYS: days(LEAST_DAYS),
}

export type KeptFor = ReturnType<typeof keptForFrom>

/** In milliseconds; null keeps it for ever. */
export const keptForFrom = (env: z.output<z.ZodObject<typeof RetentionSettings>>) => ({
  /** The order with everything that belongs to it, from its registration and its last look-up on. */
  ordersMs: env.ORDERS_KEPT_DAYS,
  /** Personal details of payments, from their last recording on. */
  paymentDetailsMs: env.PAYMENT_DETAILS_KEPT_DAYS,
  timelineMs: env.TIMELINE_KEPT_DAYS,
  /** Notices that were delivered or parked. */
  noticesMs: env.NOTICES_KEPT_DAYS,
})
