import { once } from 'node:events'
import { createServer, request as ask, type ServerResponse } from 'node:http'
import { portOf } from './receiver.ts'

/** Something on the way between browser and server, such as a proxy that lets no stream through from one moment on. */
export async function openWire(target: string) {
  const asked: string[] = []
  const streams = new Set<ServerResponse>()
  let isCut = false
  const wire = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path.split('?')[0] ?? path)
    const isStream = path.startsWith('/trpc/payments.watch')
    if (isStream && isCut) return void response.destroy()
    if (isStream) streams.add(response)
    const onward = ask(`${target}${path}`, { method: request.method, headers: request.headers }, (answer) => {
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
    /** How many streams were ever let through. */
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
