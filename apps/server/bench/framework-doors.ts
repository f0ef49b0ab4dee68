import { serve } from '@hono/node-server'
import { claimFromWebhook, WebhookBody } from '@landfall/payment-core'
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { createServer } from 'node:http'
import { z } from 'zod'
import { openDatabase } from '../src/store/engines/open.ts'
import { insertReceipt } from '../src/store/receipts.ts'

/**
 * One webhook door and one small procedure, served alike by each candidate: read JSON, parse it with zod, store the claim through the group
 * commit, answer. `FRAMEWORK` says which. The look-up that follows is left out: it would be the same for all.
 */
const t = initTRPC.create()
const router = t.router({
  echo: t.procedure
    .input(z.object({ orderId: z.string() }))
    .output(z.object({ orderId: z.string() }))
    .query(({ input }) => input),
})

const db = await openDatabase(process.env['DATABASE_URL'] ?? '', (run) => void setImmediate(run))

async function take(body: unknown): Promise<boolean> {
  const read = WebhookBody.safeParse(body)
  const claim = read.success ? claimFromWebhook(read.data) : null
  if (claim === null || !claim.ok) return false
  const nowMs = Date.now()
  await insertReceipt(db, claim.value, { lease: crypto.randomUUID(), nowMs, leaseUntilMs: nowMs + 25_000 })
  return true
}

const port = Number(process.env['PORT'])
const path = '/webhooks/portone'
const stored = { status: 'stored' }

const candidates: Readonly<Record<string, () => unknown>> = {
  node: () => {
    const procedures = createHTTPHandler({ router, basePath: '/trpc/' })
    createServer((request, response) => {
      if (request.url?.startsWith('/trpc/') === true) return procedures(request, response)
      if (request.url !== path) return void response.writeHead(200).end()
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => void chunks.push(chunk))
      request.on('end', () => {
        take(JSON.parse(Buffer.concat(chunks).toString())).then(
          (taken) => {
            response.writeHead(taken ? 200 : 400, { 'content-type': 'application/json' })
            response.end(JSON.stringify(stored))
          },
          () => response.writeHead(500).end(),
        )
      })
    }).listen(port, '127.0.0.1')
  },
  hono: () => {
    const app = new Hono()
    app.post(path, async (c) => c.json(stored, (await take(await c.req.json())) ? 200 : 400))
    app.all('/trpc/*', (c) =>
      fetchRequestHandler({ endpoint: '/trpc', req: c.req.raw, router, createContext: () => ({}) }),
    )
    app.get('/readyz', (c) => c.json(stored))
    serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  },
  fastify: async () => {
    const app = Fastify({ logger: false })
    app.post(path, async (request, reply) => {
      if (!(await take(request.body))) reply.code(400)
      return stored
    })
    app.get('/readyz', () => stored)
    await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
    await app.listen({ port, host: '127.0.0.1' })
  },
}

const name = process.env['FRAMEWORK'] ?? ''
const candidate = candidates[name]
if (candidate === undefined) throw new Error(`FRAMEWORK is one of ${Object.keys(candidates).join(', ')}`)
await candidate()
