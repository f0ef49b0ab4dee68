// A shop's notice receiver, as small as one can be: checks the signature, says one line, answers 204.

import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

export type Receiver = { url: string; close: () => void }

export async function receiveNotices(secrets: string[], say: (line: string) => void): Promise<Receiver> {
  const webhooks = secrets.map((secret) => new Webhook(secret))
  const server = createServer((request, response) => {
    take(request, response, webhooks, say).catch((error: unknown) => {
      say(`a notice could not be read: ${String(error)}`)
      response.writeHead(400).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the notice receiver has no port')
  return {
    url: `http://127.0.0.1:${address.port}/notices`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  webhooks: Webhook[],
  say: (line: string) => void,
): Promise<void> {
  const body = await text(request)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  if (!webhooks.some((webhook) => isSignedBy(webhook, body, headers))) {
    say('a notice with a wrong signature was refused')
    response.writeHead(401).end()
    return
  }
  say(`${told(JSON.parse(body))}  (${headers['webhook-id']}, signature verified)`)
  response.writeHead(204).end()
}

function isSignedBy(webhook: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers)
    return true
  } catch {
    return false
  }
}

/** `payment.paid  order 1234  no. 2` from whatever of it is there. */
function told(notice: unknown): string {
  const order = at(at(notice, 'data'), 'order')
  return `${String(at(notice, 'type'))}  order ${String(at(order, 'orderId'))}  no. ${String(at(notice, 'sequence'))}`
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined
}
