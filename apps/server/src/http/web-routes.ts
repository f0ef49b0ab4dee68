import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, MiddlewareHandler } from 'hono'
import { forEver, shopOpenerPolicy, shopPolicy } from './headers.ts'
import type { Journey } from '../journey/journey.ts'
import { refresh, show, viewerOf } from '../journey/requests/show.ts'
import { neutralAnswer } from './neutral-page.ts'
import type { Pages } from './page.ts'
import { respond, type Env, type Route } from './requests.ts'

/** The built web app: files by name, the shop's page, and the result as the record has it. */
export function webRoutes(journey: Journey, { root, ...pages }: Pages): readonly Route[] {
  const { sandboxMode, portone } = journey.deps.config
  const shop = serveStatic({ root, path: 'index.html' })
  const assets = serveStatic({
    root,
    precompressed: true,
    onFound: (_, c) => c.header('cache-control', forEver),
  })
  const fresh: MiddlewareHandler<Env> = async (c, next) => {
    c.header('content-security-policy', shopPolicy(sandboxMode ? portone.sdkUrl : null))
    c.header('cross-origin-opener-policy', shopOpenerPolicy)
    return shop(c, next)
  }
  const open = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  const seen = { ...open, who: 'view token' } as const
  return [
    { ...open, path: '/', handler: fresh },
    { ...seen, path: '/result/:token', handler: (c) => result(journey, pages, c) },
    { ...seen, path: '/result/:token/deadline.ics', handler: (c) => deadline(journey, pages, c) },
    { ...open, path: '/assets/*', handler: assets },
    { ...open, path: '/icon.svg', handler: serveStatic({ root }) },
  ]
}

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
  const token = c.req.param('token') ?? ''
  const viewer = await viewerOf(journey, token)
  const text = viewer.ok ? pages.calendar(await show(journey, viewer.value, token), askedBy(c)) : null
  if (text === null) return respond(c, neutralAnswer('not_here', 404))
  return c.body(text, 200, {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="deadline.ics"',
  })
}

const askedBy = (c: Context) => ({
  search: new URL(c.req.url).search,
  acceptLanguage: c.req.header('accept-language') ?? null,
})
