import { createHash } from 'node:crypto'
import type { MiddlewareHandler, Context } from 'hono'
import { cors } from 'hono/cors'
import type { Config } from '../config/config.ts'
import type { ShopSettings } from '../config/shop-settings.ts'
import type { Env } from './answer.ts'

const defaultHeaders = ({ publicUrl }: Pick<Config, 'publicUrl'>): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': unusedFeatures.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  // Subdomains are left out: they may belong to others and still use plain HTTP.
  ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'cache-control': 'no-store',
})

/**
 * Sets the security headers of every answer. The default policy allows nothing; a header that a route sets itself stays. Only files whose name
 * contains their content's hash may be cached. Answers made by `send` (`answer.ts`) carry these headers already.
 */
export function guarded(config: Pick<Config, 'publicUrl'>): MiddlewareHandler<Env> {
  const defaults = defaultHeaders(config)
  const entries = Object.entries(defaults)
  return async (c, next) => {
    c.set('defaultHeaders', defaults)
    await next()
    if (c.res === c.get('sent')) return
    const { headers, ok } = c.res
    const asked = headers.get('cache-control') ?? ''
    const isFramed = framesOthers.test(headers.get('content-security-policy') ?? '')
    for (const [name, value] of entries)
      if (!headers.has(name) && !(isFramed && name === 'x-frame-options')) headers.set(name, value)
    // `no-transform` stops proxies from compressing a stream: compression would delay its events.
    if (!(ok && asked === forEver))
      headers.set('cache-control', asked.includes('no-transform') ? 'no-store, no-transform' : 'no-store')
  }
}

const YEAR_SECONDS = 31_536_000

/** For built files only: their names change with their content. */
export const forEver = 'public, max-age=31536000, immutable'

/** Browser features that no page or frame uses. Clipboard writing is absent: customers copy account numbers. */
const unusedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
]

const closed = ["base-uri 'none'", "frame-ancestors 'none'"]
/** A policy that lets other origins frame the page. `X-Frame-Options` cannot name them, and would contradict it. */
const framesOthers = /frame-ancestors (?!'none')/

/** The source expression that allows one inline style in a policy. */
export const styleHash = (style: string): string =>
  `sha256-${createHash('sha256').update(style).digest('base64')}`

/**
 * Allows scripts from this origin and one inline style (R-14, P-02, P-06). Of other origins it allows the shop's logo, and the shop's pages as
 * frames around it. The page's data block is JSON, not a script, and needs no hash.
 */
export const resultPolicy = (hash: string, { logoUrl, frames }: ShopOnPage): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src '${hash}'`,
    logoUrl === null ? "img-src 'self'" : `img-src 'self' ${new URL(logoUrl).origin}`,
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${frames.length === 0 ? "'none'" : frames.join(' ')}`,
  ].join('; ')

/** What the result page's policy depends on. */
export type ShopOnPage = Pick<ShopSettings, 'frames'> & { readonly logoUrl: string | null }

/** Allows one inline style and no script. */
export const neutralPolicy = (hash: string): string =>
  ["default-src 'none'", `style-src '${hash}'`, "form-action 'none'", ...closed].join('; ')

/**
 * The page of the API's reference. Its viewer writes inline styles whose text it makes itself, so they cannot be allowed by hash, and this page
 * alone allows all of them. In return `sandbox` gives the page an origin of its own: it can read neither the storage nor an answer of the
 * customer's pages, requests nothing, and posts nothing.
 */
export const docsPolicy = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "connect-src 'none'",
  "form-action 'none'",
  ...closed,
].join('; ')

/**
 * The demo shop's page. An open shop may load the gateways' scripts, call the gateway, frame its window and post to it. A closed shop may load
 * only its own files.
 */
export function shopPolicy(sdkUrls: readonly string[]): string {
  const origins = sdkUrls.flatMap(gatewayOrigins)
  const own = ["'self'", ...origins].join(' ')
  const theirs = origins.length === 0 ? "'none'" : origins.join(' ')
  return [
    "default-src 'none'",
    `script-src ${own}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${own}`,
    `frame-src ${theirs}`,
    `form-action ${theirs}`,
    ...closed,
  ].join('; ')
}

/** The gateway's window may be a pop-up that reports back to the page that opened it. */
export const shopOpenerPolicy = 'same-origin-allow-popups'

/** PortOne serves its script from one host; the script calls and frames another (docs/gateway/portone-v1.md §1.1, §1.4). */
const worksAt = new Map([['https://cdn.iamport.kr', 'https://service.iamport.kr']])

function gatewayOrigins(sdkUrl: string): string[] {
  const { origin } = new URL(sdkUrl)
  const works = worksAt.get(origin)
  return works === undefined ? [origin] : [origin, works]
}

/** What the shop's own pages may call from a browser, each with its method. Nothing else is shared with another origin. */
const shared: ReadonlyMap<string, 'GET' | 'POST'> = new Map([
  ['/trpc/payments.verify', 'POST'],
  ['/trpc/payments.screen', 'GET'],
  ['/trpc/payments.watch', 'GET'],
  ['/v1/payments/verify', 'POST'],
])

const PREFLIGHT_KEPT_SECONDS = 600

/**
 * Shares the calls above with the shop's origins (CORS). Cookies and keys are never shared: the page has none. Other origins and other calls
 * get no header of the protocol, and no answer to a preflight.
 */
export function sharing(origins: readonly string[]): MiddlewareHandler<Env> {
  const share = cors({
    origin: [...origins],
    allowMethods: (_, c) => [...methodsOf(c)],
    allowHeaders: ['content-type'],
    maxAge: PREFLIGHT_KEPT_SECONDS,
  })
  return async (c, next) => {
    if (methodsOf(c).size === 0) return next()
    if (origins.includes(c.req.header('origin') ?? '')) return share(c, next)
    await next()
    // A cache must not hand this answer to the shop's pages.
    c.header('vary', 'Origin', { append: true })
    return undefined
  }
}

/** The methods of a shared path; none for any other. tRPC joins the calls of one request by commas: each must be shared. */
function methodsOf({ req }: Context): ReadonlySet<string> {
  const calls = req.path.replace(/^\/trpc\//, '').split(',')
  const paths = req.path.startsWith('/trpc/') ? calls.map((name) => `/trpc/${name}`) : [req.path]
  const methods = paths.map((path) => shared.get(path))
  return new Set(methods.includes(undefined) ? [] : methods.filter((each) => each !== undefined))
}
