import { Hono } from 'hono'
import type { Served } from '../src/http/listener.ts'
import type { Env } from '../src/http/answer.ts'
import type { TestClock } from './clock.ts'
import { openHost } from './network.ts'
import { listen } from './receiver.ts'
import { answersWrittenTo, writtenAnswer, type Written } from './written.ts'

/** A front door that keeps its address while the server behind it restarts. */
export function doorOf() {
  let app: Served = { fetch: new Hono<Env>().fetch }
  return {
    fetch: (request: Request, sockets?: object) => app.fetch(request, sockets),
    open: (opened: Served) => {
      app = opened
    },
  }
}

type Place = {
  readonly clock: TestClock
  readonly written: Written
  readonly sockets: boolean
  readonly origin: string
}

/** The socket of a request that arrives without one; its peer is loopback. */
const loopbackSocket = {
  incoming: { socket: { remoteAddress: '127.0.0.1' }, destroyed: false, complete: true },
}

/** Serves the server at its address, and records every answer. */
export async function openDoor(
  door: ReturnType<typeof doorOf>,
  { clock, written, sockets, origin }: Place,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  if (sockets) {
    const { server, port } = await listen(door, { ServerResponse: answersWrittenTo(written) })
    const close = (): Promise<void> => new Promise((resolve) => void server.close(() => resolve()))
    return { url: `http://127.0.0.1:${port}`, close }
  }
  const answer = async (request: Request): Promise<Response> =>
    writtenAnswer(written, request, await door.fetch(request, loopbackSocket))
  const host = openHost(origin, answer, clock)
  return { url: origin, close: async () => host[Symbol.dispose]() }
}
