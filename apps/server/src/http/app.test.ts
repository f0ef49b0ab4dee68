import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { buy, comeBack, go, orderId, orderOf, register, tell } from '../../testing/shopper.ts'
import { merchantKey, startWorld } from '../../testing/world.ts'
import { routesOf } from './routes.ts'

describe('probes', () => {
  test('healthz reports the process, readyz the database', async () => {
    await using world = await startWorld({ engine: 'sqlite' })
    expect([
      (await go(`${world.url}/healthz`)).status,
      await (await go(`${world.url}/readyz`)).json(),
    ]).toEqual([200, { status: 'ready' }])
    await world.deps().store.close()
    const gone = await go(`${world.url}/readyz`)
    expect([gone.status, await gone.json()]).toEqual([503, { status: 'storage unavailable' }])
    expect((await go(`${world.url}/healthz`)).status).toBe(200)
  })

  test('C-10: a server that is about to stop says so in readyz and serves on, until its open pages are closed', async () => {
    await using world = await startWorld()
    const { returnUrl, token } = await buy(world)
    const headers = { authorization: `Bearer ${token}` }
    const stream = await go(`${world.url}/trpc/payments.watch`, { headers })
    world.journey().announceStop()
    const ready = await go(`${world.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'stopping' }])
    expect((await go(`${world.url}/healthz`)).status).toBe(200)
    expect((await go(`${returnUrl}?imp_uid=imp_000000000001`)).status).toBe(303)
    world.journey().close()
    expect(await stream.text()).toContain('"kind":"checking"')
  })

  test('C-10: what still waits for the gateway when the sockets are about to close is answered without it', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '10000' } })
    await register(world)
    world.gateway.misbehave({ rest: 'hang' })
    const bearer = { authorization: `Bearer ${merchantKey}` }
    const post = (path: string, body: unknown) =>
      go(`${world.url}/v1/orders${path}`, {
        method: 'POST',
        headers: { ...bearer, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const asked = Promise.all([
      post('', { orderId: 'ord-2002', name: 'x', amount: 100 }),
      post(`/${orderId}/reconcile`, {}),
      post(`/${orderId}/close`, {}),
    ])
    await world.pass(100)
    world.journey().close()
    await world.pass(2_500)
    expect((await asked).map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [200, null],
      [503, '1'],
      [503, '1'],
    ])
    expect((await orderOf(world, 'ord-2002')).status).toBe('open')
  })

  test('C-06: without its database the server answers 500 or 503, names no cause, and keeps running', async () => {
    await using world = await startWorld({ engine: 'sqlite' })
    const { returnUrl } = await buy(world)
    await world.deps().store.close()
    const answer = await go(`${returnUrl}?imp_uid=imp_1`, { headers: { accept: 'text/html' } })
    expect([500, 503]).toContain(answer.status)
    expect(await answer.text()).not.toMatch(/sqlite|stack|connection/i)
    expect((await go(`${world.url}/healthz`)).status).toBe(200)
  })
})

describe('a body cut off by the client', () => {
  test('D-03, D-05: is logged as 400 on every route, not as a server fault', async () => {
    await using world = await startWorld({ sockets: true })
    const doors = [
      ['/webhooks/portone', 'application/json'],
      ['/complete', 'application/x-www-form-urlencoded'],
      ['/trpc/payments.verify', 'application/json'],
    ] as const
    for (const [path, type] of doors) {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1')
      socket.end(
        `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n\r\n{"a`,
      )
      const lines = (): string[] =>
        world.logs.filter((line) => line.includes(path) && line.includes('"status"'))
      await vi.waitFor(() => expect(lines()).toHaveLength(1))
      expect(lines()[0]).toContain('"status":400')
    }
    expect(world.logs.filter((line) => line.includes('our fault'))).toEqual([])
  })
})

