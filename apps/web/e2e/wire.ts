import { once } from 'node:events'
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { portOf } from './receiver.ts'

/** Changes a text answer. Null: leave it unchanged. */
export type OnTheWay = (path: string, text: string, headers: OutgoingHttpHeaders) => string | null

/** A proxy between browser and server. It can block streams from a given time, or change answers. */
export async function openWire(target: string, onTheWay: OnTheWay | null = null) {
  const asked: string[] = []
  const queries: string[] = []
  const streams = new Set<ServerResponse>()
  let isCut = false
  const wire = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path.split('?')[0] ?? path)
    queries.push(path.split('?')[1] ?? '')
    const isStream = path.startsWith('/trpc/payments.watch')
    if (isStream && isCut) return void response.destroy()
    if (isStream) streams.add(response)
    const headers = { ...request.headers, ...(onTheWay === null ? {} : { 'accept-encoding': 'identity' }) }
    const onward = ask(`${target}${path}`, { method: request.method, headers }, (answer) => {
      if (onTheWay !== null && !isStream) {
        // A browser that leaves a page aborts its open requests. Without this handler, the abort fails the test run.
        changed(answer, response, path, onTheWay).catch(() => response.destroy())
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(wire)}`,
    asked: (): readonly string[] => asked,
    /** The query of each request, empty without one. */
    queries: (): readonly string[] => queries,
    /** The number of streams that were forwarded. */
    streams: (): number => streams.size,
    cutStreams: (): void => {
      isCut = true
      for (const stream of streams) stream.destroy()
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        wire.close(() => resolve())
        wire.closeAllConnections()
      }),
  }
}

async function changed(
  answer: IncomingMessage,
  response: ServerResponse,
  path: string,
  onTheWay: OnTheWay,
): Promise<void> {
  const bytes = await buffer(answer)
  const headers: OutgoingHttpHeaders = { ...answer.headers }
  const text = onTheWay(path.split('?')[0] ?? path, bytes.toString('utf8'), headers)
  if (text !== null) delete headers['content-length']
  response.writeHead(answer.statusCode ?? 502, headers).end(text ?? bytes)
}
