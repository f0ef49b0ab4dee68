import type { ShopFace } from '@landfall/payment-core'
import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { oneOf, webAddress, words } from './variable-kinds.ts'

/** How customers meet the shop, and which of its origins Landfall works with. */
export type ShopSettings = {
  /** Null when none of name, logo and contact is set. */
  readonly face: ShopFace | null
  /** `SHOP_URL`'s origin and `ALLOWED_ORIGINS`: their pages may call `payments.verify` and the screen procedures. */
  readonly callers: readonly string[]
  /** `ALLOWED_ORIGINS`: their pages may show the screen in a frame. Being named by `SHOP_URL` is not enough. */
  readonly frames: readonly string[]
  /** The origins that an order's `returnTo` may have. */
  readonly returnOrigins: readonly string[]
  /** The page goes to the order's `returnTo` by itself once the outcome is final. */
  readonly forwards: boolean
}

const SHOP_NAME_CHARACTERS_MAX = 40

/**
 * A web address whose host is an ordinary one. Browsers accept `*`, `;` and quotes in a host, which would mean something
 * else in a content security policy.
 */
const hasPlainHost = (url: string): boolean =>
  /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(URL.parse(url)?.hostname ?? '')

const isOrigin = (value: string): boolean =>
  URL.canParse(value) &&
  /^https?:\/\/[^/?#@]+\/?$/i.test(value) &&
  new URL(value).pathname === '/' &&
  hasPlainHost(value)

const Origins = words('').pipe(
  z.array(
    z
      .string()
      .refine(isOrigin, 'needs origins like https://shop.example: a scheme and a host, no path, no wildcard')
      .transform((value) => new URL(value).origin),
  ),
)

/** A phone number with its digits, one e-mail address, or a page. Subjects and texts of an e-mail are left out. */
const isContact = (value: string): boolean =>
  /^tel:\+?\d[\d-]{2,24}$/.test(value) ||
  /^mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(value) ||
  (/^https:\/\/[^/?#@\s]+(?:[/?#]|$)/.test(value) && URL.canParse(value))

/** The variables of this module, for `Environment`. */
export const shopVariables = {
  SHOP_URL: webAddress.optional(),
  ALLOWED_ORIGINS: Origins.optional(),
  RETURN_ORIGINS: Origins.optional(),
  RETURN_MODE: oneOf(['link', 'forward'], 'link'),
  SHOP_NAME: z
    .string()
    .trim()
    .max(SHOP_NAME_CHARACTERS_MAX, `has more than ${SHOP_NAME_CHARACTERS_MAX} characters`)
    // Direction marks could turn the text around it.
    .refine((name) => !/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(name), 'holds control characters')
    .optional(),
  // The check before this one reports a value that is not an address.
  SHOP_LOGO_URL: webAddress
    .refine((url) => hasPlainHost(url) || !/^https?:\/\/[^/]/i.test(url), 'has an odd host name')
    .optional(),
  SHOP_CONTACT: z
    .string()
    .trim()
    .max(300, 'has more than 300 characters')
    .refine(
      isContact,
      'is not tel: with a number, mailto: with one address, or an https URL, such as tel:02-123-4567',
    )
    .optional(),
}
const Variables = z.object(shopVariables)
export type ShopVariables = z.output<typeof Variables>

export function shopSettingsFrom(env: ShopVariables): ShopSettings {
  const own = env.SHOP_URL !== undefined && hasPlainHost(env.SHOP_URL) ? [new URL(env.SHOP_URL).origin] : []
  const [name, logoUrl] = [env.SHOP_NAME ?? null, env.SHOP_LOGO_URL ?? null]
  const contact = env.SHOP_CONTACT ?? null
  const frames = [...new Set(env.ALLOWED_ORIGINS)]
  return {
    face: name === null && contact === null ? null : { name, logoUrl, contact },
    callers: [...new Set([...own, ...frames])],
    frames,
    returnOrigins: [...new Set(env.RETURN_ORIGINS ?? own)],
    forwards: env.RETURN_MODE === 'forward',
  }
}

type Place = { readonly isSandbox: boolean; readonly isPublic: boolean }

/** Reasons to refuse a start, each as one line. Invalid variables are absent. `startup-checks.ts` checks `SHOP_URL` itself. */
export function shopRefusals(
  env: { readonly [Name in keyof ShopVariables]?: ShopVariables[Name] | undefined },
  { isSandbox, isPublic }: Place,
): string[] {
  const reasons: string[] = []
  for (const name of ['ALLOWED_ORIGINS', 'RETURN_ORIGINS'] as const) {
    const origins = env[name] ?? []
    if (origins.some((origin) => isPlain(origin) && !isLoopback(origin)))
      reasons.push(`${name} lists plain http that is not loopback: payments need https`)
    if (origins.some(isLoopback) && isPublic)
      reasons.push(`${name} lists loopback while PUBLIC_URL is public: a customer’s own machine is no shop`)
    else if (name === 'RETURN_ORIGINS' && origins.some(isPlainLoopback) && !isSandbox)
      reasons.push(`${name} lists plain http on loopback, to which only a sandbox’s customers go back`)
  }
  if (env.RETURN_MODE === 'forward' && (env.RETURN_ORIGINS ?? env.SHOP_URL) === undefined)
    reasons.push('RETURN_ORIGINS is missing, and SHOP_URL too: RETURN_MODE=forward needs a shop to go to')
  if (env.SHOP_LOGO_URL !== undefined && env.SHOP_NAME === undefined)
    reasons.push('SHOP_NAME is missing: SHOP_LOGO_URL needs it, because nobody can read out a logo')
  return reasons
}

const isPlain = (origin: string): boolean => origin.startsWith('http:')
const isPlainLoopback = (origin: string): boolean => isPlain(origin) && isLoopback(origin)
