import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { z } from 'zod'
import { ok } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import {
  byOrder,
  byPayment,
  gatewayContract,
  openWorld,
  problemOf,
  seenIn,
  type Connect,
  type Protocol,
} from '../gateway.contract.ts'
import { openV1Window } from '../../../testing/windows.ts'
import { openHttp } from '../http.ts'
import { portoneV1 } from './client.ts'

const connect: Connect = ({ url, lookupTimeoutMs }) => {
  const { http, close } = openHttp()
  return {
    gateway: portoneV1(
      { url, key: 'sandbox', secret: 'sandbox-secret', lookupTimeoutMs, cancelTimeoutMs: 5_000 },
      http,
      Date.now,
    ),
    close,
  }
}

const v1: Protocol = { connect, urlOf: ({ url }) => url, open: openV1Window }

gatewayContract('V1', v1)

const tokenPath = '/users/getToken'

describe('V1: the token', () => {
  const worldWithCounts = async () => {
    const world = await openWorld(v1)
    const count = (path: string) => world.sandbox.calls().filter((call) => call.path.startsWith(path)).length
    const paymentId = await world.paid('ord-1')
    return {
      ...world,
      count,
      paymentId,
      lookTen: () =>
        Promise.all(Array.from({ length: 10 }, () => world.gateway.lookup(byPayment(paymentId)))),
    }
  }

  test('ten look-ups at once ask for one token (G-02)', async () => {
    await using world = await worldWithCounts()
    for (const looked of await world.lookTen()) seenIn(looked)
    for (const looked of await world.lookTen()) seenIn(looked)
    expect([world.count(tokenPath), world.count('/payments/imp_')]).toEqual([1, 20])
  })

  test('a token refused in flight is renewed once for all, and each call repeated once (G-01)', async () => {
    await using world = await worldWithCounts()
    await world.lookTen()
    world.sandbox.misbehave({ rest: 'token_revoked', restOn: 'lookup', restTimes: 1 })
    for (const looked of await world.lookTen()) seenIn(looked)
    expect(world.count(tokenPath)).toBe(2)
    expect(world.count('/payments/imp_')).toBeLessThanOrEqual(30)
  })

  test('a token that is never accepted is a refusal after one repeat, not a loop', async () => {
    await using world = await worldWithCounts()
    world.sandbox.misbehave({ rest: 'token_revoked', restOn: 'lookup', restTimes: 20 })
    expect(problemOf(await world.gateway.lookup(byPayment(world.paymentId)))).toMatchObject({
      kind: 'gateway_refused',
      status: 401,
    })
    expect([world.count(tokenPath), world.count('/payments/imp_')]).toEqual([2, 2])
  })

  test('a token door that is down is asked by one caller at a time, and all hear of it (G-02)', async () => {
    await using world = await worldWithCounts()
    world.sandbox.misbehave({ rest: 'error', restOn: 'token', restTimes: 1 })
    expect(new Set((await world.lookTen()).map((looked) => problemOf(looked).kind))).toEqual(
      new Set(['gateway_refused']),
    )
    expect(world.count(tokenPath)).toBe(1)
    for (const looked of await world.lookTen()) seenIn(looked)
  })

  test('a token is renewed before it ends, by the gateway’s own clock', async () => {
    let nowMs = 0
    let asked = 0
    await using stub = await startStub(
      (request, response) => {
        if (request.url === tokenPath) asked += 1
        // The gateway's clock is years away from ours: only the difference of its two times counts (docs/gateway/portone-v1.md §4.2).
        answerJson(
          response,
          request.url === tokenPath ? { access_token: 'T', now: 5_000, expired_at: 5_100 } : row(),
        )
      },
      { tokenToo: true },
    )
    const { http, close } = openHttp()
    const gateway = portoneV1(
      { url: stub.url, key: 'k', secret: 's', lookupTimeoutMs: 5_000, cancelTimeoutMs: 5_000 },
      http,
      () => nowMs,
    )
    for (nowMs of [0, 69_999, 70_000, 139_999]) seenIn(await gateway.lookup(byPayment('imp_1')))
    expect(asked).toBe(2)
    await close()
  })
})

