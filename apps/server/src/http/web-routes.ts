import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, MiddlewareHandler } from 'hono'
import { forEver, shopOpenerPolicy, shopPolicy } from './headers.ts'
import type { Journey } from '../journey/journey.ts'
import { shopScripts } from '../journey/requests/demo-shop.ts'
import { refresh, show, viewerOf } from '../journey/requests/show.ts'
import { neutralAnswer } from './neutral-page.ts'
import type { Pages } from './page.ts'
import { note, send, type Env } from './answer.ts'
import type { Route } from './requests.ts'

/** The built web app: its files, the demo shop's page, and the result page. */
export function webRoutes(journey: Journey, { root, earlierRoot, ...pages }: Pages): readonly Route[] {
  const scripts = journey.deps.config.sandboxMode ? shopScripts(journey.deps.config) : []
  const shop = serveStatic({ root, path: 'index.html' })
  const present = serveStatic({ root, precompressed: true })
  const earlier = earlierRoot === null ? present : serveStatic({ root: earlierRoot, precompressed: true })
  // A page that was written before an upgrade still gets its script, which its integrity hash verifies.
  const assets: MiddlewareHandler<Env> = async (c, next) => {
    const found = (await present(c, async () => undefined)) ?? (await earlier(c, next))
    if (found instanceof Response) found.headers.set('cache-control', forEver)
    return found
  }
  const fresh: MiddlewareHandler<Env> = async (c, next) => {
    c.header('content-security-policy', shopPolicy(scripts))
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

/** How long the first response waits for a lookup at the gateway. After that the page shows the recorded state and follows changes itself. */
const PAGE_WAIT_MS = 300

/**
 * The result page. Link previews and prefetches start no lookup. A shop that forwards gets the customer of a final outcome back at once,
 * without script as well.
 */
async function result(
  journey: Journey,
  pages: Pick<Pages, 'result' | 'calendar'>,
  c: Context<Env>,
): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const viewer = await viewerOf(journey, token)
  if (viewer.ok) note(c, { orderId: viewer.value.orderId, paymentId: viewer.value.paymentId })
  const isAhead = c.req.method === 'HEAD' || /prefetch|prerender/i.test(c.req.header('sec-purpose') ?? '')
  if (viewer.ok && !isAhead) await refresh(journey, viewer.value, PAGE_WAIT_MS)
  const shown = viewer.ok ? await show(journey, viewer.value, token) : null
  if (shown?.forwardUrl != null) return send(c, 303, null, { location: shown.forwardUrl })
  const { shopUrl, shop } = journey.deps.config
  const asked = { shown, shopUrl, shop: shop.face, ...askedBy(c) }
  const { body, headers } = pages.result(asked, c.req.header('accept-encoding') ?? null, shop.frames)
  return c.body(body, shown === null ? 404 : 200, headers)
}

/** The deposit deadline as a calendar file. */
async function deadline(
  journey: Journey,
  pages: Pick<Pages, 'result' | 'calendar'>,
  c: Context<Env>,
): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const viewer = await viewerOf(journey, token)
  const text = viewer.ok ? pages.calendar(await show(journey, viewer.value, token), askedBy(c)) : null
  if (text === null) return neutralAnswer(c, 'not_here', 404)
  return c.body(text, 200, {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="deadline.ics"',
  })
}

const askedBy = (c: Context) => ({
  search: new URL(c.req.url).search,
  acceptLanguage: c.req.header('accept-language') ?? null,
})
