import { NoticeBody } from '@landfall/payment-core'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { noticeSecret } from './server-process.ts'

export type Told = {
  readonly id: string
  readonly orderId: string
  readonly sequence: number
  readonly type: string
  readonly text: string
}

export type ShopBackend = AsyncDisposable & {
  readonly url: string
  /** Every notice that came, repeats included, oldest first. */
  readonly told: readonly Told[]
  /** How many came with a signature the library does not accept. */
  readonly forged: () => number
  /** How long it thinks before it answers, in milliseconds, and what it then says. */
  readonly think: (ms: number, status: number) => void
}

/** The shop's own backend, which trusts only the `standardwebhooks` library. `loses()` says which answers are lost on their way (N-03). */
export async function openShopBackend(loses: () => boolean): Promise<ShopBackend> {
  const told: Told[] = []
  const heard = new Set<string>()
  let forged = 0
  let thought = { ms: 0, status: 204 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const notice = read(request, Buffer.concat(chunks).toString('utf8'))
      if (notice === null) {
        forged += 1
        response.writeHead(401).end()
        return
      }
      const isFirst = !heard.has(notice.id)
      heard.add(notice.id)
      told.push(notice)
      // Only a first one: the next repeats of a schedule over 76 hours are too far apart for a proof.
      if (isFirst && loses()) request.socket.destroy()
      else {
        const { ms, status } = thought
        if (ms > 0) setTimeout(() => response.writeHead(status).end(), ms)
        else response.writeHead(status).end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/notices`,
    told,
    forged: () => forged,
    think: (ms, status) => {
      thought = { ms, status }
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function read(request: IncomingMessage, text: string): Told | null {
  const id = String(request.headers['webhook-id'])
  try {
    const body: unknown = new Webhook(noticeSecret).verify(text, {
      'webhook-id': id,
      'webhook-timestamp': String(request.headers['webhook-timestamp']),
      'webhook-signature': String(request.headers['webhook-signature']),
    })
    const { type, sequence, data } = NoticeBody.parse(body)
    return { id, orderId: data.order.orderId, sequence, type, text }
  } catch (error) {
    process.stderr.write(`a notice that cannot be trusted: ${String(error)}\n`)
    return null
  }
}
