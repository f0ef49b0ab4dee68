import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { limits } from '../config/limits.ts'

/** Timeouts and size limits of a socket; tests pass shorter ones. */
export type SocketLimits = {
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly slowCheckEveryMs: number
  readonly connectionsMax: number
}

/** Answers requests; `sockets` are the Node request and response, where there are any. */
export type Served = {
  readonly fetch: (request: Request, sockets?: object) => Response | Promise<Response>
}

/** Serves the app on a port. Slow headers, slow bodies, idle sockets, header size and connection count are limited (D-03). */
export function listen(
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
    listenerOf(app),
  )
  server.maxConnections = max.connectionsMax
  server.maxRequestsPerSocket = limits.requestsPerSocketMax
  return server.listen(at.port, at.host, () => {
    const address = server.address()
    listening(typeof address === 'object' && address !== null ? address.port : at.port)
  })
}

/** An HTTP/1.0 request without a `Host` header gets the host name given here; without one it would be refused. */
export function listenerOf({ fetch }: Served): RequestListener {
  const answer = getRequestListener(fetch, { hostname: 'localhost' })
  return (incoming, outgoing) => void answer(incoming, outgoing)
}
