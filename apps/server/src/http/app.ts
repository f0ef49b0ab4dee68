import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { admission, admitting, comerOf, plainInput, type Lag } from './admission.ts'
import { openDoors, type RouteRequest, type Door, type Enter } from './door.ts'
import { doors } from './doors.ts'
import { faultOf } from './fault.ts'
import { guarded } from './headers.ts'
import { seesOtherDeployment } from '../store/other-deployments.ts'
import type { Journey } from '../journey/journey.ts'
import { limits } from '../config/limits.ts'
import type { Pages } from './page.ts'
import { notAllowedOf, notHereOf, refuse, respond, wantsPage, type Env, type Route } from './requests.ts'
import { routerFor } from './trpc/router.ts'
import { webRoutes } from './web-routes.ts'

/** Every HTTP route, in one table: the doors, and what the framework answers. `pages` is the built web app; null in development, where Vite serves it, and in tests of the rest. */
export const routesOf = (journey: Journey, pages: Pages | null): ReadonlyArray<Door | Route> => [
  ...doors,
  ...framedRoutes(journey, pages),
]

function framedRoutes(journey: Journey, pages: Pages | null): readonly Route[] {
  const trpc = {
    path: '/trpc/*',
    who: 'each its own',
    handler: (c: Context<Env>) => procedures(journey, c),
  } as const
  const seen = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  return [
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

export type App = Hono<Env> & {
  /** The doors, for who has a socket's request in hand (`front-door.ts`). */
  readonly enter: Enter
}

/** The server as a function of a request. */
export function createApp(journey: Journey, pages: Pages | null, lagMs: Lag = () => 0): App {
  const { log, config } = journey.deps
  const admit = admission(journey.deps, lagMs)
  const enter = openDoors(journey, doors, admit)
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const answer = enter(askedBy(c))
    return answer === null ? next() : respond(c, await answer)
  })
  app.use(logged(journey))
  app.use(guarded(config))
  app.use(admitting(admit))
  app.use(bounded)
  app.use('/trpc/*', plainInput)
  const routes = framedRoutes(journey, pages)
  for (const { method, path, handler } of routes) app.on(method, path, handler)
  for (const [path, methods] of methodsByPath(routes))
    app.all(path, (c, next) =>
      methods.includes(c.req.method) ? next() : respond(c, notAllowedOf(wantsPage(c), methods)),
    )
  app.notFound((c) => respond(c, notHereOf(wantsPage(c))))
  app.onError((error, c) => {
    const [requestId, isPage] = [c.get('requestId'), wantsPage(c)]
    return respond(c, faultOf(log, { error, requestId, isPage, hasHungUp: hasHungUp(c) }))
  })
  return Object.assign(app, { enter })
}

/** A request at a door that comes without its socket: tests and worlds, and addresses written in an unusual way. */
const askedBy = (c: Context<Env>): RouteRequest => ({
  ...comerOf(c),
  method: c.req.method,
  body: (bytesMax) => bodyOf(c.req.raw, bytesMax),
  hasHungUp: () => hasHungUp(c),
})

async function bodyOf(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) return null
  const chunks: Uint8Array[] = []
  let size = 0
  const stream: AsyncIterable<Uint8Array> | null = request.body
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > bytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A length that is told beforehand spares wrapping the body in a stream. */
const bounded: MiddlewareHandler<Env> = (c, next) => {
  const told = c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined
  if (told === undefined) return counted(c, next)
  return Number(told) > limits.bodyBytesMax ? Promise.resolve(refuse(c, tooLarge)) : next()
}
const tooLarge = { kind: 'too_large', limitBytes: limits.bodyBytesMax } as const
const counted = bodyLimit({ maxSize: limits.bodyBytesMax, onError: (c) => refuse(c, tooLarge) })

/** Cut off in the middle of a body. */
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

const sharedAccount =
  'another shop or deployment seems to use this gateway account: orders.list with review=true names what was seen'

async function ready(journey: Journey, c: Context): Promise<Response> {
  try {
    await journey.deps.store.check()
    const isShared = await seesOtherDeployment(journey.deps.store)
    return c.json({ status: 'ready', ...(isShared ? { warnings: [sharedAccount] } : {}) })
  } catch (error) {
    journey.deps.log.error({ err: error }, 'not ready')
    return c.json({ status: 'storage unavailable' }, 503)
  }
}

async function metrics(journey: Journey, c: Context): Promise<Response> {
  c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  return c.body(await journey.measure())
}
