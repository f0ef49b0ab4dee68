import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { requestId } from 'hono/request-id'
import { limits } from '../config/limits.ts'
import type { Journey } from '../journey/journey.ts'
import { admission, admitting, plainInput, type Lag } from './admission.ts'
import { sharing } from './cross-origin.ts'
import { answerFault } from './fault.ts'
import { guarded } from './headers.ts'
import type { Pages } from './page.ts'
import type { Env } from './answer.ts'
import { refuse, refuseMethod, refuseUnknown, tooLarge, type Route } from './requests.ts'
import { readsOwnBody, routeName, routesOf, routingPath } from './routes.ts'

/** The server as a function from request to response. */
export function createApp(journey: Journey, pages: Pages | null, lagMs: Lag = () => 0): Hono<Env> {
  const { log, config, random } = journey.deps
  const app = new Hono<Env>({ getPath: routingPath })
  // A client's own `X-Request-Id` is ignored: it would put a stranger's text in the log.
  app.use(requestId({ headerName: '', generator: () => random.id() }))
  app.use(logged(journey))
  app.use(guarded(config))
  app.use(sharing(config.shop.callers))
  app.use(admitting(admission(journey.deps, lagMs)))
  app.use(bounded)
  app.use('/trpc/*', plainInput)
  for (const [path, rows] of Map.groupBy(routesOf(journey, pages), (route) => route.path))
    app.all(path, byMethod(rows))
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

/** One path's handlers by method. A GET route answers HEAD too, unless the path has a HEAD route; any other method is 405. */
function byMethod(rows: readonly Route[]): MiddlewareHandler<Env> {
  const handlers = new Map(rows.map(({ method, handler }) => [String(method), handler]))
  const get = handlers.get('GET')
  if (get !== undefined && !handlers.has('HEAD')) handlers.set('HEAD', get)
  const methods = [...handlers.keys()].toSorted()
  return (c, next) => handlers.get(c.req.method)?.(c, next) ?? Promise.resolve(refuseMethod(c, methods))
}

/** Limits every body that its route does not limit itself. A declared length is checked without reading the body. */
const bounded: MiddlewareHandler<Env> = (c, next) => {
  if (readsOwnBody(c.req.path)) return next()
  const told = c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined
  if (told === undefined) return counted(c, next)
  return Number(told) > limits.bodyBytesMax ? Promise.resolve(refuse(c, tooLarge)) : next()
}
const counted = bodyLimit({ maxSize: limits.bodyBytesMax, onError: (c) => refuse(c, tooLarge) })
