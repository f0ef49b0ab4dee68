import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Env } from './answer.ts'

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
