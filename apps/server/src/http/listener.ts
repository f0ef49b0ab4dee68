import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Config } from '../config/config.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../deps.ts'

type Socket = IncomingMessage['socket']

/** Timeouts and size limits of a socket; tests pass shorter ones. */
export type SocketLimits = {
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly slowCheckEveryMs: number
  readonly connectionsMax: number
}

/** Answers requests; `sockets` are the Node request and response, where there are any. */
export type Served = {
  readonly fetch: (request: Request, sockets?: object) => Response | Promise<Response>
}

/**
 * Serves the app on a port. Slow headers, slow bodies, idle sockets, header size and connection count are limited (D-03). While `isStopping`,
 * each answer ends its connection.
 */
export function listen(
  app: Served,
  at: Pick<Config, 'host' | 'port' | 'keepAliveMs'>,
  listening: (port: number) => void,
  max: SocketLimits = limits,
  isStopping: () => boolean = () => false,
): Server {
  const answer = listenerOf(app)
  const server = createServer(
    {
      maxHeaderSize: limits.headersBytesMax,
      // Counts from the first byte of a request, not from the end of the last one: a kept socket may rest longer.
      headersTimeout: max.headersTimeoutMs,
      requestTimeout: max.requestTimeoutMs,
      keepAliveTimeout: at.keepAliveMs,
      connectionsCheckingInterval: max.slowCheckEveryMs,
    },
    (incoming, outgoing) => {
      if (isStopping()) outgoing.shouldKeepAlive = false
      answer(incoming, outgoing)
    },
  )
  server.maxConnections = max.connectionsMax
  server.maxRequestsPerSocket = limits.requestsPerSocketMax
  closeLongestWaiting(server, max.connectionsMax)
  return server.listen({ port: at.port, host: at.host, backlog: limits.backlog }, () => {
    const address = server.address()
    listening(typeof address === 'object' && address !== null ? address.port : at.port)
  })
}

/** The part of the sockets that is kept free: those accepted together must all find room. */
const FREE_PART = 1 / 64

/** A socket's last request: its number in the order of all (before it, the number of the socket's opening), and its answer. */
type LastRequest = { number: number; answer: ServerResponse | null }

/**
 * Closes the sockets that have waited longest for a request when the last ones are taken. So neither idle sockets nor slow headers keep anybody
 * out: who has something to ask sends it at once.
 */
function closeLongestWaiting(server: Server, connectionsMax: number): void {
  const free = Math.ceil(connectionsMax * FREE_PART)
  const sockets = new Map<Socket, LastRequest>()
  let count = 0
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, { number: (count += 1), answer: null })
    socket.once('close', () => sockets.delete(socket))
    if (sockets.size <= connectionsMax - free) return
    const waiting = [...sockets].filter(([, { answer }]) => answer === null || answer.writableFinished)
    const longest = waiting.toSorted(([, one], [, other]) => one.number - other.number).slice(0, free)
    for (const [each] of longest) each.destroy()
  })
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    const last = sockets.get(socket)
    if (last !== undefined) Object.assign(last, { number: (count += 1), answer })
  })
}

const IDLE_CHECK_EVERY_MS = 50

/** Takes no more connections, waits until every request has its answer, at most `withinMs`, and closes all sockets. */
export async function stopListening(server: Server, clock: Clock, withinMs: number): Promise<void> {
  let isClosed = false
  const closed = new Promise<void>((resolve) => void server.close(() => resolve())).then(() => {
    isClosed = true
  })
  for (let waitedMs = 0; !isClosed && waitedMs < withinMs; waitedMs += IDLE_CHECK_EVERY_MS) {
    // A socket that was answered after `close` would rest for as long as it may be kept.
    server.closeIdleConnections()
    await Promise.race([closed, clock.sleep(IDLE_CHECK_EVERY_MS)])
  }
  server.closeAllConnections()
  await closed
}

/** An HTTP/1.0 request without a `Host` header gets the host name given here; without one it would be refused. */
export function listenerOf({ fetch }: Served): RequestListener {
  const answer = getRequestListener(fetch, { hostname: 'localhost' })
  return (incoming, outgoing) => void answer(incoming, outgoing)
}
