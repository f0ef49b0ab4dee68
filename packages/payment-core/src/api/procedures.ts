import { z } from 'zod'
import { count, explained, moment, sum, text } from './described.ts'
import { RefundAccount } from '../decision/decision.ts'
import { GatewayName } from '../gateway-name.ts'
import { AnyOrderId, OrderId, PaymentId } from '../order/ids.ts'
import { MinorUnits } from '../money/money.ts'
import { Moment } from './orders.ts'
import { AnyReturnFields } from '../read-return.ts'
import { Screen } from '../screen/screen.ts'
import { eitherInput, strictInput } from './strict-input.ts'

/** Inputs and answers of the server's procedures. Amounts are in minor units, times in epoch milliseconds. */

const ViewToken = z
  .string()
  .min(1)
  .max(2_000)
  .describe('A view token: the last part of `returnUrl`, or `token` of an earlier answer.')

/** `payments.verify`: the redirect's query or the SDK's callback object as received, the viewer's token, or both. */
export const VerifyInput = AnyReturnFields.extend({ token: ViewToken.nullish() })
export type VerifyInput = z.input<typeof VerifyInput>

/** `payments.screen` and `payments.watch`, when their view token comes in a body; else it comes in the `Authorization` header. */
export const ViewerInput = z.object({ token: ViewToken.optional() }).optional()

/** How the shop presents itself on the screen. */
export const ShopFace = z.object({
  name: text('The shop’s name (`SHOP_NAME`).').nullable(),
  logoUrl: text('Its logo; only with a name.').nullable(),
  contact: text('`tel:`, `mailto:` or `https:`.').nullable(),
})
export type ShopFace = z.infer<typeof ShopFace>

/** A screen, and what its page needs to go on. */
export const ShownScreen = z.intersection(
  Screen,
  z.object({
    token: text(
      'The viewer’s token: signed, expiring, read-only. `/result/<token>`, `payments.screen` and `payments.watch` take it.',
    ),
    final: z.boolean().describe('True if nothing will change by itself, so the page need not watch.'),
    shopUrl: text(
      'The link back to the shop: the order’s `returnTo` with `order_id` added. Without a `returnTo` it is `SHOP_URL`, and null when that is not set.',
    ).nullable(),
    tryAgainUrl: text(
      'The shop’s page for another payment: of the same order, or of a new one after the deadline. Null unless the screen offers it.',
    ).nullable(),
    forwardUrl: text(
      'The page goes to this address by itself: the outcome is final, and the deployment forwards (`RETURN_MODE`).',
    ).nullish(),
    shop: ShopFace.nullish().describe('What the deployment tells of its shop; null when nothing.'),
    appUrl: text(
      'The way back into the shop’s app, if the order was registered from one. Only for the order’s own link.',
    ).nullish(),
    atMs: moment('The server’s time when it read the screen'),
  }),
)
export type ShownScreen = z.infer<typeof ShownScreen>

export const OrderInput = strictInput({ orderId: OrderId })

/** `orders.cancel`. The same key with the same body gives the same answer and cancels once. Another body is a conflict. */
export const CancelInput = z.strictObject({
  orderId: AnyOrderId,
  paymentId: PaymentId.optional().describe(
    'The payment to refund, whatever its standing; omitted for the payment that the order keeps.',
  ),
  amount: MinorUnits.positive()
    .optional()
    .describe('The amount to refund, in minor units of the currency; omitted for all that is left.'),
  taxFree: MinorUnits.optional().describe(
    'The tax-free part of the amount, in minor units; omitted for the order’s own proportion.',
  ),
  vat: MinorUnits.optional().describe(
    'The VAT in the amount, in minor units; omitted for the order’s own proportion.',
  ),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ description: 'Why, as the gateway records it.', examples: ['고객 변심'] }),
  idempotencyKey: z
    .string()
    .min(1)
    .max(256)
    .meta({
      description:
        'The shop’s own key of this request. The same key with the same request gives the same answer and refunds once.',
      examples: ['refund-ord-1001-1'],
    }),
  refundAccount: RefundAccount.optional(),
})
export type CancelInput = z.output<typeof CancelInput>

export const CancelAnswer = z.object({
  cancelId: text('The id of the refund, as in `cancels` of the order.', 'shop-imp_448280090638-1'),
  orderId: text('The order’s id.', 'ord-1001'),
  amount: sum('The amount to refund'),
  state: explained('The outcome of the first try.', {
    waiting: 'stored and under way',
    done: 'the gateway’s record shows it',
    failed: 'a person must act',
  }),
})
export type CancelAnswer = z.infer<typeof CancelAnswer>

/** `notices.replay`: one notice, or those recorded from `from` until before `to`. */
export const ReplayInput = eitherInput([
  z.strictObject({
    id: z
      .string()
      .min(1)
      .max(400)
      .meta({ description: 'The notice’s id.', examples: ['payment%2Epaid:ord-1001:imp_448280090638:0'] }),
  }),
  z
    .strictObject({
      from: Moment.describe('Notices recorded at this time or later, in epoch milliseconds.'),
      to: Moment.describe('Notices recorded before this time, in epoch milliseconds.'),
    })
    .refine(({ from, to }) => from < to, 'from is not before to'),
])
export type ReplayInput = z.output<typeof ReplayInput>

export const ReplayAnswer = z.object({
  replayed: count(
    'The number of notices that are sent again. Notices that were waiting anyway do not count.',
  ),
})
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

/** A new order for a product, by one of the configured protocols, or another try to pay an open order. */
export const ShopOrderInput = eitherInput([
  z.object({ productId: z.string().max(40), gateway: GatewayName.optional() }),
  z.object({ orderId: OrderId }),
])

const CheckoutOrder = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  returnUrl: z.string(),
  /** The view token in `returnUrl`, for the callback flow. */
  token: z.string(),
  sdkUrl: z.string(),
})

/** What the shop's page passes to the gateway's browser script. */
export const Checkout = z.discriminatedUnion('gateway', [
  CheckoutOrder.extend({ gateway: z.literal('portone-v1'), userCode: z.string() }),
  CheckoutOrder.extend({ gateway: z.literal('portone-v2'), storeId: z.string(), channelKey: z.string() }),
])
export type Checkout = z.infer<typeof Checkout>