describe('V1: the wire', () => {
  test('M-22: an amount fixed before may be fixed again; another one is a conflict', async () => {
    await using world = await openWorld(v1)
    const fix = (amount: number, currency = 'KRW') => world.gateway.fixAmount('ord-1', { amount, currency })
    for (const answer of [await fix(14_000), await fix(14_000)])
      expect(answer).toMatchObject({ ok: true, value: { kind: 'fixed' } })
    for (const answer of [await fix(1_000), await fix(1_400_000, 'USD')])
      expect(answer).toEqual({ ok: true, value: { kind: 'conflict' } })
  })

  test('M-22: which amount is fixed is asked, and none for a number nobody fixed one for', async () => {
    await using world = await openWorld(v1)
    expect(await world.gateway.fixedAmount('ord-1')).toEqual({ ok: true, value: { kind: 'none' } })
    await world.gateway.fixAmount('ord-1', { amount: 1_099, currency: 'USD' })
    const money = { amount: 1_099, currency: 'USD' }
    expect(await world.gateway.fixedAmount('ord-1')).toEqual({ ok: true, value: { kind: 'held', money } })
  })

  test.each([0, 1])(
    'G-07: the record of another payment is told as one, with %s others to choose from',
    async (others) => {
      await using world = await openWorld(v1)
      const paymentId = await world.paid('ord-1')
      if (others > 0) await world.paid('ord-2')
      world.sandbox.misbehave({ rest: 'wrong_record' })
      expect(problemOf(await world.gateway.lookup(byPayment(paymentId)))).toMatchObject({
        kind: 'gateway_wrong_record',
        asked: paymentId,
      })
    },
  )

  test('M-06: a repeat of a cancel is refused by the balance that it names', async () => {
    await using world = await openWorld(v1)
    const paymentId = await world.paid('ord-1')
    const ask = {
      intentId: 'intent-1',
      refusals: 0,
      paymentId,
      orderId: 'ord-1',
      money: { amount: 4_000, currency: 'KRW' },
      expectedBalance: 14_000,
      reason: 'x',
      refundAccount: null,
      taxFree: null,
      vat: null,
    }
    expect(await world.gateway.cancel(ask)).toEqual({ kind: 'accepted' })
    expect(await world.gateway.cancel(ask)).toMatchObject({ kind: 'refused' })
  })

  test('ids are percent-encoded, whatever they are', async () => {
    await using stub = await startStub((_, response) => answerJson(response, null, 404))
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    await client.gateway.lookup(byPayment('imp_1/../../users?a=1#b'))
    await client.gateway.lookup(byOrder('가 나&c=%2F'))
    await client.gateway.fixAmount('x/y', { amount: 1, currency: 'KRW' })
    expect(stub.urls.filter((url) => url !== tokenPath)).toEqual([
      '/payments/imp_1%2F..%2F..%2Fusers%3Fa%3D1%23b?include_sandbox=true',
      `/payments/findAll/${encodeURIComponent('가 나&c=%2F')}?page=1&limit=100&sorting=-started`,
      '/payments/prepare',
      '/payments/prepare/x%2Fy',
    ])
    await client.close()
  })

  test('an amount fixed before is read back: the same is held already, another is somebody else’s', async () => {
    let held: unknown = { merchant_uid: 'ord-1', amount: 14_000, currency: 'KRW' }
    await using stub = await startStub((request, response) =>
      answerJson(response, request.method === 'GET' ? held : null, 200, request.method === 'GET' ? 0 : 1),
    )
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    const fix = () => client.gateway.fixAmount('ord-1', { amount: 14_000, currency: 'KRW' })
    expect((await fix()).ok).toBe(true)
    held = { merchant_uid: 'ord-1', amount: 14_000 }
    expect(await fix()).toEqual({ ok: true, value: { kind: 'held' } })
    for (held of [
      { merchant_uid: 'ord-1', amount: 1_000 },
      { merchant_uid: 'ord-1', amount: 14_000, currency: 'USD' },
    ])
      expect(await fix()).toEqual({ ok: true, value: { kind: 'conflict' } })
    for (held of [null, { amount: '14000' }])
      expect(problemOf(await fix())).toMatchObject({ kind: 'gateway_refused', code: 1 })
    await client.close()
  })

  test('M-22: since when an amount is fixed is told by the gateway’s own clock', async () => {
    await using stub = await startStub((_, response) => {
      response.setHeader('date', 'Mon, 02 Nov 2026 03:00:00 GMT')
      answerJson(response, null)
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(await client.gateway.fixAmount('ord-1', { amount: 14_000, currency: 'KRW' })).toEqual({
      ok: true,
      value: { kind: 'fixed', atMs: Date.UTC(2026, 10, 2, 3) },
    })
    await client.close()
  })

  test('a cancel names payment, amount and what we believe is left', async () => {
    await using stub = await startStub((_, response) => answerJson(response, row()))
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    await client.gateway.cancel({
      intentId: 'intent-1',
      refusals: 0,
      paymentId: 'imp_1',
      orderId: 'ord-1',
      money: { amount: 1_099, currency: 'USD' },
      expectedBalance: 2_000,
      reason: 'x'.repeat(300),
      refundAccount: null,
      taxFree: 99,
      vat: 100,
    })
    const sent: unknown = JSON.parse(stub.bodies.at(-1) ?? '')
    expect(sent).toEqual({
      imp_uid: 'imp_1',
      merchant_uid: 'ord-1',
      amount: 10.99,
      tax_free: 0.99,
      vat_amount: 1,
      checksum: 20,
      reason: 'x'.repeat(256),
    })
    await client.close()
  })

  test('200 with a code is a failure with its reason (G-05)', async () => {
    await using stub = await startStub((_, response) => answerJson(response, null, 200, 1))
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(problemOf(await client.gateway.lookup(byPayment('imp_1')))).toEqual({
      kind: 'gateway_refused',
      status: 200,
      code: 1,
      message: 'why',
    })
    await client.close()
  })

  test('a 404 of something else than the gateway concludes nothing (S-20)', async () => {
    await using stub = await startStub((_, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>'),
    )
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(problemOf(await client.gateway.lookup(byOrder('ord-1'))).kind).toBe('gateway_unreadable')
    await client.close()
  })

  test('S-23, G-19: a proxy’s page in place of a fixed amount is no evidence; without the endpoint none is fixed', async () => {
    const bodies = ['<h1>Not Found</h1>', '\n<!doctype html>', 'Not Found', '', '{"code":1,"message":"없음"}']
    for (const [body, isEvidence] of bodies.map((each, at) => [each, at > 1] as const)) {
      await using stub = await startStub((_, response) => response.writeHead(404).end(body))
      const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
      expect(await client.gateway.fixedAmount('ord-1'), body).toMatchObject(
        isEvidence ? ok({ kind: 'none' }) : { ok: false, problem: { kind: 'gateway_unreadable' } },
      )
      await client.close()
    }
  })

  test('a token door that says 404 does not make payments unknown', async () => {
    await using stub = await startStub((_, response) => answerJson(response, null, 404, 1), {
      tokenToo: true,
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(problemOf(await client.gateway.lookup(byPayment('imp_1')))).toMatchObject({
      kind: 'gateway_refused',
      status: 404,
    })
    await client.close()
  })

  // G-08. `where` names the field an operator must look at.
  const money: ReadonlyArray<[what: string, change: object, where: string]> = [
    ['amount missing', { amount: undefined }, 'amount'],
    ['amount a string', { amount: '14000' }, 'amount'],
    ['amount negative', { amount: -1 }, 'amount'],
    ['a fraction of a won', { amount: 14_000.5 }, 'amount'],
    ['beyond 2^53', { amount: 2 ** 53 + 2 }, 'amount'],
    ['amount null', { amount: null }, 'amount'],
    ['currency missing', { currency: undefined }, 'currency'],
    ['currency nonsense', { currency: '원' }, 'currency'],
    ['cancelled amount a string', { cancel_amount: '0' }, 'cancel_amount'],
    ['a cancel of half a won', { cancel_history: [{ amount: 0.5, cancelled_at: 1 }] }, 'cancel_history'],
  ]
  test.each(money)('%s: refused for an operator to see (G-08)', async (_, change, where) => {
    await using stub = await startStub((request, response) => {
      const changed = { ...row(), ...change }
      answerJson(
        response,
        request.url?.startsWith('/payments/findAll')
          ? { total: 1, previous: 0, next: 0, list: [changed] }
          : changed,
      )
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    for (const ref of [byPayment('imp_1'), byOrder('ord-1')])
      expect(problemOf(await client.gateway.lookup(ref))).toEqual({
        kind: 'gateway_bad_money',
        paymentId: 'imp_1',
        orderId: 'ord-1',
        where: expect.stringContaining(where),
      })
    await client.close()
  })

  test('pages that move while they are read show no payment twice (G-15)', async () => {
    const page = (next: number, ...ids: string[]) => ({
      total: 3,
      previous: 0,
      next,
      list: ids.map((impUid) => row(impUid)),
    })
    await using stub = await startStub((request, response) =>
      answerJson(
        response,
        request.url?.includes('page=1') ? page(2, 'imp_3', 'imp_2') : page(0, 'imp_2', 'imp_1'),
      ),
    )
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(seenIn(await client.gateway.lookup(byOrder('ord-1'))).map((seen) => seen.paymentId)).toEqual([
      'imp_3',
      'imp_2',
      'imp_1',
    ])
    await client.close()
  })
})

describe('V1: the list of what has changed', () => {
  const window = { status: 'paid', fromMs: 0, toMs: 1_000 } as const

  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
    ['1994-11-06T08:49:37Z', null],
    ['yesterday', null],
  ])('says when it was told, by the gateway’s own clock: %s', async (date, atMs) => {
    await using stub = await startStub((_, response) => {
      response.setHeader('date', date)
      answerJson(response, { total: 0, previous: 0, next: 0, list: [] })
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(await client.gateway.changed(window, 1)).toEqual(
      ok({ payments: [], nextPage: null, total: 0, atMs }),
    )
    await client.close()
  })
})

describe('V1: bounds (G-04, S-14)', () => {
  test('an answer of 100 MB is cut at one, and the next call is answered', async () => {
    let sent = 0
    await using stub = await startStub((request, response) => {
      if (!request.url?.includes('imp_big')) return answerJson(response, row())
      const chunk = Buffer.alloc(65_536, 0x20)
      const more = (): void => {
        while (sent < 100_000_000 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
        response.end()
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      return more()
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(problemOf(await client.gateway.lookup(byPayment('imp_big')))).toEqual({
      kind: 'gateway_unreadable',
      where: 'answer too large',
    })
    expect(sent).toBeLessThan(20_000_000)
    expect(seenIn(await client.gateway.lookup(byPayment('imp_1')))).toHaveLength(1)
    await client.close()
  })

  test('an answer that trickles is left at the deadline', async () => {
    await using stub = await startStub((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const trickle = setInterval(() => void response.write(' '), 20)
      response.on('close', () => clearInterval(trickle))
    })
    const client = connect({ url: stub.url, lookupTimeoutMs: 300 })
    expect(problemOf(await client.gateway.lookup(byPayment('imp_1')))).toEqual({
      kind: 'gateway_unreachable',
      cause: 'TimeoutError',
    })
    await client.close()
  })

  test('one question has one deadline, however many requests it takes', async () => {
    let nowMs = 0
    await using stub = await startStub((_, response) => {
      nowMs += 400
      answerJson(response, { total: 900, previous: 0, next: 2, list: [] })
    })
    const { http, close } = openHttp()
    const gateway = portoneV1(
      { url: stub.url, key: 'k', secret: 's', lookupTimeoutMs: 1_000, cancelTimeoutMs: 5_000 },
      http,
      () => nowMs,
    )
    expect(problemOf(await gateway.lookup(byOrder('ord-1')))).toEqual({
      kind: 'gateway_unreachable',
      cause: 'deadline',
    })
    expect(stub.urls.filter((url) => url.startsWith('/payments'))).toHaveLength(3)
    await close()
  })

  test('a redirect is an answer, never followed', async () => {
    await using elsewhere = await startStub((_, response) => answerJson(response, row()))
    await using stub = await startStub((_, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/payments/imp_1` }).end(),
    )
    const client = connect({ url: stub.url, lookupTimeoutMs: 5_000 })
    expect(problemOf(await client.gateway.lookup(byPayment('imp_1'))).kind).toBe('gateway_unreadable')
    expect(elsewhere.urls).toEqual([])
    await client.close()
  })

  test('a failure names no address, header or secret (P-03)', async () => {
    const client = connect({ url: 'http://no-such-host.invalid', lookupTimeoutMs: 5_000 })
    const problem = JSON.stringify(problemOf(await client.gateway.lookup(byPayment('imp_1'))))
    expect(problem).not.toMatch(/invalid|sandbox/)
    await client.close()
  })
})

const row = (impUid = 'imp_1') => ({
  imp_uid: impUid,
  merchant_uid: 'ord-1',
  status: 'paid',
  amount: 14_000,
  cancel_amount: 0,
  currency: 'KRW',
  sandbox: false,
  paid_at: 1_793_500_042,
  started_at: 1,
})

function answerJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  code = status === 200 ? 0 : 1,
): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ code, message: code === 0 ? null : 'why', response: value }))
}

const Listening = z.object({ port: z.number() })

/** What the sandbox is too honest to do: a server of a few lines. It gives tokens by itself unless told not to. */
async function startStub(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  { tokenToo = false } = {},
) {
  const urls: string[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      urls.push(request.url ?? '')
      bodies.push(Buffer.concat(chunks).toString())
      if (request.url === tokenPath && !tokenToo)
        return answerJson(response, { access_token: 'T', now: 0, expired_at: 1_800 })
      return answer(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${Listening.parse(server.address()).port}`,
    urls,
    bodies,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
