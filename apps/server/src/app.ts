import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { returned, returnedByPost, webhook } from './doors.ts'
import type { Journey } from './journey/journey.ts'
import { neutralPage } from './neutral-page.ts'
import type { Pages } from './page.ts'
import { refuse, wantsPage, type Env, type Route } from './requests.ts'
import { StorageUnavailable } from './store/db.ts'
import { routerFor } from './trpc/router.ts'
import { webRoutes } from './web-routes.ts'

const BODY_BYTES_MAX = 64 * 1024
/** Procedure calls in one HTTP request (O-09). */
const CALLS_MAX = 20

/** Every HTTP route, in one table. `pages` is the built web app; null in development, where Vite serves it, and in tests of the rest. */
export function routesOf(journey: Journey, pages: Pages | null): readonly Route[] {
  return [
    { method: 'HEAD', path: '/complete/:token?', handler: async (c) => c.body(null, 204) }, // a link preview is no return
    {
      method: 'GET',
      path: '/complete/:token?',
      handler: (c) => returned(journey, c, new URL(c.req.url).search.slice(1)),
    },
    // Some PGs' apps come back with a POST, without any cookie (R-20, portone.md §2.4).
    { method: 'POST', path: '/complete/:token?', handler: (c) => returnedByPost(journey, c) },
    { method: 'POST', path: '/webhooks/portone', handler: (c) => webhook(journey, c) },
    { method: 'ALL', path: '/trpc/*', handler: (c) => procedures(journey, c) },
    { method: 'GET', path: '/healthz', handler: async (c) => c.json({ status: 'alive' }) },
    { method: 'GET', path: '/readyz', handler: (c) => ready(journey, c) },
    { method: 'GET', path: '/metrics', handler: (c) => metrics(journey, c) },
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
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    // The route's pattern, never its path: a path can carry a view token, a query anything (P-03).
    const [requestId, route, { method }, { status }] = [c.get('requestId'), routeOf(c), c.req, c.res]
    const level = /^\/(healthz|readyz|metrics)$/.test(route) ? 'debug' : 'info'
    log[level]({ requestId, method, route, status, ms: clock.nowMs() - startedAtMs }, 'request')
  }
}

/** The server as a function of a request. */
export function createApp(journey: Journey, pages: Pages | null): Hono<Env> {
  const { log } = journey.deps
  const app = new Hono<Env>()
  app.use(logged(journey))
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (c) => refuse(c, { kind: 'too_large', limitBytes: BODY_BYTES_MAX }),
    }),
  )
  for (const { method, path, handler } of routesOf(journey, pages)) {
    // Hono answers HEAD with the GET handler; a HEAD to the return must do nothing, so it is told apart first.
    if (method === 'HEAD')
      app.use(path, async (c, next) => (c.req.method === 'HEAD' ? handler(c, next) : await next()))
    else if (method === 'ALL') app.all(path, handler)
    else app.on(method, path, handler)
  }
  app.notFound((c) =>
    wantsPage(c)
      ? c.html(neutralPage('not_here'), 404)
      : c.json({ kind: 'not_here', message: 'There is nothing here.' }, 404),
  )
  app.onError((error, c) => {
    const requestId = c.get('requestId')
    if (error instanceof StorageUnavailable) {
      log.error({ err: error, requestId }, 'storage unavailable')
      return refuse(c, { kind: 'storage_unavailable', cause: error.message })
    }
    log.error({ err: error, requestId }, 'our fault')
    const message = `This is our fault. It is logged as ${requestId}.`
    return wantsPage(c)
      ? c.html(neutralPage('our_fault', requestId), 500)
      : c.json({ kind: 'our_fault', message }, 500)
  })
  return app
}

/** Procedures are named by their path, which carries no input; everything else by its pattern. */
const routeOf = (c: Context): string =>
  c.req.path.startsWith('/trpc/') ? c.req.path.slice(0, 200) : c.req.routePath

function procedures(journey: Journey, c: Context<Env>): Promise<Response> {
  const requestId = c.get('requestId')
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: c.req.raw,
    router: routerFor(journey.deps.config.sandboxMode),
    maxBatchSize: CALLS_MAX,
    createContext: () => ({
      journey,
      requestId,
      authorization: c.req.header('authorization') ?? null,
      signal: c.req.raw.signal,
    }),
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        journey.deps.log.error({ err: error, requestId, path }, 'our fault')
    },
  })
}

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
  c.header('cache-control', 'no-store')
  return c.body(await journey.measure())
}
