import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import type { limits } from '../config/limits.ts'

/** The credential of an `Authorization: Bearer …` header: a merchant key or a view token. Null without one. */
export const bearerIn = (authorization: string | null | undefined): string | null =>
  /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? null

/** Each kind has its own places and rates, so that a flood of one kind leaves the others alone. `probe` has no limit. */
export type RouteKind = 'probe' | keyof typeof limits.placesMax

/** What a path asks for; `calls` counts the procedures of a batch (D-08). */
export type RequestTarget = { readonly kind: RouteKind; readonly calls: number }

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])
const PUBLIC = /^(payments|shop)\./

/** Reads the kind of a request from its path. Repeated slashes do not change it. */
export function readTarget(given: string): RequestTarget {
  const path = given.includes('//') ? given.replaceAll(/\/{2,}/g, '/') : given
  if (PROBES.has(path)) return { kind: 'probe', calls: 1 }
  if (/^\/webhooks\//i.test(path)) return { kind: 'webhook', calls: 1 }
  if (path === '/' || /^\/(?:complete|result)/i.test(path) || /^\/(?:docs|openapi\.json$)/.test(path))
    return { kind: 'page', calls: 1 }
  if (path.startsWith('/v1/payments/')) return { kind: 'call', calls: 1 }
  const names = callNames(path)
  const calls = names.filter((name) => PUBLIC.test(name)).length
  if (calls === 0) return { kind: 'other', calls: 1 }
  return { kind: names.includes('payments.watch') ? 'watch' : 'call', calls }
}

/** The names of the procedures that a path calls, decoded as tRPC decodes them; empty for another path. */
export function callNames(path: string): readonly string[] {
  const text = /^\/+trpc\/+(.*)$/.exec(path)?.[1]
  if (text === undefined) return []
  try {
    return decodeURIComponent(text).split(',')
  } catch {
    return [] // tRPC refuses the path
  }
}

/** What follows the question mark, undecoded. */
export function queryOf(c: Context): string {
  const begins = c.req.url.indexOf('?')
  return begins < 0 ? '' : c.req.url.slice(begins + 1)
}

/**
 * A view token as `view-token.ts` signs it: three parts, of which the first two are JSON and the last is 256 bits. The pattern matches nothing
 * else in an address, so a token is found anywhere and separated from the text around it.
 */
export const TOKEN = /eyJ[\w-]{10,120}\.eyJ[\w-]{10,1800}\.[\w-]{43}/
const STANDING_ALONE = new RegExp(`(?<![\\w.-])${TOKEN.source}(?![\\w-])`)

/** The view token in a path, with slashes or punctuation around it; null without one. */
export const tokenWithin = (path: string): string | null => STANDING_ALONE.exec(unescaped(path))?.[0] ?? null

/** Decodes each escape of a printable ASCII character once; other escapes stay. */
export const unescaped = (text: string): string =>
  text.replaceAll(/%([2-7][0-9A-F])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))

/**
 * The path by which the router finds a route. Senders write addresses by hand: slashes may be doubled or trailing, a blank may stand at the end, and
 * letters may be large (W-20). Anything but a longer word may follow `/complete`. People send the screen's address on, with a full stop or a
 * bracket behind it.
 */
export function routingPath(request: Request): string {
  const path = getPath(request)
  if (/^\/+complete(?![\w.~-])/i.test(path)) return '/complete'
  if (/^\/+webhooks\/+portone(?:\/|%2F|\s)*$/i.test(path)) return '/webhooks/portone'
  const shown = /^\/+result\//i.test(path) && !path.endsWith('/deadline.ics') ? tokenWithin(path) : null
  return shown === null ? path : `/result/${shown}`
}
