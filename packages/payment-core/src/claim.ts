import { z } from 'zod'
import { OrderId, PaymentId } from './order/ids.ts'
import { FailReason } from './payment/fail-reason.ts'

/**
 * What a return or a webhook says happened. It names what to look up and is never believed (S-09). `says` only paces the look-ups and chooses the
 * sentence on the screen until the gateway has concluded.
 */
export const Claim = z.object({
  /**
   * `return`: through the order's own link. `visit`: by anybody else; only its ids are used (S-25). `list`: found in the gateway's list of changes.
   */
  source: z.enum(['return', 'visit', 'webhook', 'list']),
  paymentId: PaymentId.nullable(),
  orderId: OrderId.nullable(),
  says: z.enum(['success', 'failure', 'nothing']),
  /** The webhook's status and cancellation id, which distinguish webhooks about one payment. */
  status: z.string().nullable(),
  cancellationId: z.string().nullable(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
})
export type Claim = z.infer<typeof Claim>
