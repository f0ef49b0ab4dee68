import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import { matchedRoutes } from 'hono/route'
import type { Journey } from '../journey/journey.ts'
import { openAdmission, type Admission, type Lag } from './admission.ts'
import { sharing, guarded } from './headers.ts'

import type { Pages } from './page.ts'
import type { Env } from './answer.ts'
import { answerFault, refuseMethod, refuseUnknown, type Route } from './requests.ts'
import { routingPath } from './read-request.ts'
import { routesOf } from './routes.ts'
import { scopes } from './trpc/router.ts'

/** The server as a function from request to response. */
export function createApp(journey: Journey, pages: Pages | null, lagMs: Lag = () => 0): Hono<Env> {
  const { log, config, random } = journey.deps
  const app = new Hono<Env>({ getPath: routingPath })
  // A client's own `X-Request-Id` is ignored: it would put a stranger's text in the log.
  app.use(requestId({ headerName: '', generator: () => random.id() }))
  app.use(logged(journey))
  app.use(guarded(config))
  app.use(sharing(config.shop.callers))
  const admission = openAdmission({ ...journey.deps, tokens: journey.tokens }, lagMs)
  app.use(admission.admitting)
  for (const [path, rows] of Map.groupBy(routesOf(journey, pages), (route) => route.path))
    app.all(path, byMethod(rows, admission))
  app.notFound(refuseUnknown)
  app.onError((error, c) => answerFault(log, error, c))
  return app
}

/** Logs each answered request on one line. */
function logged(journey: Journey): MiddlewareHandler<Env> {
  const { clock, log } = journey.deps
  return async (c, next) => {
    const startedAtMs = clock.monotonicMs()
    await next()
    const [route, { method }, { status }] = [routeName(c), c.req, c.res]
    const level = /^\/(healthz|readyz|metrics)$/.test(route) ? 'debug' : 'info'
    log[level](
      {
        requestId: c.get('requestId'),
        method,
        route,
        status,
        ms: clock.monotonicMs() - startedAtMs,
        ...c.get('about'),
      },
      'request',
    )
  }
}

/** The request's route as the log names it: the pattern, or a known procedure. A path may hold a token or a stranger's text, which are not logged (P-03). */
function routeName(c: Context<Env>): string {
  const named = new Set(/^\/trpc\/(.*)$/.exec(c.req.path)?.[1]?.split(','))
  const [only = ''] = named
  if (named.size === 1 && scopes.has(only)) return `/trpc/${only}`
  return matchedRoutes(c).findLast(({ path }) => path !== '/*')?.path ?? '/*'
}

/** One path's handlers by method. A GET route answers HEAD too, unless the path has a HEAD route; any other method is 405. */
function byMethod(rows: readonly Route[], { serving }: Admission): MiddlewareHandler<Env> {
  const handlers = new Map(rows.map((route) => [String(route.method), serving(route)]))
  const get = handlers.get('GET')
  if (get !== undefined && !handlers.has('HEAD')) handlers.set('HEAD', get)
  const methods = [...handlers.keys()].toSorted()
  return (c, next) => handlers.get(c.req.method)?.(c, next) ?? Promise.resolve(refuseMethod(c, methods))
}
