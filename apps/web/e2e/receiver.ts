import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createSocket } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { canary } from './written.ts'

export const noticeSecret = canary('notice secret')

const Notice = z.object({
  type: z.string(),
  sequence: z.number(),
  data: z.object({ order: z.object({ orderId: z.string(), status: z.string() }) }),
})
export type Told = { readonly id: string; readonly notice: z.infer<typeof Notice> }

/** The shop's backend. It verifies notices with the `standardwebhooks` library. */
export async function receive(told: Told[]): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const id = String(request.headers['webhook-id'])
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(request.headers['webhook-timestamp']),
        'webhook-signature': String(request.headers['webhook-signature']),
      }
      // `verify` throws on a wrong signature or an old timestamp. The notice is then not counted, and the test fails.
      told.push({ id, notice: Notice.parse(new Webhook(noticeSecret).verify(text, headers)) })
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}/notices`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

/** Finds a free port. */
export async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, '127.0.0.1')
  await once(socket, 'listening')
  const port = portOf(socket)
  await new Promise<void>((resolve) => void socket.close(() => resolve()))
  return port
}

export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
