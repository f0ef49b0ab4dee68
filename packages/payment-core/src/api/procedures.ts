import { z } from 'zod'
import { RefundAccount } from '../decision/decision.ts'
import { OrderId, PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import { ReturnFields } from '../portone-v1/wire.ts'
import { Screen } from '../screen/screen.ts'
import { strictInput } from './strict-input.ts'

/**
 * What the server's procedures take and give. Amounts in minor units, times in epoch
 * milliseconds.
 */

const ViewToken = z.string().min(1).max(2_000)

/**
 * `payments.verify`: the redirect's query or the SDK's callback object as received, and/or the view token the
 * viewer holds.
 */
export const VerifyInput = ReturnFields.extend({ token: ViewToken.nullish() })
export type VerifyInput = z.input<typeof VerifyInput>

export const ViewerInput = z.object({ token: ViewToken })

/** A screen with what its page needs to go on from there. */
export const ShownScreen = z.intersection(
  Screen,
  z.object({
    /**
     * The viewer's token: signed, expiring, read-only. What `/result/<token>`, `payments.screen` and
     * `payments.watch` take.
     */
    token: z.string(),
    /** Nothing more will come by itself: no need to watch. */
    final: z.boolean(),
    /** Where «back to shop» goes; null when the deployment names no shop. */
    shopUrl: z.string().nullable(),
    /** The shop's page that starts another payment for the same order; null unless the screen offers it. */
    tryAgainUrl: z.string().nullable(),
    /** Back into the shop's app, when the order was registered from one; for the order's own link only. */
    appUrl: z.string().nullish(),
    /** The server's clock when this was read. */
    atMs: z.number().int(),
  }),
)
export type ShownScreen = z.infer<typeof ShownScreen>

export const OrderInput = strictInput({ orderId: OrderId })

/** `orders.cancel`. The same key with the same body gives the same answer and cancels once; with another body it is a conflict. */
export const CancelInput = z.strictObject({
  /** Of a payment that is nobody's here: the number the gateway names. */
  orderId: z.string().min(1).max(100),
  /** Whose money goes back, whatever its standing; omitted for the payment the order keeps (M-30). */
  paymentId: PaymentId.optional(),
  /** The sum to give back, in minor units; omitted for all that is left. */
  amount: MinorUnits.positive().optional(),
  /** Parts of the sum; omitted for the order's own proportion (M-28). */
  taxFree: MinorUnits.optional(),
  vat: MinorUnits.optional(),
  reason: z.string().trim().min(1).max(200),
  idempotencyKey: z.string().min(1).max(256),
  refundAccount: RefundAccount.optional(),
})
export type CancelInput = z.output<typeof CancelInput>

export const CancelAnswer = z.object({
  cancelId: z.string(),
  orderId: z.string(),
  amount: z.number(),
  /** `waiting`: stored and under way. `done`: the gateway's record shows it. `failed`: a person must look. */
  state: z.enum(['waiting', 'done', 'failed']),
})
export type CancelAnswer = z.infer<typeof CancelAnswer>

/** `notices.replay`: one notice, or those recorded from a time on and before another. */
export const ReplayInput = z.union([
  z.strictObject({ id: z.string().min(1).max(400) }),
  z
    .strictObject({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative() })
    .refine(({ from, to }) => from < to, 'from is not before to'),
])
export type ReplayInput = z.output<typeof ReplayInput>

/** How many are told again; those that wait anyway are not counted. */
export const ReplayAnswer = z.object({ replayed: z.number().int() })
export type ReplayAnswer = z.infer<typeof ReplayAnswer>

/** The demo shop, in sandbox mode only. Prices live on the server. */
export const Product = z.object({
  productId: z.string(),
  name: z.string(),
  description: z.string(),
  amount: z.number(),
  currency: z.string(),
})
export type Product = z.infer<typeof Product>

/** A new order for a product, or an existing open order once more after a failed try. */
export const ShopOrderInput = z.union([
  z.object({ productId: z.string().max(40) }),
  z.object({ orderId: OrderId }),
])

/** What the shop's page hands to `IMP.init` and `IMP.request_pay`. */
export const Checkout = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  returnUrl: z.string(),
  /** The view token inside `returnUrl`, for the callback flow. */
  token: z.string(),
  userCode: z.string(),
  sdkUrl: z.string(),
})
export type Checkout = z.infer<typeof Checkout>
