import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config/config.ts'

/**
 * What a browser may do with an answer, on every answer there is. A page brings a policy of its own; whatever is not a page may do nothing at
 * all. Written out once, because these go with each of thousands of answers a second (docs/performance.md).
 */
export const protection = ({ publicUrl }: Pick<Config, 'publicUrl'>): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': unused.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  // Without its subdomains: they may be other people's, and still plain http.
  ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'cache-control': 'no-store',
})

/** The same for what the framework answers. Only what carries its content's hash in its name is kept by anybody. */
export function guarded(config: Pick<Config, 'publicUrl'>): MiddlewareHandler {
  const guard = Object.entries(protection(config))
  return async (c, next) => {
    await next()
    const { headers, ok } = c.res
    const asked = headers.get('cache-control') ?? ''
    for (const [name, value] of guard) if (!headers.has(name)) headers.set(name, value)
    // A stream must not be packed on its way either: it would be held back until there is enough of it.
    if (!(ok && asked === forEver))
      headers.set('cache-control', asked.includes('no-transform') ? 'no-store, no-transform' : 'no-store')
  }
}

const YEAR_SECONDS = 31_536_000

/** For built files alone, whose names change with their content. */
export const forEver = 'public, max-age=31536000, immutable'

/** What no page of ours does, nor any frame in it. Writing to the clipboard is not here: account numbers are copied. */
const unused = [
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

/** How a policy, and nothing else, names an inline style. */
export const styleHash = (style: string): string =>
  `sha256-${createHash('sha256').update(style).digest('base64')}`

/**
 * Nothing but our own script file and this one style, and no other origin for anything (R-14, P-02, P-06). The data beside the script is no
 * script, so no hash allows it.
 */
export const resultPolicy = (hash: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src '${hash}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    ...closed,
  ].join('; ')

/** A page that has one style and runs nothing. */
export const neutralPolicy = (hash: string): string =>
  ["default-src 'none'", `style-src '${hash}'`, "form-action 'none'", ...closed].join('; ')

/**
 * The demo shop's page. While it is open it also loads the gateway's script, and that script calls the gateway, opens its window in a frame,
 * and goes to it; from nowhere else. Closed, it has nothing but its own files.
 */
export function shopPolicy(sdkUrl: string | null): string {
  const origins = sdkUrl === null ? [] : gatewayOrigins(sdkUrl)
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

/** The gateway's window may be a pop-up that tells its end to the page which opened it: a shop keeps hold of what it opens. */
export const shopOpenerPolicy = 'same-origin-allow-popups'

/** The real script lies on one host and works on another: JSONP, and the window's frame (docs/gateway/portone-v1.md §1.1, §1.4). */
const worksAt = new Map([['https://cdn.iamport.kr', 'https://service.iamport.kr']])

function gatewayOrigins(sdkUrl: string): string[] {
  const { origin } = new URL(sdkUrl)
  const works = worksAt.get(origin)
  return works === undefined ? [origin] : [origin, works]
}
