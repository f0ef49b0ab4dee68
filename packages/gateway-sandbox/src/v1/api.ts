import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { cancelRoute } from './api-cancel.ts'
import { lookupRoutes } from './api-lookups.ts'
import { prepareRoutes } from './api-prepare.ts'
import { vbankRoutes } from './api-vbanks.ts'
import { BANKS, CARDS, nameOf } from './banks-and-cards.ts'
import { answer, bodyAs, httpFailure, unauthorized } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import { errorBodies, faultsV1 } from './rest-faults.ts'
import { restFaults } from '../rest-faults.ts'

/**
 * The REST API of V1 (docs/gateway/portone-v1.md §4). Paths and envelopes are the gateway's. Trailing slashes are accepted (§8). Each
 * request is counted, then meets the configured faults, then the token check, then its route.
 */
export function createApi(state: State): Hono<SandboxEnv> {
  const api = new Hono<SandboxEnv>()
  api.use('*', countCall(state), errorBodies(state), restFaults(state, faultsV1(state)))
  api.post('/users/getToken', (c) => getToken(c, state))
  // Hono's `/payments/*` also matches `/payments`. With both paths the guard would run twice.
  for (const path of ['/payments/*', '/vbanks/*', '/banks/*', '/cards/*', '/users/pg'])
    api.use(path, tokenRequired(state))
  api.get('/users/pg', (c) => answer(c, CHANNELS))
  prepareRoutes(api, state)
  cancelRoute(api, state)
  lookupRoutes(api, state)
  vbankRoutes(api, state)
  tables(api)
  unknownEndpoints(api)
  return api
}

/** Accepts a raw token, `Bearer`, or the old `X-ImpTokenHeader`. Authorization takes precedence (docs/gateway/portone-v1.md §4.2). */
const tokenRequired =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const header = c.req.header('authorization') ?? c.req.header('x-imptokenheader') ?? ''
    if (!state.tokens.isLive(header.replace(/^Bearer\s+/i, ''))) return unauthorized(c)
    await next()
  }

const KeyPair = z.object({ imp_key: z.string(), imp_secret: z.string() })

async function getToken(c: Context<SandboxEnv>, state: State) {
  const pair = await bodyAs(c, KeyPair)
  if (pair === null) return httpFailure(c, 400, 'imp_key, imp_secret 파라미터가 누락되었습니다.')
  const token = state.tokens.issue(pair.imp_key, pair.imp_secret)
  return token === null ? unauthorized(c) : answer(c, token)
}

/** `GET /banks`, `/banks/{code}`, `/cards`, `/cards/{code}` (docs/gateway/portone-v1.md §4.3). */
function tables(api: Hono<SandboxEnv>): void {
  for (const [path, table] of [
    ['/banks', BANKS],
    ['/cards', CARDS],
  ] as const) {
    api.get(path, (c) => answer(c, table))
    api.get(`${path}/:code`, (c) => {
      const code = c.req.param('code')
      const name = nameOf(table, code)
      return name === null ? httpFailure(c, 404, '존재하지 않는 코드입니다.') : answer(c, { code, name })
    })
  }
}

const CHANNELS = [
  {
    pg_provider: 'html5_inicis',
    pg_id: 'MOIlandfal',
    sandbox: false,
    type: 'payment',
    channel_name: '실연동',
    channel_key: 'channel-key-live',
  },
  {
    pg_provider: 'html5_inicis',
    pg_id: 'INIpayTest',
    sandbox: true,
    type: 'payment',
    channel_name: '테스트',
    channel_key: 'channel-key-test',
  },
]

/** Limits the memory of a sandbox that runs for weeks. */
const CALLS_KEPT_MAX = 100_000

/** Records a REST request and sets the `date` header of its answer. */
export const countCall =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const url = new URL(c.req.url)
    if (state.calls.length >= CALLS_KEPT_MAX) state.calls.shift()
    state.calls.push({
      method: c.req.method,
      path: url.pathname,
      query: url.search,
      atMs: state.clock.nowMs(),
    })
    await next()
    // Send the sandbox's time, which may differ from the machine's.
    c.header('date', new Date(state.clock.nowMs()).toUTCString())
  }

/** The REST paths that the sandbox has, with their methods. */
const PATHS: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/users\/getToken$/, 'POST'],
  [/^\/users\/pg$/, 'GET'],
  [/^\/payments$/, 'GET'],
  [/^\/payments\/cancel$/, 'GET, POST'],
  [/^\/payments\/prepare$/, 'GET, POST, PUT'],
  [/^\/payments\/(?:prepare|status|find|findAll)\/[^/]+$/, 'GET'],
  [/^\/payments\/(?:find|findAll)\/[^/]+\/[^/]+$/, 'GET'],
  [/^\/payments\/[^/]+$/, 'GET'],
  [/^\/vbanks$/, 'POST'],
  [/^\/vbanks\/imps?_[^/]+$/, 'PUT, DELETE'],
  [/^\/(?:banks|cards)(?:\/[^/]+)?$/, 'GET'],
]

/**
 * Answers all other requests with the envelope and the message that the sandbox does not have the endpoint. A client could mistake a
 * generic 404 page for the gateway's answer. 405: the path exists with other methods.
 */
function unknownEndpoints(api: Hono<SandboxEnv>): void {
  api.all('*', (c) => {
    const path = c.req.path.length > 1 ? c.req.path.replace(/\/+$/, '') : c.req.path
    const methods = PATHS.find(([known]) => known.test(path))?.[1]
    const message = `샌드박스에 없는 API입니다. The gateway sandbox does not have ${c.req.method} ${c.req.path}.`
    const body = { code: -1, message, response: null }
    return methods === undefined ? c.json(body, 404) : c.json(body, 405, { allow: methods })
  })
}
