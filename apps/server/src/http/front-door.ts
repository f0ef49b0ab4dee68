import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { RouteAnswer } from './answer.ts'
import type { RouteRequest, Enter } from './door.ts'
import { limits } from '../config/limits.ts'

/** Times and sizes of the sockets; a test brings shorter ones. */
export type SocketLimits = {
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly slowCheckEveryMs: number
  readonly connectionsMax: number
}

/** Listens, with a bound on whatever a socket can do: slow headers, slow bodies, silence, size, number (D-03). */
export function openFrontDoor(
  app: Served,
  at: { readonly host: string; readonly port: number },
  listening: (port: number) => void,
  max: SocketLimits = limits,
): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headersBytesMax,
      headersTimeout: max.headersTimeoutMs,
      requestTimeout: max.requestTimeoutMs,
      keepAliveTimeout: max.idleTimeoutMs,
      connectionsCheckingInterval: max.slowCheckEveryMs,
    },
    listener(app),
  )
  server.maxConnections = max.connectionsMax
  server.maxRequestsPerSocket = limits.requestsPerSocketMax
  return server.listen(at.port, at.host, () => {
    const address = server.address()
    listening(typeof address === 'object' && address !== null ? address.port : at.port)
  })
}

/** What a socket's requests go to: the doors, and everything else through the framework. */
export type Served = {
  readonly fetch: (request: Request, sockets?: object) => Response | Promise<Response>
  readonly enter: Enter
}

export function listener({ fetch, enter }: Served): RequestListener {
  const framed = getRequestListener(fetch)
  return (incoming, outgoing) => {
    const asked = askedOff(incoming)
    const answer = asked === null ? null : enter(asked)
    const sent = answer === null ? framed(incoming, outgoing) : answer.then((given) => write(outgoing, given))
    // Who cannot be answered any more is hung up on, and nobody else.
    sent.catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined))
  }
}

/** Of an address that stands here as any reader would read it: one with escapes in its path, or with what no URL holds, the framework puts right first. */
const PLAIN = /^\/[\w./~-]*(?:\?[!$&-;=?-[\]_a-z~%]*)?$/

function askedOff(incoming: IncomingMessage): RouteRequest | null {
  const { url = '', method = '', headers, socket } = incoming
  if (!PLAIN.test(url)) return null
  const begins = url.indexOf('?')
  return {
    method,
    path: begins < 0 ? url : url.slice(0, begins),
    query: begins < 0 ? '' : url.slice(begins + 1),
    peer: socket.remoteAddress ?? '',
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body: (bytesMax) => bodyOff(incoming, bytesMax),
    hasHungUp: () => incoming.destroyed && !incoming.complete,
  }
}

function bodyOff(incoming: IncomingMessage, bytesMax: number): Promise<Uint8Array | null> {
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bytesMax) chunks.push(chunk)
      else resolve(null)
    })
    incoming.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    )
    incoming.once('error', reject)
  })
}

/** What is left of a body nobody reads is let go by Node itself, for as long as a request may take. */
function write(outgoing: ServerResponse, { status, headers, body }: RouteAnswer): void {
  if (body === null) outgoing.writeHead(status, headers).end()
  else outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}
