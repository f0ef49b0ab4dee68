import { serve, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'
import { limits } from './limits.ts'
import type { Env } from './requests.ts'

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
  app: Pick<Hono<Env>, 'fetch'>,
  at: { readonly host: string; readonly port: number },
  listening: (port: number) => void,
  max: SocketLimits = limits,
): ServerType {
  const server = serve(
    {
      fetch: app.fetch,
      hostname: at.host,
      port: at.port,
      serverOptions: {
        maxHeaderSize: limits.headersBytesMax,
        headersTimeout: max.headersTimeoutMs,
        requestTimeout: max.requestTimeoutMs,
        keepAliveTimeout: max.idleTimeoutMs,
        connectionsCheckingInterval: max.slowCheckEveryMs,
      },
    },
    ({ port }) => listening(port),
  )
  server.maxConnections = max.connectionsMax
  if ('maxRequestsPerSocket' in server) server.maxRequestsPerSocket = limits.requestsPerSocketMax
  return server
}
