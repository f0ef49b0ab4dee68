import { describe, expect, test } from 'vitest'
import { builtStyle, builtWeb } from '../../testing/built-web.ts'
import { buy, go } from '../../testing/shopper.ts'
import { startWorld } from '../../testing/world.ts'
import { createApp } from './app.ts'
import { routesOf } from './routes.ts'
import { shopPolicy, styleHash } from './headers.ts'
import { neutralPage } from './neutral-page.ts'
import { openPages } from './page.ts'
import { rows } from './rest/rows.ts'

/** A world whose server serves a built web app. */
async function startWithPages(env: Readonly<Record<string, string>> = {}) {
  const world = await startWorld({
    sockets: true,
    env: { PORTONE_V1_SDK_URL: `${sdkOrigin}/v1/iamport.js`, ...env },
  })
  const web = await builtWeb()
  const pages = await openPages(web.root)
  return {
    world,
    app: createApp(world.journey(), pages),
    routes: routesOf(world.journey(), pages).map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: async () => {
      await web[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

const sdkOrigin = 'http://localhost:4010'
const nothing = "default-src 'none'; frame-ancestors 'none'"
const neutral = (page: string): string =>
  `default-src 'none'; style-src '${styleHash(/<style>([^]*)<\/style>/.exec(page)?.[1] ?? '')}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`
const resultPage = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src '${styleHash(builtStyle)}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
const docsPage = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
/** A public deployment with the real gateway. */
const deployed = {
  PUBLIC_URL: 'https://pay.example',
  PORTONE_V1_URL: 'https://api.iamport.kr',
  PORTONE_V1_SDK_URL: 'https://cdn.iamport.kr/v1/iamport.js',
  TOKEN_SECRET: 'a token secret that is long enough for a public address'.replaceAll(' ', '-'),
}
const aPage = { headers: { accept: 'text/html' } }
const aWebhook = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }

type RouteRequest = {
  /** The route that answers; `nowhere` for an unknown path. */
  readonly route: string
  readonly path: string
  readonly init?: RequestInit
  readonly status: number
  readonly policy: string
  readonly kept?: true
  readonly opener?: string
  readonly resource?: string
}

/** Each row of the REST API, without a key. */
const restRequests: readonly RouteRequest[] = rows.map(({ method, path, procedure }) => ({
  route: `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  path,
  init: method === 'GET' ? {} : { method, headers: { 'content-type': 'application/json' }, body: '{}' },
  status: procedure === 'payments.verify' ? 400 : 401,
  policy: nothing,
}))

/** Covers each route and each kind of answer. */
const answersOf = (token: string): readonly RouteRequest[] => [
  {
    route: 'HEAD /complete/:token?',
    path: '/complete',
    init: { method: 'HEAD' },
    status: 204,
    policy: nothing,
  },
  { route: 'GET /complete/:token?', path: `/complete/${token}?imp_uid=imp_1`, status: 303, policy: nothing },
  { route: 'GET /complete/:token?', path: '/complete', status: 400, policy: nothing },
  {
    route: 'GET /complete/:token?',
    path: '/complete?error_msg=<script>alert(1)</script>',
    init: aPage,
    status: 400,
    policy: neutral(neutralPage('unreadable')),
  },
  {
    route: 'POST /complete/:token?',
    path: '/complete',
    init: { method: 'POST' },
    status: 400,
    policy: nothing,
  },
  {
    route: 'POST /webhooks/portone',
    path: '/webhooks/portone',
    init: aWebhook,
    status: 400,
    policy: nothing,
  },
  { route: 'GET /trpc/*', path: '/trpc/payments.screen?input={}', status: 400, policy: nothing },
  { route: 'GET /trpc/*', path: '/trpc/nothing', status: 404, policy: nothing },
  {
    route: 'GET /trpc/*',
    path: '/trpc/payments.watch',
    init: { headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } },
    status: 200,
    policy: nothing,
  },
  { route: 'POST /trpc/*', path: '/trpc/payments.verify', init: aWebhook, status: 400, policy: nothing },
  ...restRequests,
  { route: 'GET /openapi.json', path: '/openapi.json', status: 200, policy: nothing },
  { route: 'GET /docs', path: '/docs', status: 200, policy: docsPage, opener: 'unsafe-none' },
  ...['start', 'reference'].map((name) => ({
    route: `GET /docs/${name}.js`,
    path: `/docs/${name}.js`,
    status: 200,
    policy: nothing,
    resource: 'cross-origin',
  })),
  { route: 'nowhere', path: '/v1/nowhere', init: aPage, status: 404, policy: nothing },
  { route: 'GET /healthz', path: '/healthz', status: 200, policy: nothing },
  { route: 'GET /readyz', path: '/readyz', status: 200, policy: nothing },
  { route: 'GET /metrics', path: '/metrics', status: 200, policy: nothing },
  {
    route: 'GET /',
    path: '/',
    status: 200,
    opener: 'same-origin-allow-popups',
    policy: [
      "default-src 'none'",
      `script-src 'self' ${sdkOrigin}`,
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${sdkOrigin}`,
      `frame-src ${sdkOrigin}`,
      `form-action ${sdkOrigin}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  },
  { route: 'GET /result/:token', path: `/result/${token}`, status: 200, policy: resultPage },
  { route: 'GET /result/:token', path: '/result/x', status: 404, policy: resultPage },
  {
    route: 'GET /result/:token/deadline.ics',
    path: `/result/${token}/deadline.ics`,
    status: 404,
    policy: neutral(neutralPage('not_here')),
  },
  { route: 'GET /assets/*', path: '/assets/index-1.js', status: 200, policy: nothing, kept: true },
  { route: 'GET /assets/*', path: '/assets/index-2.js', status: 404, policy: nothing },
  { route: 'GET /icon.svg', path: '/icon.svg', status: 200, policy: nothing },
  { route: 'nowhere', path: '/nowhere', status: 404, policy: nothing },
  { route: 'nowhere', path: '/no', init: aPage, status: 404, policy: neutral(neutralPage('not_here')) },
]

describe('headers, route by route', () => {
  test('P-02, P-06, P-07: each answer sets its policy, forbids caching, framing and referrers, and names no server', async () => {
    await using stage = await startWithPages()
    const { token } = await buy(stage.world)
    const asked = answersOf(token)
    expect([...new Set(asked.map(({ route }) => route))].toSorted()).toEqual(
      [...new Set([...stage.routes, 'nowhere'])].toSorted(),
    )
    for (const { path, init, status, policy, kept, opener, resource } of asked) {
      const answer = await stage.app.request(path, init)
      await answer.body?.cancel()
      const at = `${init?.method ?? 'GET'} ${path}`
      const { headers } = answer
      expect([at, answer.status, headers.get('content-security-policy')]).toEqual([at, status, policy])
      expect([at, headers.get('cache-control')?.startsWith('no-store')]).toEqual([at, kept !== true])
      expect([at, Object.fromEntries(headers)]).toEqual([
        at,
        expect.objectContaining({
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'cross-origin-resource-policy': resource ?? 'same-origin',
          'cross-origin-opener-policy': opener ?? 'same-origin',
          'permissions-policy': expect.stringMatching(/camera=\(\).*geolocation=\(\).*payment=\(\)/),
        }),
      ])
      for (const never of ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin'])
        expect([at, never, headers.get(never)]).toEqual([at, never, null])
      // The API's reference alone has inline styles, and is sandboxed for it.
      const isSandboxed = policy.startsWith('sandbox allow-scripts;')
      expect([at, policy.includes('unsafe'), policy.includes('*')]).toEqual([at, isSandboxed, false])
    }
  })

  test('P-05, P-06: a server fault gets the neutral page’s policy too', async () => {
    await using stage = await startWithPages()
    const app = createApp(stage.world.journey(), null)
    app.get('/breaks', () => {
      throw new Error('impossible')
    })
    const answer = await app.request('/breaks', aPage)
    expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([
      500,
      neutral(await answer.text()),
    ])
    expect((await app.request('/breaks')).headers.get('content-security-policy')).toBe(nothing)
  })

  test('a calendar file gets the default policy; a stream is neither cached nor compressed', async () => {
    await using stage = await startWithPages()
    const { token, impUid } = await buy(stage.world)
    const { redirectUrl } = await stage.world.gateway.issueAccount(impUid)
    await go(redirectUrl ?? '')
    const calendar = () => stage.app.request(`/result/${token}/deadline.ics`)
    await stage.world.until('an account', async () => (await calendar()).status === 200)
    const { headers } = await calendar()
    expect([headers.get('content-type'), headers.get('content-security-policy')]).toEqual([
      'text/calendar; charset=utf-8',
      nothing,
    ])
    const headersOfStream = { authorization: `Bearer ${token}` }
    const stream = await stage.app.request('/trpc/payments.watch', { headers: headersOfStream })
    await stream.body?.cancel()
    expect(stream.headers.get('cache-control')).toBe('no-store, no-transform')
  })

  test('an unsatisfiable range of a file is not cached', async () => {
    await using stage = await startWithPages()
    const answer = await stage.app.request('/assets/index-1.js', { headers: { range: 'bytes=9999-' } })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([416, 'no-store'])
  })
})

describe('https', () => {
  test.each([
    ['https://pay.example', 'max-age=31536000'],
    ['http of a laptop', null],
  ])('at %s Strict-Transport-Security is %s', async (_where, value) => {
    await using world = await startWorld({ env: value === null ? {} : deployed })
    const answer = await go(`${world.url}/healthz`)
    expect(answer.headers.get('strict-transport-security')).toBe(value)
  })
})

describe('the shop’s policy', () => {
  test('names the real script’s two hosts; a closed shop’s policy names none', () => {
    const real = shopPolicy(['https://cdn.iamport.kr/v1/iamport.js'])
    expect(real).toContain("script-src 'self' https://cdn.iamport.kr https://service.iamport.kr;")
    expect(real).toContain('frame-src https://cdn.iamport.kr https://service.iamport.kr;')
    const shut = shopPolicy([])
    expect(shut).not.toMatch(/https?:|unsafe|\*/)
    expect(shut).toContain("frame-src 'none'; form-action 'none'")
  })

  test('outside sandbox mode the shop’s page gets the closed policy', async () => {
    await using stage = await startWithPages(deployed)
    const { headers } = await stage.app.request('/')
    expect(headers.get('content-security-policy')).toBe(shopPolicy([]))
  })
})
