import { z } from 'zod'
import { OrderId, PaymentId } from './order/ids.ts'
import { FailReason } from './payment/fail-reason.ts'

/**
 * What a return or a webhook says happened. It names what to look up and is never believed (S-09). `says`
 * only paces the look-ups and chooses the sentence shown while the gateway itself has not concluded.
 */
export const Claim = z.object({
  /**
   * `return`: the customer came back through the order's own link. `visit`: anybody else who names something to look at, and is not listened to
   * (S-25). `list`: our own timer found it in the gateway's list of what has changed.
   */
  source: z.enum(['return', 'visit', 'webhook', 'list']),
  paymentId: PaymentId.nullable(),
  orderId: OrderId.nullable(),
  says: z.enum(['success', 'failure', 'nothing']),
  /** The webhook's status word and cancellation id: they tell one webhook about a payment from another. */
  status: z.string().nullable(),
  cancellationId: z.string().nullable(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
})
export type Claim = z.infer<typeof Claim>
