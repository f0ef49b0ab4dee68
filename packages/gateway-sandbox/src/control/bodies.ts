import { z } from 'zod'
import type { Prepared } from '../ledger.ts'
import { Means, REFUSALS } from '../scenarios.ts'
import type { RefusalCause } from '../scenarios.ts'

/** The request bodies of the control API. The handle uses the same types. */
export const Approval = Means.extend({ amount: z.number().positive().optional() })
export type Approval = z.input<typeof Approval>

/** A prepared amount that another shop registered. */
export const PreparedAmount = z.object({
  merchantUid: z.string().min(1).max(40),
  /** Without an amount the prepared amount is removed. */
  amount: z.number().positive().optional(),
  currency: z.string().default('KRW'),
})
export type PreparedAmount = z.input<typeof PreparedAmount>

export const preparedOf = ({ amount, currency = 'KRW' }: PreparedAmount): Prepared | null =>
  amount === undefined ? null : { amount, currency }

/** Without `cancelId` the request applies to all pending cancels of the payment. `reason` is the text of a denial. */
export const Choice = z.object({ cancelId: z.string().optional(), reason: z.string().optional() })

export const Cause = z.object({
  cause: z.custom<RefusalCause>((text) => typeof text === 'string' && Object.hasOwn(REFUSALS, text)),
})
export const Bank = z.object({ bankCode: z.string().default('088') })
export const Leaves = z.object({ leaves: z.enum(['failed', 'ready']).optional() })
export const Sum = z.object({ amount: z.number().positive().optional() })
export const Nothing = z.object({})
export const Advance = z.object({ ms: z.number().int().min(0) })
/** At most two live secrets, as in the gateway's console. */
export const WebhookSecrets = z.object({
  secrets: z
    .array(z.string().regex(/^whsec_[A-Za-z0-9+/=]+$/))
    .min(1)
    .max(2),
})
export const DisputeReason = z.object({ reason: z.string().default('상품을 받지 못함') })
export const WebhookUrl = z.object({ webhookUrl: z.url({ protocol: /^https?$/ }).nullable() })
