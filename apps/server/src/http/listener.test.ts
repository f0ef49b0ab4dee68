import { Hono } from 'hono'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { listen, stopListening, type SocketLimits } from './listener.ts'
import { limits } from '../config/limits.ts'
import { realClock } from '../deps.ts'
import type { Env } from './answer.ts'

const short: SocketLimits = {
  headersTimeoutMs: 1_000,
  requestTimeoutMs: 1_500,
  slowCheckEveryMs: 50,
  connectionsMax: 40,
}

/** Timeouts longer than any test. */
const patient: SocketLimits = {
  ...short,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
}

/** A server that reads the body before it answers. */
async function openDoor(socketLimits: SocketLimits, keepAliveMs = 60_000) {
  const app = new Hono<Env>()
  app.get('/', (c) => c.text('here'))
  app.onError((_, c) => c.text('cut', 400))
  app.post('/', async (c) => c.text(await c.req.text()))
  const opened = Promise.withResolvers<number>()
  const server = listen(app, { host: '127.0.0.1', port: 0, keepAliveMs }, opened.resolve, socketLimits)
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
  await using door = await openDoor(short, 700)
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

test('D-03 D-06: beyond the connection limit the socket that has waited longest is closed, and who asks is served', async () => {
  await using door = await openDoor(patient)
  const held = await Promise.all(Array.from({ length: 3 * short.connectionsMax }, () => door.connect()))
  const longest = held.slice(0, 2 * short.connectionsMax)
  await Promise.all(longest.map(untilCut))
  for (let asked = 0; asked < 5; asked += 1) expect((await fetch(door.url)).status).toBe(200)
})

/** The most that this system completes, whatever a process asks for. */
function systemBacklog(): number {
  const linux = '/proc/sys/net/core/somaxconn'
  return existsSync(linux) ? Number(readFileSync(linux, 'utf8')) : 128
}

test('D-06: connections that come all at once, while the loop is busy, are all completed', async () => {
  await using door = await openDoor({ ...patient, connectionsMax: 2_000 })
  let connected = 0
  // All in one tick: none is taken before the last has come.
  const opening = Array.from({ length: Math.min(1_500, systemBacklog()) }, () =>
    door.connect().then(() => (connected += 1)),
  )
  // What the system has completed is told within a few turns of the loop; what it has dropped tries again a second later.
  for (let turn = 0; turn < 200 && connected < opening.length; turn += 1) await setImmediate()
  expect(connected).toBe(opening.length)
})

test('D-03: a socket whose request is under way is not closed for another', async () => {
  await using door = await openDoor(patient)
  const asking = await door.connect()
  asking.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n1')
  await fetch(door.url)
  await Promise.all(Array.from({ length: 2 * short.connectionsMax }, () => door.connect()))
  await fetch(door.url)
  asking.end('2')
  expect(await untilCut(asking)).toMatch(/^HTTP\/1\.1 200 [^]*12$/)
})

test('a kept socket may rest as long as KEEP_ALIVE_MS says, longer than headers may take', async () => {
  await using door = await openDoor({ ...short, headersTimeoutMs: 300, requestTimeoutMs: 400 }, 60_000)
  const socket = await door.connect()
  let said = ''
  socket.on('data', (text) => (said += String(text)))
  const ask = async (times: number): Promise<void> => {
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    while (said.split('HTTP/1.1 200').length <= times)
      await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => expect.fail('closed'))])
  }
  await ask(1)
  await new Promise((resolve) => void setTimeout(resolve, 1_000))
  await ask(2)
  expect(said).toContain('Keep-Alive: timeout=60')
})

test('C-10: a stopping server answers what is under way, closes each connection with its answer, and takes no more', async () => {
  const started = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const app = new Hono<Env>()
  app.get('/', (c) => c.text('here'))
  app.get('/slow', async (c) => {
    started.resolve()
    await answer.promise
    return c.text('done')
  })
  let isStopping = false
  const opened = Promise.withResolvers<number>()
  const at = { host: '127.0.0.1', port: 0, keepAliveMs: 60_000 }
  const server = listen(app, at, opened.resolve, patient, () => isStopping)
  const url = `http://127.0.0.1:${await opened.promise}`
  expect((await fetch(url)).headers.get('connection')).toBe('keep-alive')
  const slow = fetch(`${url}/slow`)
  await started.promise
  isStopping = true
  expect((await fetch(url)).headers.get('connection')).toBe('close')
  const stopped = stopListening(server, realClock, 60_000)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  answer.resolve()
  expect(await (await slow).text()).toBe('done')
  await stopped
})

test('C-10: a stopping server does not wait longer than it says', async () => {
  const app = new Hono<Env>()
  const started = Promise.withResolvers<void>()
  app.get('/', () => {
    started.resolve()
    return new Promise<Response>(() => undefined)
  })
  const opened = Promise.withResolvers<number>()
  const server = listen(app, { host: '127.0.0.1', port: 0, keepAliveMs: 60_000 }, opened.resolve, patient)
  const never = fetch(`http://127.0.0.1:${await opened.promise}`).catch((error: unknown) => String(error))
  await started.promise
  await stopListening(server, realClock, 100)
  expect(await never).toContain('fetch failed')
})

test('R-17: the parser refuses headers over their size limit', async () => {
  await using door = await openDoor(patient)
  const large = await fetch(door.url, { headers: { 'x-large': 'a'.repeat(limits.headersBytesMax) } })
  expect(large.status).toBe(431)
  expect((await fetch(door.url, { headers: { 'x-large': 'a'.repeat(8_000) } })).status).toBe(200)
})
