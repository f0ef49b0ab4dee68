import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { getPath } from 'hono/utils/url'
import { limits } from '../config/limits.ts'
import type { Journey } from '../journey/journey.ts'
import type { Pages } from './page.ts'
import { note, type Env } from './answer.ts'
import { refuse, type Route } from './requests.ts'
import { returnRoutes } from './return-route.ts'
import { routerFor } from './trpc/router.ts'
import { aboutRefusal } from './trpc/trpc.ts'
import { webRoutes } from './web-routes.ts'
import { webhookRoute } from './webhook-route.ts'

/** Every HTTP route. `pages` is the built web app; null in development, where Vite serves it, and in most tests. */
export function routesOf(journey: Journey, pages: Pages | null): readonly Route[] {
  const trpc = {
    path: '/trpc/*',
    who: 'each its own',
    handler: (c: Context<Env>) => answerCall(journey, c),
  } as const
  const open = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  return [
    ...returnRoutes(journey),
    webhookRoute(journey),
    { ...trpc, method: 'GET', takes: 'nothing' },
    { ...trpc, method: 'POST', takes: 'JSON' },
    { ...open, path: '/healthz', handler: async (c) => c.json({ status: 'alive' }) },
    { ...open, path: '/readyz', handler: (c) => answerReady(journey, c) },
    { ...open, path: '/metrics', handler: (c) => answerMetrics(journey, c) },
    ...(pages === null ? [] : webRoutes(journey, pages)),
  ]
}

/**
 * The path by which the router finds a route. Senders write addresses by hand: slashes may be doubled or trailing (W-20), and anything but
 * a longer word may follow `/complete`.
 */
export function routingPath(request: Request): string {
  const path = getPath(request)
  if (/^\/+complete(?![\w.~-])/.test(path)) return '/complete'
  return /^\/+webhooks\/+portone\/*$/.test(path) ? '/webhooks/portone' : path
}

/** Routes that limit their body themselves while they read it from the socket. */
export const readsOwnBody = (path: string): boolean => path === '/complete' || path === '/webhooks/portone'

/** The request's route as the log names it: the pattern, or a known procedure. A path may hold a token or a stranger's text, which are not logged (P-03). */
export function routeName(c: Context<Env>): string {
  const named = new Set(/^\/trpc\/(.*)$/.exec(c.req.path)?.[1]?.split(','))
  const [only = ''] = named
  if (named.size === 1 && procedureNames.has(only)) return `/trpc/${only}`
  return matchedRoutes(c).findLast(({ path }) => path !== '/*')?.path ?? '/*'
}
const procedureNames = new Set(Object.keys(routerFor(true)._def.procedures))

async function answerCall(journey: Journey, c: Context<Env>): Promise<Response> {
  if (!isCall(c)) return refuse(c, { kind: 'unsupported_content', contentType: '' })
  const requestId = c.get('requestId')
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: c.req.raw,
    router: routerFor(journey.deps.config.sandboxMode),
    maxBatchSize: limits.batchCallsMax,
    createContext: () => ({
      journey,
      requestId,
      authorization: c.req.header('authorization') ?? null,
      note: (about) => note(c, about),
      signal: c.req.raw.signal,
    }),
    onError: ({ error, path }) => {
      note(c, aboutRefusal(error, path))
      if (error.code === 'INTERNAL_SERVER_ERROR')
        journey.deps.log.error({ err: error, requestId, route: routeName(c) }, 'our fault')
    },
  })
}

/** Only JSON is accepted: another site's form can send other types without a CORS preflight (O-03). */
const isCall = ({ req }: Context): boolean =>
  req.method !== 'POST' || /^application\/json\s*(;|$)/i.test(req.header('content-type') ?? '')

async function answerReady(journey: Journey, c: Context): Promise<Response> {
  try {
    const { problems, warnings } = await journey.readiness()
    const told = warnings.length === 0 ? {} : { warnings }
    return problems.length === 0
      ? c.json({ status: 'ready', ...told })
      : c.json({ status: 'not ready', problems, ...told }, 503)
  } catch (error) {
    journey.deps.log.error({ err: error }, 'not ready')
    return c.json({ status: 'storage unavailable' }, 503)
  }
}

async function answerMetrics(journey: Journey, c: Context): Promise<Response> {
  c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  return c.body(await journey.measure())
}
