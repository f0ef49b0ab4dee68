import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Problem } from '@landfall/payment-core'
import type { Context } from 'hono'
import { limits } from '../config/limits.ts'
import type { Journey } from '../journey/journey.ts'
import { isDeeperThan } from '../journey/receive/json-depth.ts'
import { note, type Env } from './answer.ts'
import { refuse, type Route } from './requests.ts'
import { callNames } from './read-request.ts'
import { routerFor, scopes } from './trpc/router.ts'
import { aboutRefusal, keyFor } from './trpc/trpc.ts'

/** The procedures, one at a time or in batches. */
export function callRoutes(journey: Journey): readonly Route[] {
  const trpc = {
    path: '/trpc/*',
    who: 'each its own',
    handler: (c: Context<Env>) => answerCall(journey, c),
  } as const
  return [
    { ...trpc, method: 'GET', takes: 'nothing' },
    { ...trpc, method: 'POST', takes: 'JSON', unread: (c) => !isCall(c) || !isHeard(journey, c) },
  ]
}

/** Only JSON is accepted: another site's form can send other types without a CORS preflight (O-03). */
const isCall = ({ req }: Context): boolean =>
  req.method !== 'POST' || /^application\/json\s*(;|$)/i.test(req.header('content-type') ?? '')

/** Whether the input of any call matters. Keys are checked before a body is read, so that no stranger can occupy the shop's procedures (D-06). */
function isHeard({ deps }: Journey, c: Context<Env>): boolean {
  const authorization = c.req.header('authorization') ?? null
  const names = callNames(c.req.path)
  if (names.length > limits.batchCallsMax) return false
  return names.some((name) => {
    const scope = scopes.get(name)
    return scope === null || (scope !== undefined && keyFor(deps.secrets.current(), authorization, scope).ok)
  })
}

async function answerCall(journey: Journey, c: Context<Env>): Promise<Response> {
  if (!isCall(c)) return refuse(c, { kind: 'unsupported_content', contentType: '' })
  const text = new TextDecoder().decode(c.get('body'))
  if ([c.req.query('input') ?? '', text].some((input) => isDeeperThan(input, limits.jsonDepthMax)))
    return refuse(c, tooDeep)
  // tRPC reads the text. Building a new request for it would cost a twentieth of a procedure's time.
  Object.defineProperty(c.req.raw, 'text', { value: () => Promise.resolve(text) })
  const requestId = c.get('requestId')
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: c.req.raw,
    router: routerFor(journey.deps.config.sandboxMode),
    maxBatchSize: limits.batchCallsMax,
    // A view token may come in a body, which queries have by POST alone (P-09).
    allowMethodOverride: callNames(c.req.path).every((name) => name.startsWith('payments.')),
    createContext: () => ({
      journey,
      requestId,
      authorization: c.req.header('authorization') ?? null,
      isInQuery: c.req.method === 'GET',
      note: (about) => note(c, about),
      signal: c.req.raw.signal,
    }),
    onError: ({ error, path }) => {
      note(c, aboutRefusal(error, path))
      if (error.code === 'INTERNAL_SERVER_ERROR')
        journey.deps.log.error({ err: error, requestId, route: routeOf(path) }, 'our fault')
    },
  })
}
const tooDeep: Problem = { kind: 'bad_input', where: 'nested too deep' }

/** The route as the log names it. An unknown procedure's name is a stranger's text, which is not logged (P-03). */
const routeOf = (procedure = ''): string => (scopes.has(procedure) ? `/trpc/${procedure}` : '/trpc/*')
