import { createServer, type ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openHttp, type HttpRequest } from './http.ts'

/** A server that leaves every request open until it is told to answer. */
async function startServer() {
  const open: ServerResponse[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    open.push(response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { http, close } = openHttp()
  return {
    paths,
    call: (path: string, wanted: Partial<HttpRequest> = {}) =>
      http({
        method: 'GET',
        url: `http://127.0.0.1:${port}${path}`,
        headers: {},
        deadlineMs: 60_000,
        answerBytesMax: 100,
        ...wanted,
      }),
    came: (count: number) => expect.poll(() => open.length).toBe(count),
    answer: (with_: (response: ServerResponse) => void) => open.splice(0).forEach(with_),
    async [Symbol.asyncDispose]() {
      await close()
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('one HTTP call', () => {
  test('G-04: one that waited for a socket until its deadline is never sent', async () => {
    await using server = await startServer()
    const first = Array.from({ length: 160 }, (_, index) => server.call(`/${index}`))
    await server.came(160)
    const late = server.call('/late', { method: 'POST', body: 'cancel', deadlineMs: 50 })
    expect(await late).toEqual({ ok: false, problem: { kind: 'unreachable', cause: 'TimeoutError' } })
    server.answer((response) => response.end('here'))
    for (const answer of await Promise.all(first)) expect(answer).toMatchObject({ ok: true })
    const next = server.call('/next')
    await server.came(1)
    server.answer((response) => response.end())
    expect(await next).toMatchObject({ ok: true, value: { text: '' } })
    expect(server.paths).not.toContain('/late')
  })

  test('an answer in pieces, behind an early hint, is read whole; one too large is told with its status', async () => {
    await using server = await startServer()
    const [small, large] = [server.call('/small'), server.call('/large', { answerBytesMax: 5 })]
    await server.came(2)
    server.answer((response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeHead(201, { 'x-many': ['a', 'b'] })
      response.write(Buffer.from('결제').subarray(0, 4))
      response.end(Buffer.from('결제').subarray(4))
    })
    expect(await small).toMatchObject({
      ok: true,
      value: { status: 201, text: '결제', headers: { 'x-many': 'a, b' } },
    })
    expect(await large).toEqual({ ok: false, problem: { kind: 'too_large', limitBytes: 5, status: 201 } })
  })

  test('S-20: one that cannot be made is an answer, not an exception', async () => {
    await using server = await startServer()
    expect(await server.call('/', { headers: { 'x-bad': 'a\nb' } })).toMatchObject({ ok: false })
    expect(await server.call('/', { url: 'nowhere' })).toMatchObject({ ok: false })
  })
})
