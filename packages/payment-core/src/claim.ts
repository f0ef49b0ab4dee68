import { z } from 'zod'
import { firstGateway, GatewayName } from './gateway-name.ts'
import { OrderId, PaymentId } from './order/ids.ts'
import { FailReason } from './payment/fail-reason.ts'
import type { Problem } from './problem.ts'
import { fail, ok, type Result } from './result.ts'

/**
 * What a return or a webhook says happened. It names what to look up and is never believed (S-09). `says` only paces the look-ups and chooses the
 * sentence on the screen until the gateway has concluded.
 */
export const Claim = z.object({
  /**
   * `return`: through the order's own link. `visit`: by anybody else; only its ids are used (S-25). `list`: found in the gateway's list of changes.
   */
  source: z.enum(['return', 'visit', 'webhook', 'list']),
  /** The protocol that it came by. Only a look-up whose order is not known here goes by it. */
  gateway: GatewayName.default(firstGateway),
  paymentId: PaymentId.nullable(),
  orderId: OrderId.nullable(),
  says: z.enum(['success', 'failure', 'nothing']),
  /** The webhook's status and cancellation id, which distinguish webhooks about one payment. */
  status: z.string().nullable(),
  cancellationId: z.string().nullable(),
  /** The customer's dispute that a signed webhook tells of (M-18). `atMs`: the gateway's time of the event, epoch ms; null if it is unreadable. */
  dispute: z.object({ isOpen: z.boolean(), atMs: z.number().int().nullable() }).optional(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
})
export type Claim = z.infer<typeof Claim>

/**
 * Reads a row of the gateway's list of changes as a claim, which is looked up like any other (V-08, M-10). An order id that we could not have
 * issued is dropped.
 */
export function claimFromList(listed: {
  readonly gateway: GatewayName
  readonly paymentId: string
  readonly orderId: string
  readonly status: string
  readonly cancelledAmount: number
  readonly deposited: number
}): Result<Claim, Extract<Problem, { kind: 'bad_input' }>> {
  const paymentId = PaymentId.safeParse(listed.paymentId)
  if (!paymentId.success) return fail({ kind: 'bad_input', where: 'paymentId' })
  return ok({
    source: 'list',
    gateway: listed.gateway,
    paymentId: paymentId.data,
    orderId: OrderId.safeParse(listed.orderId).data ?? null,
    says: 'nothing',
    // Each new amount cancelled or deposited is a new claim.
    status: `${listed.status} ${listed.cancelledAmount} ${listed.deposited}`,
    cancellationId: null,
    failReason: null,
    message: null,
  })
}
