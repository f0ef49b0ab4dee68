import { fail, ok, type Result } from '@landfall/payment-core'
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import { isPrivateAddress } from '../config/private-address.ts'

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** From the call to the last byte, including the wait for a socket. */
  readonly deadlineMs: number
  readonly answerBytesMax: number
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export type HttpProblem =
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** The answer came, but for its body. */
  | { readonly kind: 'too_large'; readonly limitBytes: number; readonly status: number }

/** The cause of a call that was not made: the name resolves to private addresses only. */
export const PRIVATE_ADDRESS = 'EPRIVATE'

/** Makes one HTTP call, bounded in time and answer size. It never follows a redirect (G-04). */
export type Http = (request: HttpRequest) => Promise<Result<HttpAnswer, HttpProblem>>

/**
 * Sockets to one origin: ten seconds of unanswered calls at sixteen a second (`portone-v1/batch.ts`), so that a gateway
 * that stops answering does not block other calls. A deadline destroys its socket.
 */
const CONNECTIONS_MAX = 160

/**
 * Opens an HTTP client over undici. With `publicOnly` it does not connect to a name that resolves to a private address.
 * `close` destroys its sockets.
 */
export function openHttp({ publicOnly = false }: { readonly publicOnly?: boolean } = {}): {
  readonly http: Http
  readonly close: () => Promise<void>
} {
  const agent = new Agent({
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    ...(publicOnly ? { connect: { lookup: publicLookup } } : {}),
  })
  return { http: (wanted) => send(agent, wanted), close: () => agent.destroy() }
}

/**
 * Resolves a name to its public addresses only. It runs at each connect, because the resolution of a name can change
 * after the configuration was checked (N-07). An IP address in the URL is never resolved; the configuration check refuses
 * private ones.
 */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, [])
    const open = addresses.filter(({ address }) => !isPrivateAddress(address))
    const [first] = open
    if (first === undefined)
      return callback(Object.assign(new Error('no public address'), { code: PRIVATE_ADDRESS }), [])
    if (options.all === true) callback(null, open)
    else callback(null, first.address, first.family)
  })
}

async function send(agent: Agent, wanted: HttpRequest): Promise<Result<HttpAnswer, HttpProblem>> {
  try {
    const { statusCode, headers, body } = await request(wanted.url, {
      dispatcher: agent,
      method: wanted.method,
      headers: wanted.headers,
      body: wanted.body ?? null,
      signal: AbortSignal.timeout(wanted.deadlineMs),
    })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size > wanted.answerBytesMax) {
        body.destroy()
        return fail({ kind: 'too_large', limitBytes: wanted.answerBytesMax, status: statusCode })
      }
      chunks.push(bytes)
    }
    return ok({ status: statusCode, headers: single(headers), text: Buffer.concat(chunks).toString('utf8') })
  } catch (error) {
    return fail({ kind: 'unreachable', cause: causeOf(error) })
  }
}

function single(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  return flat
}

/** A code such as ECONNREFUSED, or the error's name. Never the message, which may quote a URL or a header (P-03). */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // A DOMException's code is a legacy number; its name, such as TimeoutError, tells the cause.
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
