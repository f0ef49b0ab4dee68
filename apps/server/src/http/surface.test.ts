import type { BuiltPage } from '@landfall/payment-core'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { call, proceduresOf, refusalIn } from '../../testing/procedures.ts'
import { listen } from '../../testing/receiver.ts'
import { everything } from '../../testing/rows.ts'
import { buy, go, orderId } from '../../testing/shopper.ts'
import { merchantKey, startWorld } from '../../testing/world.ts'
import { createApp } from './app.ts'
import { routesOf } from './routes.ts'
import { pagesOf, type Pages } from './page.ts'
import type { Route } from './requests.ts'
import { appRouter } from './trpc/router.ts'

/** The whole public surface: who may call a route, which body it reads, and the status a caller without credentials gets (`nobody`). */
const surface: Readonly<
  Record<string, { readonly who: Route['who']; readonly takes: Route['takes']; readonly nobody: number }>
> = {
  'HEAD /complete/:token?': { who: 'anyone', takes: 'nothing', nobody: 204 },
  'GET /complete/:token?': { who: 'anyone', takes: 'nothing', nobody: 400 },
  'POST /complete/:token?': { who: 'anyone', takes: 'form', nobody: 400 },
  'POST /webhooks/portone': { who: 'anyone', takes: 'JSON or form', nobody: 415 },
  'GET /trpc/*': { who: 'each its own', takes: 'nothing', nobody: 404 },
  'POST /trpc/*': { who: 'each its own', takes: 'JSON', nobody: 415 },
  'POST /v1/payments/verify': { who: 'anyone', takes: 'JSON', nobody: 400 },
  'POST /v1/orders': { who: 'merchant key: orders:write', takes: 'JSON', nobody: 401 },
  'GET /v1/orders': { who: 'merchant key: orders:read', takes: 'nothing', nobody: 401 },
  'GET /v1/orders/:orderId': { who: 'merchant key: orders:read', takes: 'nothing', nobody: 401 },
  'GET /v1/orders/:orderId/story': { who: 'merchant key: orders:read', takes: 'nothing', nobody: 401 },
  'POST /v1/orders/:orderId/refunds': { who: 'merchant key: refunds', takes: 'JSON', nobody: 401 },
  'POST /v1/orders/:orderId/close': { who: 'merchant key: orders:write', takes: 'JSON', nobody: 401 },
  'POST /v1/orders/:orderId/reconcile': { who: 'merchant key: orders:write', takes: 'JSON', nobody: 401 },
  'POST /v1/orders/:orderId/reviews/:reviewId/resolve': {
    who: 'merchant key: refunds',
    takes: 'JSON',
    nobody: 401,
  },
  'GET /v1/refunds': { who: 'merchant key: orders:read', takes: 'nothing', nobody: 401 },
  'GET /v1/notices': { who: 'merchant key: notices', takes: 'nothing', nobody: 401 },
  'POST /v1/notices/replay': { who: 'merchant key: notices', takes: 'JSON', nobody: 401 },
  'GET /openapi.json': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /docs': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /docs/start.js': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /docs/reference.js': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /healthz': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /readyz': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /metrics': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /': { who: 'anyone', takes: 'nothing', nobody: 200 },
  'GET /result/:token': { who: 'view token', takes: 'nothing', nobody: 404 },
  'GET /result/:token/deadline.ics': { who: 'view token', takes: 'nothing', nobody: 404 },
  'GET /assets/*': { who: 'anyone', takes: 'nothing', nobody: 404 },
  'GET /icon.svg': { who: 'anyone', takes: 'nothing', nobody: 200 },
}