describe('404', () => {
  test('a browser gets a page, a program `{kind, message}`; neither repeats the address', async () => {
    await using world = await startWorld()
    const page = await go(`${world.url}/nowhere/<script>`, { headers: { accept: 'text/html,*/*' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
    expect(await page.text()).not.toContain('<script>')
    expect(await (await go(`${world.url}/nowhere`)).json()).toEqual({
      kind: 'not_here',
      message: expect.any(String),
    })
  })

  test('P-08: the server has none of the sandbox’s control routes', async () => {
    await using world = await startWorld()
    for (const path of ['/control/state', '/v1/iamport.js', '/users/getToken', '/payments/prepare'])
      expect((await go(world.url + path)).status).toBe(404)
  })
})

describe('unexpected input', () => {
  const odd = [
    '%',
    '%00',
    '%E0%A4%A',
    '..%2f..%2fetc%2fpasswd',
    '<script>',
    '__proto__',
    'a'.repeat(5_000),
    '\u202E',
    '👍',
    "' or 1=1 --",
    '{}',
    '[]',
    'null',
  ]

  test('no address, method or body causes a 5xx', async () => {
    await using world = await startWorld()
    const paths = [
      '/',
      '/complete',
      '/complete/',
      '/webhooks/portone',
      '/trpc',
      '/trpc/',
      '/trpc/payments.verify',
      '/result/',
      '/healthz',
      '/readyz',
    ]
    const urls = paths.flatMap((path) => [
      path,
      ...odd.flatMap((each) => [
        `${path}/${encodeURI(each)}`,
        `${path}?${encodeURI(each)}`,
        `${path}?imp_uid=${encodeURIComponent(each)}&input=${encodeURIComponent(each)}`,
      ]),
    ])
    for (const url of urls)
      for (const init of [
        {},
        { method: 'POST', body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } },
      ]) {
        const answer = await go(world.url + url, init)
        await answer.arrayBuffer()
        expect([url.slice(0, 80), answer.status < 500]).toEqual([url.slice(0, 80), true])
      }
    expect(world.logs.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('R-07: other methods get 405, as a page for a browser; HEAD and OPTIONS change nothing', async () => {
    await using world = await startWorld()
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const headers = { accept: 'text/html' }
      const page = await go(`${world.url}/complete?imp_uid=imp_1`, { method, headers })
      expect([method, page.status, page.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, POST'])
      expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    }
    const head = await go(`${world.url}/complete?imp_uid=imp_1`, { method: 'HEAD' })
    expect(head.status).toBe(204)
    expect(world.gateway.calls()).toEqual([])
  })
})

describe('headers', () => {
  test('P-02, P-07: every answer sets nosniff and no-referrer, a return sets no-store, and none sets a cookie or allows an origin', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await buy(world)
    const answers = [
      await go(`${returnUrl}?imp_uid=${impUid}`),
      await go(`${world.url}/complete`),
      await go(`${world.url}/healthz`),
      await go(`${world.url}/nowhere`),
      await go(`${world.url}/trpc/payments.screen?input={}`, { headers: { origin: 'https://evil.example' } }),
      await tell(world, '{}'),
    ]
    for (const { headers, url } of answers) {
      expect([url, headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
        url,
        'nosniff',
        'no-referrer',
      ])
      expect([
        headers.get('set-cookie'),
        headers.get('access-control-allow-origin'),
        headers.get('x-powered-by'),
      ]).toEqual([null, null, null])
    }
    expect(answers.slice(0, 2).map(({ headers }) => headers.get('cache-control'))).toEqual([
      'no-store',
      'no-store',
    ])
  })
})

describe('logs', () => {
  test('P-03, S-17: a whole payment logs no token, key, secret, query, name or card number', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl, token } = await buy(world, { buyerName: '김랜드', buyerTel: '010-9876-5432' })
    const ending = await world.gateway.approve(impUid, { method: 'card', cardNumber: '4242424242424242' })
    await comeBack(ending)
    await go(`${returnUrl}?imp_uid=${impUid}&error_msg=CANARY`)
    await go(`${world.url}/complete?imp_uid=CANARY&error_msg=CANARY`)
    await tell(world, '{"imp_uid":"CANARY"}')
    await world.anyone.payments.verify.mutate({ token })
    await world.anyone.payments.screen
      .query({ token: `${token}CANARY` })
      .catch((error: unknown) => expect(error).toBeInstanceOf(Error))
    await world.until('told', () => world.receiver.received.length === 1)
    const lines = world.logs.join('')
    expect(lines).toContain(orderId)
    for (const secret of [
      token,
      'CANARY',
      merchantKey,
      'token-secret',
      'sandbox-secret',
      'whsec_',
      '김랜드',
      '010-9876',
      '424242',
      '한라봉',
    ])
      expect([secret, lines.includes(secret)]).toEqual([secret, false])
  })

  test('each request logs one JSON line that names its route’s pattern', async () => {
    await using world = await startWorld()
    const { returnUrl, impUid } = await buy(world)
    await go(`${returnUrl}?imp_uid=${impUid}`)
    await tell(world, '{}')
    await go(`${world.url}/nowhere/at/all`)
    const requests = world.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    const patterns = new Set([
      ...routesOf(world.journey(), null).map(({ path }) => path),
      '/trpc/orders.register',
      '/*',
    ])
    expect(requests.length).toBeGreaterThanOrEqual(4)
    for (const { route, requestId, status } of requests)
      expect([route, patterns.has(route), typeof requestId, typeof status]).toEqual([
        route,
        true,
        'string',
        'number',
      ])
  })
})
