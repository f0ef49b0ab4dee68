import type { Context } from 'hono'
import type { Journey } from '../journey/journey.ts'
import type { Pages } from './page.ts'
import { callRoutes } from './call-routes.ts'
import type { Route } from './requests.ts'
import { docsRoutes } from './rest/docs/docs-routes.ts'
import { restRoutes } from './rest/rest-routes.ts'
import { returnRoutes } from './return-route.ts'
import { webRoutes } from './web-routes.ts'
import { webhookRoute } from './webhook-route.ts'

/** Every HTTP route. `pages` is the built web app; null in development, where Vite serves it, and in most tests. */
export function routesOf(journey: Journey, pages: Pages | null): readonly Route[] {
  const open = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  return [
    ...returnRoutes(journey),
    webhookRoute(journey),
    ...callRoutes(journey),
    ...restRoutes(journey),
    ...docsRoutes(),
    { ...open, path: '/healthz', handler: async (c) => c.json({ status: 'alive' }) },
    { ...open, path: '/readyz', handler: (c) => answerReady(journey, c) },
    { ...open, path: '/metrics', handler: (c) => answerMetrics(journey, c) },
    ...(pages === null ? [] : webRoutes(journey, pages)),
  ]
}

async function answerReady(journey: Journey, c: Context): Promise<Response> {
  // The balancer stops sending requests here. Those that arrive are still answered.
  if (journey.isStopping()) return c.json({ status: 'stopping' }, 503)
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
