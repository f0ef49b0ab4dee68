import type { Hono } from 'hono'
import { z } from 'zod'
import { requestCancel } from '../cancelling.ts'
import type { SandboxEnv, State } from '../state.ts'
import type { CancelAsked } from '../v1/cancel-requests.ts'
import { fromMinor } from './amounts.ts'
import { objectionV2 } from './cancel-objections.ts'
import { cancellationOf } from './cancellations.ts'
import { freshV2Id } from './ids.ts'
import { inputAs, isV2ErrorType, pgProblem, problem } from './problems.ts'
import { tryOf } from './tries.ts'

const Minor = z.number().int().nonnegative()
/** The input of a cancel (docs/gateway/portone-v2.md §8), in minor units. */
const V2CancelInput = z.object({
  storeId: z.string().optional(),
  reason: z.string().min(1),
  amount: z.number().int().positive().optional(),
  taxFreeAmount: Minor.optional(),
  vatAmount: Minor.optional(),
  requester: z.enum(['CUSTOMER', 'ADMIN']).optional(),
  /** The balance that the caller expects. A different balance refuses the cancel. */
  currentCancellableAmount: Minor.optional(),
  promotionDiscountRetainOption: z.enum(['RETAIN', 'RELEASE']).optional(),
  refundAccount: z
    .object({
      bank: z.string(),
      number: z.string(),
      holderName: z.string(),
      holderPhoneNumber: z.string().optional(),
    })
    .optional(),
  skipWebhook: z.boolean().optional(),
})
type V2CancelInput = z.output<typeof V2CancelInput>

export function cancelRouteV2(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/:paymentId/cancel', async (c) => {
    const input = await inputAs(c, state, V2CancelInput)
    if (input instanceof Response) return input
    const orderId = c.req.param('paymentId')
    const payment = tryOf(state, orderId, ({ row }) => row.paid_at > 0)
    if (payment === undefined) return problem(c, 'PAYMENT_NOT_FOUND')
    const { currency } = payment.row
    const id = freshV2Id(state.clock.nowMs())
    const wire = { id, objectionTo: objectionV2(state) }
    const refusal = await requestCancel(state, payment, askedOf(orderId, input, currency), wire)
    if (isV2ErrorType(refusal)) return problem(c, refusal)
    if (refusal !== null) return pgProblem(c, refusal)
    const request = state.cancels.find(id)
    // The request has just been added, so that only a limit of kept requests could have removed it.
    if (request === undefined) return problem(c, 'PAYMENT_NOT_FOUND')
    return c.json({ cancellation: cancellationOf(request, currency) })
  })
}

function askedOf(orderId: string, input: V2CancelInput, currency: string): CancelAsked {
  const units = (minor: number | undefined) => (minor === undefined ? null : fromMinor(minor, currency))
  const account = input.refundAccount
  return {
    impUid: null,
    merchantUid: orderId,
    amount: units(input.amount),
    checksum: units(input.currentCancellableAmount),
    taxFree: units(input.taxFreeAmount),
    vatAmount: units(input.vatAmount),
    reason: input.reason,
    refundHolder: account?.holderName ?? null,
    refundBank: account?.bank ?? null,
    refundAccount: account?.number ?? null,
    refundTel: account?.holderPhoneNumber ?? null,
    // A cancel over the API announces itself, unlike V1's.
    enableWebhook: input.skipWebhook !== true,
  }
}
