import { describe, expect, test } from 'vitest'
import { documented, rest } from '../../../testing/rest.ts'
import { go, orderId, register } from '../../../testing/shopper.ts'
import { merchantKey, startWorld } from '../../../testing/world.ts'
import { limits } from '../../config/limits.ts'
import { createApp } from '../app.ts'

type Sent = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }

const headers = { authorization: `Bearer ${merchantKey}` }

describe('a refusal is problem details', () => {
  test('with type, title, status, detail, kind and what to do', async () => {
    await using world = await startWorld()
    const { status, body } = await rest(world.url, 'GET /v1/orders/ord-404')
    expect([status, body]).toEqual([
      404,
      {
        type: '/docs#unknown_order',
        title: 'Unknown order',
        status: 404,
        detail: 'No order of this id is registered.',
        kind: 'unknown_order',
        action: 'Check the id, or register the order first.',
      },
    ])
  })

  test('P-05: for a browser too, at unknown addresses, for other methods and bodies, without the caller’s text', async () => {
    await using world = await startWorld()
    const json = { ...headers, 'content-type': 'application/json' }
    const cases: ReadonlyArray<readonly [path: string, init: Sent, status: number, kind: string]> = [
      ['/v1', {}, 404, 'not_here'],
      ['/v1/', {}, 404, 'not_here'],
      ['//v1/orders', {}, 404, 'not_here'],
      ['/v1/%3Cscript%3E', {}, 404, 'not_here'],
      ['/v1/orders/', {}, 404, 'not_here'],
      ['/v1/orders', { method: 'DELETE' }, 405, 'method_not_allowed'],
      [`/v1/orders/${orderId}`, { method: 'POST' }, 405, 'method_not_allowed'],
      ['/v1/orders', {}, 401, 'unauthorized'],
      ['/v1/orders?limit=%3Cscript%3E', { headers }, 400, 'bad_input'],
      ['/v1/orders', { method: 'POST', headers: json, body: '{' }, 400, 'bad_input'],
      [
        '/v1/orders',
        { method: 'POST', headers: json, body: 'x'.repeat(limits.bodyBytesMax + 1) },
        413,
        'too_large',
      ],
      ['/v1/orders', { method: 'POST', headers, body: 'name=x' }, 415, 'unsupported_content'],
      [`/v1/orders?${'x&'.repeat(limits.parametersMax + 1)}`, { headers }, 400, 'bad_input'],
    ]
    for (const [path, init, status, kind] of cases)
      for (const accept of ['*/*', 'text/html']) {
        const answer = await go(world.url + path, { ...init, headers: { ...init.headers, accept } })
        const { body } = await documented(answer, init.method ?? 'GET', new URL(world.url + path).pathname)
        expect([path, answer.status, body['kind']]).toEqual([path, status, kind])
        expect(JSON.stringify(body)).not.toContain('script>')
        if (status === 405) expect(answer.headers.get('allow')).toMatch(/^(GET|HEAD|POST|, )+$/)
      }
  })

  test('P-05: for a server fault, with the id of its log line and nothing else', async () => {
    await using world = await startWorld()
    await register(world)
    // No version of the server writes such a row.
    const { query, tables } = world.deps().store
    await query.update(tables.orders).set({ status: 'haunted' })
    const { status, body } = await rest(world.url, `GET /v1/orders/${orderId}`)
    expect([status, body['kind'], JSON.stringify(body).includes('haunted')]).toEqual([
      500,
      'our_fault',
      false,
    ])
    const id = /logged as (\S+)\./.exec(String(body['detail']))?.[1] ?? 'none'
    expect(
      world.logs.some(
        (line) => line.includes(id) && line.includes('"level":50') && line.includes('ZodError'),
      ),
    ).toBe(true)
  })

  test('C-06, D-03: with Retry-After when the call may be sent again', async () => {
    await using world = await startWorld()
    world.failDisk(true)
    const full = await rest(world.url, 'POST /v1/orders', { body: { orderId, name: 'x', amount: 1_000 } })
    expect([full.status, full.body['kind'], full.headers.get('retry-after')]).toEqual([
      503,
      'storage_unavailable',
      String(limits.retryAfterSeconds),
    ])
    world.failDisk(false)
    world.lag(limits.requestsLagMsMax)
    const busy = await rest(world.url, 'GET /v1/orders')
    expect([busy.status, busy.body['kind'], busy.headers.get('retry-after')]).toEqual([
      503,
      'busy',
      String(limits.retryAfterSeconds),
    ])
  })

  test('G-13: when the gateway asks to wait, Retry-After says as long', async () => {
    await using world = await startWorld()
    await register(world)
    world.gateway.misbehave({ rest: 'too_many', restRetryAfterSeconds: 7 })
    const { status, body, headers: told } = await rest(world.url, `POST /v1/orders/${orderId}/reconcile`)
    expect([status, body['kind'], told.get('retry-after')]).toEqual([503, 'gateway_busy', '7'])
  })

  test('D-03: `payments.verify` counts for its address as it does on `/trpc`', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1' } })
    const statuses: number[] = []
    for (let sent = 0; sent < 12; sent += 1)
      statuses.push((await rest(world.url, 'POST /v1/payments/verify', { body: { token: 'x' } })).status)
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
    expect((await rest(world.url, 'GET /v1/orders')).status).toBe(200)
  })

  test('addresses beside `/v1` keep their own refusals', async () => {
    await using world = await startWorld()
    const app = createApp(world.journey(), null)
    for (const path of ['/v1x', '/nowhere', '/v10/orders'])
      expect([path, (await app.request(path)).headers.get('content-type')]).toEqual([
        path,
        'application/json',
      ])
  })
})
