import { Hono } from 'hono'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { listen, type SocketLimits } from './listener.ts'
import { limits } from '../config/limits.ts'
import type { Env } from './answer.ts'

const short: SocketLimits = {
  headersTimeoutMs: 1_000,
  requestTimeoutMs: 1_500,
  idleTimeoutMs: 700,
  slowCheckEveryMs: 50,
  connectionsMax: 40,
}

/** Timeouts longer than any test. */
const patient: SocketLimits = {
  ...short,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
}

/** A server that reads the body before it answers. */
async function openDoor(socketLimits: SocketLimits) {
  const app = new Hono<Env>()
  app.get('/', (c) => c.text('here'))
  app.onError((_, c) => c.text('cut', 400))
  app.post('/', async (c) => c.text(await c.req.text()))
  const opened = Promise.withResolvers<number>()
  const server = listen(app, { host: '127.0.0.1', port: 0 }, opened.resolve, socketLimits)
  const port = await opened.promise
  const sockets: Socket[] = []
  return {
    url: `http://127.0.0.1:${port}`,
    connect: async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy())
      sockets.push(socket)
      await once(socket, 'connect')
      return socket
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

/** Everything the server sent until it closed the connection. */
async function untilCut(socket: Socket): Promise<string> {
  let said = ''
  socket.on('data', (text) => (said += String(text)))
  await new Promise<void>((resolve) => void socket.once('close', () => resolve()))
  return said
}

/** Writes one byte every 20 ms until the socket closes. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const dripping = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20)
  socket.once('close', () => clearInterval(dripping))
}

test('D-03: slow headers, slow bodies and idle sockets are closed while other requests are served', async () => {
  await using door = await openDoor(short)
  const slowHeaders = await door.connect()
  slowHeaders.write('GET / HTTP/1.1\r\nhost: x\r\n')
  drip(slowHeaders, 'x-more: 1\r\n')
  const slowBody = await door.connect()
  slowBody.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n')
  drip(slowBody, 'a')
  const silent = await door.connect()
  const kept = await door.connect()
  kept.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const cut = Promise.all([slowHeaders, slowBody, silent, kept].map(untilCut))
  let served = 0
  let isOver = false
  const over = cut.finally(() => (isOver = true))
  while (!isOver) {
    const answer = await fetch(door.url)
    expect([answer.status, await answer.text()]).toEqual([200, 'here'])
    served += 1
    await new Promise((resolve) => void setTimeout(resolve, 20)) // yields the processor
  }
  const [headers, body, silence, answered] = await over
  expect(headers).toMatch(/^HTTP\/1\.1 408 /)
  expect(body).toMatch(/^HTTP\/1\.1 408 /)
  expect(silence).toMatch(/^(HTTP\/1\.1 408 |$)/)
  expect(answered).toMatch(/^HTTP\/1\.1 200 /)
  expect(served).toBeGreaterThan(0)
})

test('D-03: a socket over the connection limit is closed; closing others makes room again', async () => {
  await using door = await openDoor(patient)
  const held = await Promise.all(Array.from({ length: short.connectionsMax }, () => door.connect()))
  const refused = await door.connect()
  expect(await untilCut(refused)).toBe('')
  for (const socket of held) socket.destroy()
  let status = 0
  while (status === 0)
    status = await fetch(door.url).then(
      (answer) => answer.status,
      () => 0,
    )
  expect(status).toBe(200)
})

test('R-17: the parser refuses headers over their size limit', async () => {
  await using door = await openDoor(patient)
  const large = await fetch(door.url, { headers: { 'x-large': 'a'.repeat(limits.headersBytesMax) } })
  expect(large.status).toBe(431)
  expect((await fetch(door.url, { headers: { 'x-large': 'a'.repeat(8_000) } })).status).toBe(200)
})
