import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Problem } from '@landfall/payment-core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { addressOf } from '../test/address-of.ts'
import { createLandfall, LandfallError, type Landfall, type LandfallErrorKind } from './index.ts'

type Asked = { readonly line: string; readonly key: string | undefined; readonly body: unknown }
type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }

/** A server that gives these answers in turn, then the last one again. `break` breaks the connection. */
async function startStub(...answers: readonly (Answer | 'break')[]) {
  const asked: Asked[] = []
  const answer = async (request: IncomingMessage): Promise<Answer | 'break'> => {
    const body = await text(request)
    const line = `${request.method} ${request.url}`
    const given = answers[Math.min(asked.length, answers.length - 1)] ?? { status: 200, body: {} }
    asked.push({ line, key: request.headers.authorization, body: body === '' ? null : JSON.parse(body) })
    return given
  }
  const server = createServer((request, response) => {
    answer(request).then(
      (given) => {
        if (given === 'break') return request.socket.destroy()
        const { status, body = {}, headers = {} } = given
        const sent = typeof body === 'string' ? body : JSON.stringify(body)
        return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(sent)
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = addressOf(server)
  return {
    asked,
    landfall: createLandfall({ url, key: 'k-1', deadlineMs: 3_000 }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const problem = (status: number, kind: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { type: `/docs#${kind}`, title: kind, status, detail: `About ${kind}.`, kind, action: 'Do this.' },
  headers: { 'content-type': 'application/problem+json', ...headers },
})
const failureOf = async (promise: Promise<unknown>): Promise<LandfallError> => {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LandfallError) return error
  throw new Error('it did not fail as a LandfallError', { cause: error })
}

describe('each row of the API has its method', () => {
  const order = { orderId: 'ord-1', name: '드립백', amount: 14_000 }
  const refund = { reason: '고객 변심', idempotencyKey: '환불 1' }
  const rows: [line: string, body: unknown, make: (landfall: Landfall) => Promise<unknown>][] = [
    ['POST /v1/orders', order, (landfall) => landfall.register(order)],
    ['GET /v1/orders/ord-1', null, (landfall) => landfall.get('ord-1')],
    [
      'GET /v1/orders?review=true&limit=5',
      null,
      (landfall) => landfall.list({ review: true, limit: 5, cursor: null }),
    ],
    ['GET /v1/orders', null, (landfall) => landfall.list()],
    ['GET /v1/orders/imp_1/story', null, (landfall) => landfall.story('imp_1')],
    ['POST /v1/orders/ord-1/refunds', refund, (landfall) => landfall.refund('ord-1', refund)],
    ['GET /v1/refunds?from=0&to=1', null, (landfall) => landfall.refunds({ from: 0, to: 1 })],
    ['POST /v1/orders/ord-1/close', {}, (landfall) => landfall.close('ord-1')],
    [
      'POST /v1/orders/ord-1/close',
      { reason: '품절' },
      (landfall) => landfall.close('ord-1', { reason: '품절' }),
    ],
    [
      'POST /v1/orders/ord-1/reviews/late-imp_1/resolve',
      { action: 'accept', note: 'n' },
      (landfall) => landfall.resolve('ord-1', 'late-imp_1', { action: 'accept', note: 'n' }),
    ],
    ['POST /v1/orders/ord-1/reconcile', {}, (landfall) => landfall.reconcile('ord-1')],
    ['GET /v1/notices?orderId=ord-1', null, (landfall) => landfall.notices({ orderId: 'ord-1' })],
    ['POST /v1/notices/replay', { id: 'n' }, (landfall) => landfall.replayNotices({ id: 'n' })],
    ['POST /v1/payments/verify', { imp_uid: 'imp_1' }, (landfall) => landfall.verify({ imp_uid: 'imp_1' })],
  ]
  test.each(rows)('%s', async (line, body, make) => {
    await using stub = await startStub({ status: 200, body: { orderId: 'ord-1' } })
    expect(await make(stub.landfall)).toEqual({ orderId: 'ord-1' })
    expect(stub.asked).toEqual([{ line, key: 'Bearer k-1', body }])
  })

  test('R-11: an id from an address reaches no other row', async () => {
    await using stub = await startStub()
    await stub.landfall.get('a/../b?c=1#d')
    expect(stub.asked[0]?.line).toBe('GET /v1/orders/a%2F..%2Fb%3Fc%3D1%23d')
    for (const id of ['', '.', '..'])
      expect(await failureOf(stub.landfall.get(id))).toMatchObject({ kind: 'bad_input', status: null })
    expect(stub.asked).toHaveLength(1)
  })
})

describe('a refusal is an error with its kind', () => {
  test.each([
    [401, 'unauthorized'],
    [404, 'unknown_order'],
    [409, 'order_conflict'],
    [500, 'our_fault'],
  ])('%d %s is not repeated', async (status, kind) => {
    await using stub = await startStub(problem(status, kind))
    expect(await failureOf(stub.landfall.get('ord-1'))).toMatchObject({
      kind,
      status,
      message: `About ${kind}.`,
      action: 'Do this.',
    })
    expect(stub.asked).toHaveLength(1)
  })

  test.each<[string, Answer]>([
    ['a page', { status: 200, body: '<html>' }],
    ['a proxy’s refusal', { status: 404, body: 'not found' }],
    ['a redirect, which would take the key along', { status: 308, headers: { location: '/elsewhere' } }],
  ])('%s is not Landfall’s answer', async (_, answer) => {
    await using stub = await startStub(answer)
    const failure = await failureOf(stub.landfall.get('ord-1'))
    expect(failure).toMatchObject({ kind: 'unreadable_answer', status: answer.status })
    expect(stub.asked).toHaveLength(1)
  })

  test('every kind of the core has a name in the client', () => {
    // With `string` in the union nothing would be missed, so the named ones are picked out.
    type Named = LandfallErrorKind extends infer K
      ? K extends string
        ? string extends K
          ? never
          : K
        : never
      : never
    // The gateway's webhooks alone are answered with the excluded one.
    expectTypeOf<Exclude<Problem['kind'], 'bad_signature'>>().toExtend<Named>()
  })
})

describe('a call is repeated until the deadline', () => {
  const wish = { reason: 'r', idempotencyKey: 'refund-1' }
  test.each<[string, Answer | 'break']>([
    ['a broken connection', 'break'],
    ['502', problem(502, 'gateway_unreachable')],
    ['503', problem(503, 'busy')],
    ['503 of a proxy', { status: 503, body: 'try later' }],
    ['429', problem(429, 'too_many_requests')],
  ])('M-09: after %s, with the same idempotency key', async (_, first) => {
    await using stub = await startStub(first, { status: 200, body: { state: 'done' } })
    expect(await stub.landfall.refund('ord-1', wish)).toEqual({ state: 'done' })
    expect(stub.asked.map(({ body }) => body)).toEqual([wish, wish])
  })

  test('at most three times more', async () => {
    await using stub = await startStub(problem(503, 'busy'))
    expect(await failureOf(stub.landfall.get('ord-1'))).toMatchObject({ kind: 'busy', status: 503 })
    expect(stub.asked).toHaveLength(4)
  })

  test('not at all if the server asks to wait longer than the deadline', async () => {
    await using stub = await startStub(problem(503, 'busy', { 'retry-after': '5' }))
    expect(await failureOf(stub.landfall.get('ord-1'))).toMatchObject({ kind: 'busy' })
    expect(stub.asked).toHaveLength(1)
  })

  test('as late as the server asks', async () => {
    await using stub = await startStub(problem(503, 'busy', { 'retry-after': '1' }), {
      status: 200,
      body: {},
    })
    const begun = performance.now()
    await stub.landfall.get('ord-1')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000)
  })

  test('a server that never answers ends in `unreachable`', async () => {
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      })
    const landfall = createLandfall({ url: 'http://127.0.0.1:1', key: 'k', fetch: never, deadlineMs: 50 })
    expect(await failureOf(landfall.get('ord-1'))).toMatchObject({ kind: 'unreachable', status: null })
  })
})

test.each([
  ['no address', { url: 'pay.shop.example', key: 'k' }],
  ['an address with a path', { url: 'https://shop.example/v1', key: 'k' }],
  ['another scheme', { url: 'file:///', key: 'k' }],
  ['an empty key', { url: 'https://pay.shop.example', key: '' }],
  ['a key with a line break', { url: 'https://pay.shop.example', key: 'k\n' }],
])('%s is refused at once', (_, options) => {
  expect(() => createLandfall(options)).toThrow(TypeError)
})
