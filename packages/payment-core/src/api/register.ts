import { z } from 'zod'
import { OrderId } from '../order/ids.ts'
import { isKnownCurrency } from '../money/iso-4217.ts'
import { Currency, MinorUnits } from '../money/money.ts'
import { OrderStatus } from '../order/order.ts'
import { Reference } from '../order/reference.ts'
import { strictInput } from './strict-input.ts'

/** An app's own scheme, as the SDK takes it in `app_scheme`: `myshop` or `myshop://`. None that a browser acts upon itself. */
export const AppScheme = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9+.-]*(?::\/\/)?$/i)
  .transform((text) => text.replace('://', '').toLowerCase())
  .refine((scheme) => !browserSchemes.has(scheme))
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

/** Before this moment, in 1973, a number of milliseconds is one of seconds that was not multiplied. */
const SECONDS_BEFORE = 100_000_000_000
const YEAR_MS = 366 * 24 * 3_600_000
/** An order that lives longer was not meant to: microseconds, or a date of another calendar. */
const EXPIRES_WITHIN_YEARS = 10

const ExpiresAt = z
  .number()
  .int()
  .positive()
  .refine(
    (ms) => ms >= SECONDS_BEFORE,
    'looks like seconds; it is epoch milliseconds, a thousand times as many',
  )

/** What is wrong with a moment in which an order is to expire; null when nothing is. */
export function expiryFault(expiresAtMs: number, nowMs: number): string | null {
  if (expiresAtMs <= nowMs) return 'expiresAt: lies in the past'
  if (expiresAtMs <= nowMs + EXPIRES_WITHIN_YEARS * YEAR_MS) return null
  return `expiresAt: lies more than ${EXPIRES_WITHIN_YEARS} years ahead; it is epoch milliseconds`
}

/** Control characters and spaces mean something else to the browser than to the reader; a name before `@` hides the host. */
const isPlain = (url: string): boolean => !/[\s\p{Cc}\\]/u.test(url) && !/^[a-z]+:\/\/[^/?#]*@/i.test(url)
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
/** The shop's page that the customer goes back to. */
export const ReturnTo = z
  .string()
  .max(2_000)
  .refine(
    (url) =>
      isPlain(url) &&
      (z.url({ protocol: /^https$/ }).safeParse(url).success ||
        z.url({ protocol: /^http$/, hostname: loopback }).safeParse(url).success),
    'is an https address; http on localhost alone',
  )

export const partsFault = 'taxFree and vat together are more than the amount'

/**
 * `orders.register`. `currency` defaults to KRW; `expiresAt` to a configured life. Of an order that is registered again and still open, the
 * fields that are given replace what was held, and those that are left out stay.
 */
export const RegisterInput = strictInput({
  orderId: OrderId,
  name: z.string().trim().min(1).max(200),
  amount: MinorUnits.positive(),
  currency: Currency.refine(isKnownCurrency, 'is no currency of ISO 4217').default('KRW'),
  /** Parts of `amount`, in minor units: some PGs refuse refunds of tax-free goods without them (M-28). */
  taxFree: MinorUnits.optional(),
  vat: MinorUnits.optional(),
  /** Epoch milliseconds. */
  expiresAt: ExpiresAt.optional(),
  returnTo: ReturnTo.optional(),
  /** The shop's own strings, echoed in every answer and notice. */
  reference: Reference.optional(),
  /** When the payment is begun in the shop's app: the screen then offers the way back into it. Part of the link, not of the order. */
  appScheme: AppScheme.optional(),
}).refine(({ amount, taxFree = 0, vat = 0 }) => taxFree + vat <= amount, {
  message: partsFault,
  path: ['taxFree'],
})
export type RegisterInput = z.output<typeof RegisterInput>

/** The order as it is held, which may be other than what was just sent: an order that is open no more stays as it is. */
export const RegisterAnswer = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
  taxFree: z.number().nullable(),
  vat: z.number().nullable(),
  reference: Reference.nullable(),
  returnTo: z.string().nullable(),
  status: OrderStatus,
  registeredAt: z.number().int(),
  expiresAt: z.number().int(),
  /** Give this to the SDK as `m_redirect_url`, unchanged. */
  returnUrl: z.string(),
  /**
   * The gateway refuses any other amount for this order before its window opens; false while it could not be
   * told so.
   */
  amountFixed: z.boolean(),
  /** The gateway holds another amount for this number: somebody else uses it, and their money will be nobody's here (M-22). */
  conflict: z.boolean(),
})
export type RegisterAnswer = z.infer<typeof RegisterAnswer>