/** A minimal built web app. */
async function builtWeb(): Promise<Pages & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'landfall-surface-'))
  await mkdir(join(root, 'assets'))
  for (const file of ['index.html', 'icon.svg', 'assets/shop.js']) await writeFile(join(root, file), file)
  const built: BuiltPage = {
    style: 'a{}',
    document: ({ shown }) => `<main>${shown?.kind ?? 'nothing'}</main>`,
    calendar: () => null,
  }
  return { ...pagesOf(root, built), [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}

/** A world with an open order and two servers: one with the demo shop, one as in production. */
async function startBoth() {
  const world = await startWorld()
  const pages = await builtWeb()
  const journey = world.journey()
  const { deps } = journey
  const production = { ...journey, deps: { ...deps, config: { ...deps.config, sandboxMode: false } } }
  const servers = [await listen(createApp(journey, pages)), await listen(createApp(production, pages))]
  const { token } = await buy(world)
  await world.pass(5_000)
  return {
    world,
    token,
    routes: routesOf(journey, pages),
    urls: servers.map(({ port }) => `http://127.0.0.1:${port}`),
    [Symbol.asyncDispose]: async () => {
      for (const { server } of servers) await new Promise<void>((done) => void server.close(() => done()))
      await pages[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** An address of the route without a valid token. */
const pathOf = ({ path }: Pick<Route, 'path'>): string =>
  path.replace('/:token?', '').replace(':token', 'nobodys').replace('*', 'nothing')
const nameOf = ({ method, path }: Route): string => `${method} ${path}`

const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
/** Bodies that would count as a claim if they were read, by content type. */
const claim = { imp_uid: 'imp_000000000009', merchant_uid: orderId, status: 'paid', imp_success: 'true' }
const bodies: ReadonlyArray<readonly [type: string, body: string, kind: 'JSON' | 'form' | 'neither']> = [
  ['application/json', JSON.stringify(claim), 'JSON'],
  ['application/x-www-form-urlencoded', new URLSearchParams(claim).toString(), 'form'],
  ['text/plain', JSON.stringify(claim), 'neither'],
  ['text/plain;charset=UTF-8', new URLSearchParams(claim).toString(), 'neither'],
  ['text/json', JSON.stringify(claim), 'neither'],
  ['application/jsonp', JSON.stringify(claim), 'neither'],
  ['application/octet-stream', JSON.stringify(claim), 'neither'],
  ['application/xml', '<imp_uid>imp_000000000009</imp_uid>', 'neither'],
  [
    'multipart/form-data; boundary=x',
    `--x\r\ncontent-disposition: form-data; name="imp_uid"\r\n\r\nimp_000000000009\r\n--x--\r\n`,
    'neither',
  ],
]

describe('every route', () => {
  test('is in the table above, with who may call it and which body it reads', async () => {
    await using both = await startBoth()
    const found = both.routes.map((route) => [nameOf(route), { who: route.who, takes: route.takes }])
    const expected = Object.entries(surface).map(([name, { who, takes }]) => [name, { who, takes }])
    expect(found).toEqual(expected)
  })

  test('answers a caller without credentials as the table says, and changes nothing', async () => {
    await using both = await startBoth()
    const before = await everything(both.world)
    for (const url of both.urls)
      for (const route of both.routes) {
        const answer = await go(url + pathOf(route), { method: route.method })
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), surface[nameOf(route)]?.nobody])
        // The document's examples name an order of their own.
        if (!/^GET \/(docs|openapi)/.test(nameOf(route))) expect(await answer.text()).not.toContain(orderId)
      }
    expect(await everything(both.world)).toEqual(before)
  })

  test('P-01: shows nothing for a view token that is forged, cut, expired or of the wrong kind', async () => {
    await using both = await startBoth()
    const { world, token } = both
    const expired = await world
      .journey()
      .tokens.sign(
        { scope: 'full', orderId, paymentId: null, sinceMs: world.clock.nowMs() },
        world.clock.nowMs(),
      )
    const [url = ''] = both.urls
    const before = await everything(world)
    const answers = new Set<string>()
    for (const bad of [expired, token.slice(0, -1), `x${token}`, merchantKey, orderId, 'a'.repeat(10_000)])
      for (const { path, who } of both.routes)
        if (who === 'view token') {
          const answer = await go(url + path.replace(':token', encodeURIComponent(bad)))
          expect([path, bad.slice(0, 40), answer.status]).toEqual([path, bad.slice(0, 40), 404])
          answers.add(`${path} ${await answer.text()}`)
        }
    expect(answers.size).toBe(2) // one page for each path, whatever is wrong with the token
    expect(await everything(world)).toEqual(before)
    expect(await (await go(`${url}/result/${token}`)).text()).toBe('<main>checking</main>')
  })

  test('R-20: answers other methods with 405 and its allowed methods, and changes nothing', async () => {
    await using both = await startBoth()
    const { world, routes } = both
    const before = await everything(world)
    for (const url of both.urls)
      for (const path of new Set(routes.map((route) => route.path))) {
        const own = routes.filter((route) => route.path === path).map(({ method }) => method)
        const allowed = everyMethod.filter(
          (method) => own.some((each) => each === method) || (method === 'HEAD' && own.includes('GET')),
        )
        for (const method of everyMethod.filter((each) => !allowed.includes(each))) {
          const answer = await go(url + pathOf({ path }), { method })
          expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([
            method,
            path,
            405,
            allowed.join(', '),
          ])
          expect((await answer.text()).length).toBeLessThan(200)
        }
        if (allowed.includes('HEAD'))
          expect((await go(url + pathOf({ path }), { method: 'HEAD' })).status).toBeLessThan(500)
      }
    expect(await everything(world)).toEqual(before)
  })

  test('O-03: reads bodies of its own content type only; others are refused or ignored', async () => {
    await using both = await startBoth()
    const { world, routes, urls } = both
    const before = await everything(world)
    for (const url of urls)
      for (const route of routes.filter(({ method }) => method === 'POST'))
        for (const [type, body, kind] of bodies) {
          if (route.takes.includes(kind)) continue
          const headers = {
            'content-type': type,
            origin: 'https://evil.example',
            'sec-fetch-site': 'cross-site',
          }
          const answer = await go(url + pathOf(route), { method: 'POST', headers, body })
          expect([nameOf(route), type, answer.status]).toEqual([
            nameOf(route),
            type,
            route.takes === 'form' ? 400 : 415,
          ])
        }
    expect(await everything(world)).toEqual(before)
    // Control: the webhook accepts the same claim in its own content types.
    for (const [type, body] of bodies.filter(([, , kind]) => kind !== 'neither')) {
      const [url = ''] = urls
      const headers = { 'content-type': type }
      expect((await go(`${url}/webhooks/portone`, { method: 'POST', headers, body })).status).toBe(200)
    }
    expect((await everything(world)).rows['receipts']).not.toEqual(before.rows['receipts'])
  })

  test('refuses a body over 64 kB with 413, with or without a declared length, and changes nothing', async () => {
    await using both = await startBoth()
    const { world, routes } = both
    const before = await everything(world)
    const text = `imp_uid=imp_000000000009&padding=${'x'.repeat(64 * 1024)}`
    const bodyOf = { told: () => text, untold: () => new Blob([text]).stream() }
    for (const url of both.urls)
      for (const route of routes.filter(({ method }) => method === 'POST'))
        for (const [how, body] of Object.entries(bodyOf)) {
          const contentType = route.takes.includes('form')
            ? 'application/x-www-form-urlencoded'
            : 'application/json'
          const init = {
            method: 'POST',
            headers: { 'content-type': contentType },
            body: body(),
            duplex: 'half',
          } as const
          // The body of a call that nobody may make is not read.
          const path = route.path === '/trpc/*' ? '/trpc/payments.verify' : pathOf(route)
          const answer = await go(url + path, init)
          const isUnread = route.who.startsWith('merchant key')
          expect([nameOf(route), how, answer.status]).toEqual([nameOf(route), how, isUnread ? 401 : 413])
          await answer.arrayBuffer()
        }
    expect(await everything(world)).toEqual(before)
  })

  test('O-03: allows no other origin: no preflight succeeds, no answer is readable', async () => {
    await using both = await startBoth()
    const ask = {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    }
    for (const url of both.urls)
      for (const route of both.routes)
        for (const method of ['OPTIONS', route.method]) {
          const { headers, status } = await go(url + pathOf(route), { method, headers: ask })
          const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
          expect([nameOf(route), method, cors]).toEqual([nameOf(route), method, []])
          if (method === 'OPTIONS') expect([nameOf(route), status]).toEqual([nameOf(route), 405])
        }
  })
})

describe('every procedure', () => {
  const authorization = `Bearer ${merchantKey}`
  /** Input that would have an effect if it were read; the credentials are valid. */
  const input = { orderId: 'ord-2', name: 'x', amount: 1_000, productId: 'coffee', from: 0, to: 1, ...claim }

  test('O-03: accepts only JSON: content types of another site’s form get 415 and change nothing', async () => {
    await using both = await startBoth()
    const { world, token } = both
    const before = await everything(world)
    const mutations = proceduresOf(appRouter).filter(({ type }) => type === 'mutation')
    expect(mutations.length).toBe(8)
    for (const url of both.urls)
      for (const { path } of mutations)
        for (const [contentType, sent] of [...bodies.map(([type]) => type), ''].map(
          (type) => [type, JSON.stringify({ ...input, token })] as const,
        )) {
          if (contentType === 'application/json') continue
          const headers = { authorization, origin: 'https://evil.example', 'content-type': contentType }
          const body = contentType.startsWith('multipart')
            ? formOf(input)
            : new Blob([sent], { type: contentType })
          if (contentType === '') Reflect.deleteProperty(headers, 'content-type')
          const answer = await go(`${url}/trpc/${path}`, { method: 'POST', headers, body })
          expect([path, contentType, answer.status, await answer.json()]).toMatchObject([
            path,
            contentType,
            415,
            { kind: 'unsupported_content' },
          ])
        }
    expect(await everything(world)).toEqual(before)
  })

  test('answers its own method only: another site’s link or image calls no mutation', async () => {
    await using both = await startBoth()
    const { world } = both
    const [demo] = both.urls
    const before = await everything(world)
    for (const url of both.urls)
      for (const { path, type } of proceduresOf(appRouter)) {
        const other = type === 'mutation' ? 'query' : 'mutation'
        const answer = await call(url, { path, type: other }, input, { authorization })
        const isThere = url === demo || !path.startsWith('shop.')
        // A view token may come in a body (P-09); a merchant key is none.
        const isViewers = path === 'payments.screen' || path === 'payments.watch'
        const status = isViewers ? 401 : 405
        expect([path, (await refusalIn(answer)).status]).toEqual([path, isThere ? status : 404])
      }
    expect(await everything(world)).toEqual(before)
  })

  test('P-08: the demo shop’s procedures are absent in production, with or without a key', async () => {
    await using both = await startBoth()
    const { world } = both
    const [demo = '', production = ''] = both.urls
    const before = await everything(world)
    const shop = proceduresOf(appRouter).filter(({ who }) => who === 'anyone, in sandbox mode')
    expect(shop.map(({ path }) => path)).toEqual(['shop.products', 'shop.gateways', 'shop.order'])
    for (const procedure of shop)
      for (const headers of [{}, { authorization }])
        expect((await call(production, procedure, input, headers)).status).toBe(404)
    expect(await everything(world)).toEqual(before)
    for (const procedure of shop)
      expect((await call(demo, procedure, { productId: 'coffee' })).status).toBe(200)
  })
})

/** A multipart form as a browser sends it. */
function formOf(fields: Readonly<Record<string, unknown>>): Blob {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
  )
  return new Blob([`${parts.join('')}--x--\r\n`], { type: 'multipart/form-data; boundary=x' })
}
