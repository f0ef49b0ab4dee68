import { fail, ok } from '@landfall/payment-core'
import type { Http, HttpAnswer, HttpRequest } from '../src/gateway/http.ts'
import type { TestClock } from './clock.ts'
import { during } from './in-flight.ts'

/** The server of an origin; null breaks the connection before any byte of an answer. */
export type Host = (request: Request) => Promise<Response | null>

/** The origins of all worlds of this thread, each with its world's clock. */
const hosts = new Map<string, { readonly host: Host; readonly clock: TestClock }>()
let origins = 0

/** A unique loopback origin, on a port without a listener. */
export function newOrigin(): string {
  origins += 1
  return `http://127.0.0.1:${20_000 + (origins % 40_000)}`
}

/** Answers at an origin until it is closed. */
export function openHost(origin: string, host: Host, clock: TestClock): Disposable {
  hosts.set(origin, { host, clock })
  return { [Symbol.dispose]: () => void hosts.delete(origin) }
}

/** Fetches as a browser does, without following redirects. An origin of no world is fetched over a socket. */
export function go(url: string, init: RequestInit = {}): Promise<Response> {
  const found = hosts.get(new URL(url).origin)
  return found === undefined ? during(send(url, init)) : found.clock.answered(send(url, init))
}

/** Fetches as `go` does, but never advances test time. */
export async function send(url: string, init: RequestInit = {}): Promise<Response> {
  const found = hosts.get(new URL(url).origin)
  if (found === undefined) return fetch(url, { redirect: 'manual', ...init })
  const answer = await found.host(asSent(url, init))
  if (answer === null) throw new TypeError('fetch failed')
  return answer
}

/** A request with the headers that a socket adds. */
function asSent(url: string, init: RequestInit): Request {
  const request = new Request(url, { redirect: 'manual', ...init })
  const { headers } = request
  headers.set('host', new URL(url).host)
  if (!headers.has('accept')) headers.set('accept', '*/*')
  const bytes = bytesOf(init.body ?? null)
  if (bytes !== null) headers.set('content-length', String(bytes))
  else if (request.body !== null) headers.set('transfer-encoding', 'chunked')
  return request
}

function bytesOf(body: RequestInit['body'] | null): number | null {
  if (typeof body === 'string') return Buffer.byteLength(body)
  if (body instanceof URLSearchParams) return Buffer.byteLength(body.toString())
  return body instanceof Uint8Array ? body.byteLength : null
}

/** The server's HTTP client in a world. Deadlines count test time; an origin without a server refuses the connection. */
export const httpWithin =
  (clock: TestClock): Http =>
  (wanted) =>
    new Promise((resolve) => {
      const unreachable = (cause: string): void => resolve(fail({ kind: 'unreachable', cause }))
      const deadline = clock.after(wanted.deadlineMs, () => unreachable('TimeoutError'))
      const end = (answer: Awaited<ReturnType<Http>>): void => {
        deadline.off = true
        resolve(answer)
      }
      ask(wanted).then(end, (error: unknown) => unreachable(String(error)))
    })

async function ask({ method, url, headers, body, answerBytesMax }: HttpRequest): ReturnType<Http> {
  const found = hosts.get(new URL(url).origin)
  if (found === undefined) return fail({ kind: 'unreachable', cause: 'ECONNREFUSED' })
  const answer = await found.host(asSent(url, { method, headers, body: body ?? null }))
  if (answer === null) return fail({ kind: 'unreachable', cause: 'UND_ERR_SOCKET' })
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (bytes.length > answerBytesMax)
    return fail({ kind: 'too_large', limitBytes: answerBytesMax, status: answer.status })
  const read: HttpAnswer = {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    text: bytes.toString('utf8'),
  }
  return ok(read)
}
