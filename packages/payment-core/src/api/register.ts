import { z } from 'zod'
import { text } from './described.ts'
import { GatewayName } from '../gateway-name.ts'
import { OrderId } from '../order/ids.ts'
import { isKnownCurrency } from '../money/iso-4217.ts'
import { Currency, MinorUnits } from '../money/money.ts'
import { OrderSummary } from '../notice/notice.ts'
import { Reference } from '../order/reference.ts'
import { strictInput } from './strict-input.ts'

/** An app's own URL scheme, as the SDK's `app_scheme`: `myshop` or `myshop://`. Schemes that browsers handle are refused. */
export const AppScheme = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9+.-]*(?::\/\/)?$/i)
  .transform((text) => text.replace('://', '').toLowerCase())
  .refine((scheme) => !browserSchemes.has(scheme))
  .meta({
    description:
      'The URL scheme of the shop’s app, as the SDK’s `app_scheme`. The screen then offers the way back into the app.',
    examples: ['myshop'],
  })
const browserSchemes = new Set(
  [
    'http',
    'https',
    'ws',
    'wss',
    'ftp',
    'javascript',
    'vbscript',
    'data',
    'blob',
    'file',
    'filesystem',
    'about',
  ].concat(['view-source', 'intent', 'content', 'chrome']),
)

/** In 1973. A smaller number of milliseconds is a time in seconds. */
const SECONDS_BEFORE = 100_000_000_000
const YEAR_MS = 366 * 24 * 3_600_000
/** A longer life is a mistake: microseconds, or another calendar. */
const EXPIRES_WITHIN_YEARS = 10

const ExpiresAt = z
  .number()
  .int()
  .positive()
  .refine(
    (ms) => ms >= SECONDS_BEFORE,
    'looks like seconds; it is epoch milliseconds, a thousand times as many',
  )
  .meta({
    description:
      'When the order expires unless money comes, in epoch milliseconds: in the future, within ten years. Defaults to the configured life.',
    examples: [1_793_674_800_000],
  })

/** What is wrong with an order's expiry; null when nothing is. */
export function expiryFault(expiresAtMs: number, nowMs: number): string | null {
  if (expiresAtMs <= nowMs) return 'expiresAt: lies in the past'
  if (expiresAtMs <= nowMs + EXPIRES_WITHIN_YEARS * YEAR_MS) return null
  return `expiresAt: lies more than ${EXPIRES_WITHIN_YEARS} years ahead; it is epoch milliseconds`
}

/** Browsers treat control characters and spaces specially, and a name before `@` hides the host. */
const isPlain = (url: string): boolean => !/[\s\p{Cc}\\]/u.test(url) && !/^[a-z]+:\/\/[^/?#]*@/i.test(url)
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
/** The shop's page that the customer returns to. */
const ReturnTo = z
  .string()
  .max(2_000)
  .refine(
    (url) =>
      isPlain(url) &&
      (z.url({ protocol: /^https$/ }).safeParse(url).success ||
        z.url({ protocol: /^http$/, hostname: loopback }).safeParse(url).success),
    'is an https address; http on localhost alone',
  )
  .meta({
    description:
      'The shop’s page that the customer returns to: an https address of an allowed origin. `order_id` is added.',
    examples: ['https://shop.example/orders/done'],
  })

export const partsFault = 'taxFree and vat together are more than the amount'

/**
 * `orders.register`. `currency` defaults to KRW, `expiresAt` to the configured life. Registering an open order again replaces the fields that are
 * given and keeps the others.
 */
export const RegisterInput = strictInput({
  orderId: OrderId,
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ description: 'What is sold, as the customer sees it.', examples: ['제주 한라봉 드립백'] }),
  amount: MinorUnits.positive().describe('The amount to pay, in minor units of the currency.'),
  currency: Currency.refine(isKnownCurrency, 'is no currency of ISO 4217').default('KRW'),
  taxFree: MinorUnits.optional().describe(
    'The tax-free part of `amount`, in minor units. Some PGs refuse refunds of tax-free goods without it.',
  ),
  vat: MinorUnits.optional().describe('The VAT in `amount`, in minor units.'),
  expiresAt: ExpiresAt.optional(),
  returnTo: ReturnTo.optional(),
  reference: Reference.optional(),
  gateway: GatewayName.optional().describe(
    'The protocol that the order’s payment windows are opened by. Defaults to the one that is configured, V1 if both are.',
  ),
  // It belongs to the link, not to the order.
  appScheme: AppScheme.optional(),
}).refine(({ amount, taxFree = 0, vat = 0 }) => taxFree + vat <= amount, {
  message: partsFault,
  path: ['taxFree'],
})
export type RegisterInput = z.output<typeof RegisterInput>

/** The order as stored. It can differ from the input, because an order that is no longer open does not change. */
export const RegisterAnswer = OrderSummary.omit({
  balance: true,
  review: true,
  reviews: true,
  closedAt: true,
}).extend({
  returnUrl: text('The value for the SDK’s `m_redirect_url`, unchanged.'),
  conflict: z
    .boolean()
    .describe(
      'True if the gateway holds another amount for this order id: somebody else uses the id, and their payments will not be this order’s.',
    ),
})
export type RegisterAnswer = z.infer<typeof RegisterAnswer>
