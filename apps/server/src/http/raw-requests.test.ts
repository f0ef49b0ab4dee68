import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { buy, go } from '../../testing/shopper.ts'
import { startWorld } from '../../testing/world.ts'
import { createApp } from './app.ts'
import { limits } from '../config/limits.ts'

/** Sends raw request text and returns everything the server answers. */
async function said(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let heard = ''
  socket.on('data', (bytes) => (heard += String(bytes)))
  socket.write(text)
  await once(socket, 'close')
  return heard
}

describe('the return and the webhook', () => {
  test('R-21: accept an address with escapes, with characters invalid in a URL, with dot segments, and in absolute form', async () => {
    await using world = await startWorld({ sockets: true })
    const { token, impUid } = await buy(world)
    const query = `imp_uid=${impUid}&merchant_uid=ord-1`
    const plain = await go(`${world.url}/complete/${token}?${query}`)
    expect(plain.status).toBe(303)
    const ways = [
      `/%63omplete/${token}?${query}`,
      `/complete/${token.replace('.', '%2E')}?${query}`,
      `/complete/${token}?${query}&error_msg="<x>^{|}`,
      `/./complete/${token}?${query}`,
      `http://${new URL(world.url).host}/complete/${token}?${query}`,
    ]
    for (const way of ways) {
      const answer = await said(
        world.url,
        `GET ${way} HTTP/1.1\r\nhost: ${new URL(world.url).host}\r\nconnection: close\r\n\r\n`,
      )
      expect([way, answer.split('\r\n')[0]]).toEqual([way, 'HTTP/1.1 303 See Other'])
      expect(answer.toLowerCase()).toContain(`location: ${plain.headers.get('location')?.toLowerCase()}`)
    }
  })

  test('answer an HTTP/1.0 request without a Host header', async () => {
    await using world = await startWorld({ sockets: true })
    for (const [path, status] of [
      ['/complete', 400],
      ['/webhooks/portone', 405],
      ['/healthz', 200],
    ])
      expect(await said(world.url, `GET ${path} HTTP/1.0\r\n\r\n`)).toContain(`HTTP/1.1 ${status} `)
  })

  test('answer a socket and a `Request` alike, headers included', async () => {
    await using world = await startWorld({ sockets: true })
    const { token } = await buy(world)
    const app = createApp(world.journey(), null)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const asked: ReadonlyArray<readonly [path: string, init: RequestInit]> = [
      [`/complete/${token}`, {}],
      ['/complete', { headers: { accept: 'text/html' } }],
      ['/complete', { method: 'HEAD' }],
      ['/complete', { method: 'PUT' }],
      [`/complete/${token}`, { method: 'POST', headers: form, body: 'imp_success=false' }],
      ['/webhooks/portone', { method: 'POST', headers: form, body: 'imp_uid=imp_9&merchant_uid=ord-9' }],
      ['/webhooks/portone', { method: 'POST', headers: form, body: 'x'.repeat(limits.bodyBytesMax + 1) }],
      ['/webhooks/portone', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }],
      ['/webhooks/portone', {}],
    ]
    for (const [path, init] of asked) {
      const [socket, request] = [await go(world.url + path, init), await app.request(path, init)]
      const told = async (answer: Response) => {
        // These headers describe the connection, not the answer.
        const own = ['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding']
        const headers = [...answer.headers].filter(([name]) => !own.includes(name))
        return { status: answer.status, headers, text: await answer.text() }
      }
      expect([path, init.method, await told(socket)]).toEqual([path, init.method, await told(request)])
    }
  })

  test('D-03: log no fault for a body cut off, and discard the rest of an oversized body: the socket’s next request is answered', async () => {
    await using world = await startWorld({ sockets: true })
    const head = (path: string, length: number): string =>
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`
    const long = limits.bodyBytesMax + 1
    const answers = await said(
      world.url,
      `${head('/webhooks/portone', long)}\r\n${' '.repeat(long)}${head('/webhooks/portone', 2)}connection: close\r\n\r\n{}`,
    )
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 400'])
    const { hostname, port } = new URL(world.url)
    const socket = connect(Number(port), hostname)
    socket.write(`${head('/webhooks/portone', 100)}\r\n{"imp_uid"`)
    await once(socket, 'connect')
    await new Promise((resolve) => void setImmediate(resolve))
    socket.destroy()
    await world.until('told of', () => world.logs.some((line) => line.includes('"status":400')))
    expect(world.logs.filter((line) => line.includes('our fault'))).toEqual([])
  })
})
