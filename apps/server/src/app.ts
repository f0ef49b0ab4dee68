import { returnFieldsFromQuery, type Problem } from '@landfall/payment-core'
import { serveStatic } from '@hono/node-server/serve-static'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Journey } from './journey/journey.ts'
import { land } from './journey/return.ts'
import { refresh, show, viewerOf } from './journey/show.ts'
import { hear } from './journey/webhook.ts'
import { neutralPage } from './neutral-page.ts'
import type { Pages } from './page.ts'
import { answerTo } from './problem-answers.ts'
import { StorageUnavailable } from './store/db.ts'
import { routerFor } from './trpc/router.ts'

/** What each request carries along: its name in the log. */
type Env = { Variables: { requestId: string } }
type Route = {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'ALL'
  readonly path: string
  readonly handler: MiddlewareHandler<Env>
}

const BODY_BYTES_MAX = 64 * 1024
const QUERY_CHARACTERS_MAX = 8_192
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

const wantsPage = (c: Context): boolean => (c.req.header('accept') ?? '').includes('text/html')

/** A person gets a page with a sentence, a program `{kind, message}`. */
function refuse(c: Context, problem: Problem): Response {
  const { status, message } = answerTo(problem)
  if (status === 503) c.header('retry-after', '5')
  return wantsPage(c)
    ? c.html(neutralPage(status === 503 ? 'busy' : 'unreadable'), status)
    : c.json({ kind: problem.kind, message }, status)
}

/** Door 1. Stores the claim and sends the browser on to its screen; nothing of the query reaches the address it is sent to. */
async function returned(journey: Journey, c: Context<Env>, query: string): Promise<Response> {
  c.header('cache-control', 'no-store')
  if (query.length > QUERY_CHARACTERS_MAX)
    return refuse(c, { kind: 'bad_input', where: 'the query is too long' })
  const fields = returnFieldsFromQuery(query)
  if (!fields.ok) return refuse(c, fields.problem)
  const landed = await land(journey, fields.value, c.req.param('token') ?? null)
  if (!landed.ok) return refuse(c, landed.problem)
  return c.redirect(`${journey.deps.config.webUrl}/result/${landed.value.token}`, 303)
}

/** The same by POST: fields in the query, in the body, or in both. */
async function returnedByPost(journey: Journey, c: Context<Env>): Promise<Response> {
  const form = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')
  const parts = [new URL(c.req.url).search.slice(1), form ? await c.req.text() : '']
  return returned(journey, c, parts.filter((part) => part !== '').join('&'))
}

/** Door 2. */
async function webhook(journey: Journey, c: Context<Env>): Promise<Response> {
  const heard = await hear(
    journey,
    c.req.header('content-type') ?? '',
    new Uint8Array(await c.req.arrayBuffer()),
  )
  if (heard.ok) return c.json({ status: 'stored' })
  const { status, message } = answerTo(heard.problem)
  journey.deps.log.warn({ requestId: c.get('requestId'), problem: heard.problem }, 'webhook refused')
  return c.json({ kind: heard.problem.kind, message }, status)
}

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

/** The built web app: files by name, the shop's page, and the result as the record has it. */
function webRoutes(journey: Journey, { root, ...pages }: Pages): readonly Route[] {
  const shop = serveStatic({ root, path: 'index.html' })
  const assets = serveStatic({
    root,
    precompressed: true,
    onFound: (_, c) => c.header('cache-control', forEver),
  })
  const fresh: MiddlewareHandler<Env> = async (c, next) => {
    c.header('cache-control', 'no-store')
    c.header('content-security-policy', "object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    return shop(c, next)
  }
  return [
    { method: 'GET', path: '/', handler: fresh },
    { method: 'GET', path: '/result/:token', handler: (c) => result(journey, pages, c) },
    { method: 'GET', path: '/result/:token/deadline.ics', handler: (c) => deadline(journey, pages, c) },
    { method: 'GET', path: '/assets/*', handler: assets },
    { method: 'GET', path: '/icon.svg', handler: serveStatic({ root }) },
  ]
}

/** Built files carry their content's hash in their names. */
const forEver = 'public, max-age=31536000, immutable'
/** How long the first response may wait for a look at the gateway: what is recorded then is written, and the page follows the rest. */
const PAGE_WAIT_MS = 300

/** The screen as a page. A link preview or a page fetched ahead of a tap looks nothing up. */
async function result(journey: Journey, pages: Omit<Pages, 'root'>, c: Context<Env>): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const viewer = await viewerOf(journey, token)
  const isAhead = c.req.method === 'HEAD' || /prefetch|prerender/i.test(c.req.header('sec-purpose') ?? '')
  if (viewer.ok && !isAhead) await refresh(journey, viewer.value, PAGE_WAIT_MS)
  const shown = viewer.ok ? await show(journey, viewer.value, token) : null
  const asked = { shown, shopUrl: journey.deps.config.shopUrl, ...askedBy(c) }
  const { body, headers } = pages.result(asked, c.req.header('accept-encoding') ?? null)
  return c.body(body, shown === null ? 404 : 200, headers)
}

/** The deposit's deadline as a calendar file. */
async function deadline(journey: Journey, pages: Omit<Pages, 'root'>, c: Context<Env>): Promise<Response> {
  c.header('cache-control', 'no-store')
  const token = c.req.param('token') ?? ''
  const viewer = await viewerOf(journey, token)
  const text = viewer.ok ? pages.calendar(await show(journey, viewer.value, token), askedBy(c)) : null
  if (text === null) return c.html(neutralPage('not_here'), 404)
  return c.body(text, 200, {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="deadline.ics"',
  })
}

const askedBy = (c: Context) => ({
  search: new URL(c.req.url).search,
  acceptLanguage: c.req.header('accept-language') ?? null,
})
