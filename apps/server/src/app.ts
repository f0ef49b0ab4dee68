import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { admission, plainInput, type Lag } from './admission.ts'
import { returned, returnedByPost, webhook } from './doors.ts'
import { guarded } from './headers.ts'
import type { Journey } from './journey/journey.ts'
import { limits } from './limits.ts'
import { neutral } from './neutral-page.ts'
import type { Pages } from './page.ts'
import { notAllowed, refuse, wantsPage, type Env, type Route } from './requests.ts'
import { StorageUnavailable } from './store/db.ts'
import { routerFor } from './trpc/router.ts'
import { webRoutes } from './web-routes.ts'

/** Every HTTP route, in one table. `pages` is the built web app; null in development, where Vite serves it, and in tests of the rest. */
export function routesOf(journey: Journey, pages: Pages | null): readonly Route[] {
  const complete = { path: '/complete/:token?', who: 'anyone' } as const
  const trpc = {
    path: '/trpc/*',
    who: 'each its own',
    handler: (c: Context<Env>) => procedures(journey, c),
  } as const
  const seen = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  return [
    { ...complete, method: 'HEAD', takes: 'nothing', handler: async (c) => c.body(null, 204) }, // a link preview is no return
    {
      ...complete,
      method: 'GET',
      takes: 'nothing',
      handler: (c) => returned(journey, c, new URL(c.req.url).search.slice(1)),
    },
    // Some PGs' apps come back with a POST, without any cookie (R-20, portone.md §2.4).
    { ...complete, method: 'POST', takes: 'form', handler: (c) => returnedByPost(journey, c) },
    {
      method: 'POST',
      path: '/webhooks/portone',
      who: 'anyone',
      takes: 'JSON or form',
      handler: (c) => webhook(journey, c),
    },
    { ...trpc, method: 'GET', takes: 'nothing' },
    { ...trpc, method: 'POST', takes: 'JSON' },
    { ...seen, path: '/healthz', handler: async (c) => c.json({ status: 'alive' }) },
    { ...seen, path: '/readyz', handler: (c) => ready(journey, c) },
    { ...seen, path: '/metrics', handler: (c) => metrics(journey, c) },
    ...(pages === null ? [] : webRoutes(journey, pages)),
  ]
}

/** Names the request, and tells of it in one line when it is answered. */
function logged(journey: Journey): MiddlewareHandler<Env> {
  const { clock, log, random } = journey.deps
  return async (c, next) => {
    const startedAtMs = clock.nowMs()
    c.set('requestId', random.id())
    await next()
    // The route's pattern, never its path: a path can carry a view token, a query anything (P-03).
    const [requestId, route, { method }, { status }] = [c.get('requestId'), routeOf(c), c.req, c.res]
    const level = /^\/(healthz|readyz|metrics)$/.test(route) ? 'debug' : 'info'
    log[level]({ requestId, method, route, status, ms: clock.nowMs() - startedAtMs }, 'request')
  }
}

/** The server as a function of a request. */
export function createApp(journey: Journey, pages: Pages | null, lagMs: Lag = () => 0): Hono<Env> {
  const { log } = journey.deps
  const app = new Hono<Env>()
  app.use(logged(journey))
  app.use(guarded(journey.deps.config))
  app.use(admission(journey.deps, lagMs))
  app.use(
    bodyLimit({
      maxSize: limits.bodyBytesMax,
      onError: (c) => refuse(c, { kind: 'too_large', limitBytes: limits.bodyBytesMax }),
    }),
  )
  app.use('/trpc/*', plainInput)
  const routes = routesOf(journey, pages)
  for (const { method, path, handler } of routes) {
    // Hono answers HEAD with the GET handler; a HEAD to the return must do nothing, so it is told apart first.
    if (method === 'HEAD')
      app.use(path, async (c, next) => (c.req.method === 'HEAD' ? handler(c, next) : await next()))
    else app.on(method, path, handler)
  }
  for (const [path, methods] of methodsByPath(routes))
    app.all(path, (c, next) => (methods.includes(c.req.method) ? next() : notAllowed(c, methods)))
  app.notFound((c) =>
    wantsPage(c)
      ? neutral(c, 'not_here', 404)
      : c.json({ kind: 'not_here', message: 'There is nothing here.' }, 404),
  )
  app.onError((error, c) => {
    const requestId = c.get('requestId')
    if (hasHungUp(c)) return refuse(c, { kind: 'bad_input', where: 'the body broke off' })
    if (error instanceof StorageUnavailable) {
      log.error({ err: error, requestId }, 'storage unavailable')
      return refuse(c, { kind: 'storage_unavailable', cause: error.message })
    }
    log.error({ err: error, requestId }, 'our fault')
    const message = `This is our fault. It is logged as ${requestId}.`
    return wantsPage(c)
      ? neutral(c, 'our_fault', 500, requestId)
      : c.json({ kind: 'our_fault', message }, 500)
  })
  return app
}

/** Who hangs up in the middle of a body, or is cut off because it comes too slowly, is no fault of ours, and no alarm for anybody (D-03, D-05). */
function hasHungUp({ env }: Context<Env>): boolean {
  const incoming = env?.incoming
  return incoming !== undefined && incoming.destroyed && !incoming.complete
}

/** What each path answers to; a page can be asked for by HEAD as well. */
function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const paths = Map.groupBy(routes, ({ path }) => path)
  return new Map(
    [...paths].map(([path, rows]) => {
      const methods = rows.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      return [path, [...new Set(methods)].toSorted()]
    }),
  )
}

/** Procedures that there are, by name: a made-up one is a stranger's text, which is not logged (P-03). Everything else by its pattern. */
const routeOf = (c: Context): string => {
  const named = new Set(/^\/trpc\/(.*)$/.exec(c.req.path)?.[1]?.split(','))
  const [only = ''] = named
  return named.size === 1 && procedureNames.has(only) ? `/trpc/${only}` : c.req.routePath
}
const procedureNames = new Set(Object.keys(routerFor(true)._def.procedures))

async function procedures(journey: Journey, c: Context<Env>): Promise<Response> {
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
      signal: c.req.raw.signal,
    }),
    onError: ({ error }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        journey.deps.log.error({ err: error, requestId, route: routeOf(c) }, 'our fault')
    },
  })
}

/** Only JSON is a call: what another site's form can send, with nobody asked beforehand, is none (O-03). */
const isCall = ({ req }: Context): boolean =>
  req.method !== 'POST' || /^application\/json\s*(;|$)/i.test(req.header('content-type') ?? '')

async function ready(journey: Journey, c: Context): Promise<Response> {
  try {
    await journey.deps.store.check()
    return c.json({ status: 'ready' })
  } catch (error) {
    journey.deps.log.error({ err: error }, 'not ready')
    return c.json({ status: 'storage unavailable' }, 503)
  }
}

async function metrics(journey: Journey, c: Context): Promise<Response> {
  c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  return c.body(await journey.measure())
}
