import { NoticeBody } from '@landfall/payment-core'
import { Hono } from 'hono'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { listenerOf, type Served } from '../src/http/listener.ts'
import type { TestClock } from './clock.ts'
import { newOrigin, openHost } from './network.ts'

type RouteAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
export type Attempt = {
  readonly id: string
  readonly type: string
  readonly atMs: number
  readonly signatures: number
}
export type Received = { readonly id: string; readonly body: NoticeBody }

/** The shop's backend: receives notices, verifies their signatures with the library a shop uses, and answers as the test sets. */
export function openReceiver(secret: string, clock: TestClock) {
  const { nowMs, sleep } = clock
  const received: Received[] = []
  const attempts: Attempt[] = []
  let answer: RouteAnswer = { status: 204 }
  let delayMs = 0
  let refusedOrder: string | null = null
  const app = new Hono()
  app.post('/notices', async (c) => {
    const text = await c.req.text()
    await sleep(delayMs)
    const headers = Object.fromEntries(c.req.raw.headers)
    // The library checks the timestamp against the real clock, so the signature is checked at the test's own time.
    const atMs = Number(headers['webhook-timestamp']) * 1000
    const signed = new Webhook(secret).sign(headers['webhook-id'] ?? '', new Date(atMs), text)
    if (!(headers['webhook-signature'] ?? '').split(' ').includes(signed)) return c.body(null, 401)
    if (Math.abs(nowMs() - atMs) > 300_000) return c.body(null, 400)
    const id = headers['webhook-id'] ?? ''
    const body = NoticeBody.parse(JSON.parse(text))
    attempts.push({
      id,
      type: body.type,
      atMs: nowMs(),
      signatures: (headers['webhook-signature'] ?? '').split(' ').length,
    })
    if (body.data.order.orderId === refusedOrder) return c.body(null, 500)
    if (answer.status < 300) received.push({ id, body })
    return new Response(null, answer)
  })
  const origin = newOrigin()
  const host = openHost(origin, async (request) => app.fetch(request), clock)
  return {
    url: `${origin}/notices`,
    /** The notices received, oldest first, repeats included. */
    received,
    types: (): string[] => received.map(({ body }) => body.type),
    /** Every call with a valid signature, including those refused. */
    attempts,
    /** Sets the answer to later calls. */
    answerWith: (status: number, headers: Readonly<Record<string, string>> = {}) => {
      answer = { status, headers }
    },
    /** Sets the delay of each answer. */
    delay: (ms: number) => {
      delayMs = ms
    },
    /** Refuses every notice of one order. */
    refuseAbout: (orderId: string) => {
      refusedOrder = orderId
    },
    [Symbol.dispose]: host[Symbol.dispose],
  }
}

/** Serves an app on a free loopback port with the production listener. */
export function listen(app: Served, options: { readonly ServerResponse?: typeof ServerResponse } = {}) {
  return new Promise<{ server: Server; port: number }>((resolve) => {
    const server = createServer(options, listenerOf(app))
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}
