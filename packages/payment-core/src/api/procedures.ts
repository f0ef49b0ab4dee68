import { z } from 'zod'
import { RefundAccount } from '../decision/decision.ts'
import { OrderId, PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import { ReturnFields } from '../portone-v1/wire.ts'
import { Screen } from '../screen/screen.ts'
import { strictInput } from './strict-input.ts'

/** Inputs and answers of the server's procedures. Amounts are in minor units, times in epoch milliseconds. */

const ViewToken = z.string().min(1).max(2_000)

/** `payments.verify`: the redirect's query or the SDK's callback object as received, the viewer's token, or both. */
export const VerifyInput = ReturnFields.extend({ token: ViewToken.nullish() })
export type VerifyInput = z.input<typeof VerifyInput>

/** `payments.screen` and `payments.watch`, when their view token comes in a body; else it comes in the `Authorization` header. */
export const ViewerInput = z.object({ token: ViewToken.optional() }).optional()

/** How the shop presents itself on the screen. */
export const ShopFace = z.object({
  name: z.string().nullable(),
  /** A logo comes only with a name. */
  logoUrl: z.string().nullable(),
  /** `tel:`, `mailto:` or `https:`. */
  contact: z.string().nullable(),
})
export type ShopFace = z.infer<typeof ShopFace>

/** A screen, and what its page needs to go on. */
export const ShownScreen = z.intersection(
  Screen,
  z.object({
    /** The viewer's token: signed, expiring, read-only. `/result/<token>`, `payments.screen` and `payments.watch` take it. */
    token: z.string(),
    /** True if nothing will change by itself, so the page need not watch. */
    final: z.boolean(),
    /**
     * The target of «back to shop»: the order's `returnTo` with `order_id` added, else the shop's own address; null when the deployment names
     * no shop.
     */
    shopUrl: z.string().nullable(),
    /** The shop's page for another payment: of the same order, or of a new one after the deadline. Null unless the screen offers it. */
    tryAgainUrl: z.string().nullable(),
    /** The page goes to this address by itself: the outcome is final, and the deployment forwards (`RETURN_MODE`). */
    forwardUrl: z.string().nullish(),
    /** Null when the deployment tells nothing of its shop. */
    shop: ShopFace.nullish(),
    /** The way back into the shop's app, if the order was registered from one. Only for the order's own link. */
    appUrl: z.string().nullish(),
    /** The server's time when it read the screen. */
    atMs: z.number().int(),
  }),
)
export type ShownScreen = z.infer<typeof ShownScreen>

export const OrderInput = strictInput({ orderId: OrderId })

/** `orders.cancel`. The same key with the same body gives the same answer and cancels once. Another body is a conflict. */
export const CancelInput = z.strictObject({
  /** For a payment of an unregistered order: the order id that the gateway names. */
  orderId: z.string().min(1).max(100),
  /** The payment to refund, whatever its standing; omitted for the payment that the order keeps (M-30). */
  paymentId: PaymentId.optional(),
  /** The amount to refund, in minor units; omitted for all that is left. */
  amount: MinorUnits.positive().optional(),
  /** Parts of the amount; omitted for the order's own proportion (M-28). */
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
  /** `waiting`: stored and under way. `done`: the gateway's record shows it. `failed`: a person must act. */
  state: z.enum(['waiting', 'done', 'failed']),
})
export type CancelAnswer = z.infer<typeof CancelAnswer>

/** `notices.replay`: one notice, or those recorded from `from` until before `to`. */
export const ReplayInput = z.union([
  z.strictObject({ id: z.string().min(1).max(400) }),
  z
    .strictObject({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative() })
    .refine(({ from, to }) => from < to, 'from is not before to'),
])
export type ReplayInput = z.output<typeof ReplayInput>

/** The number of notices that are sent again. Notices that were waiting anyway do not count. */
export const ReplayAnswer = z.object({ replayed: z.number().int() })
export type ReplayAnswer = z.infer<typeof ReplayAnswer>

/** A product of the demo shop, which exists in sandbox mode only. Prices live on the server. */
export const Product = z.object({
  productId: z.string(),
  name: z.string(),
  description: z.string(),
  amount: z.number(),
  currency: z.string(),
})
export type Product = z.infer<typeof Product>

/** A new order for a product, or another try to pay an open order. */
export const ShopOrderInput = z.union([
  z.object({ productId: z.string().max(40) }),
  z.object({ orderId: OrderId }),
])

/** What the shop's page passes to the gateway's browser script. */
export const Checkout = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  returnUrl: z.string(),
  /** The view token in `returnUrl`, for the callback flow. */
  token: z.string(),
  userCode: z.string(),
  sdkUrl: z.string(),
})
export type Checkout = z.infer<typeof Checkout>
