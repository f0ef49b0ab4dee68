import { fail, ok, type Result } from '@landfall/payment-core'
import { lookup } from 'node:dns'
import type { IncomingHttpHeaders } from 'node:http'
import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
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

const send = (agent: Agent, wanted: HttpRequest): Promise<Result<HttpAnswer, HttpProblem>> =>
  new Promise((resolve) => {
    const collector = new AnswerCollector(wanted, resolve)
    try {
      const { origin, pathname, search } = new URL(wanted.url)
      const { method, headers, body = null } = wanted
      agent.dispatch({ origin, path: pathname + search, method, headers, body }, collector)
    } catch (error) {
      collector.onResponseError(null, error)
    }
  })

/**
 * Collects one answer. It is undici's own interface below `request`, whose stream and signal for each answer cost twice as much CPU time as the call
 * itself.
 */
class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Result<HttpAnswer, HttpProblem>) => void
  readonly #bytesMax: number
  readonly #deadline: AbortSignal
  readonly #chunks: Buffer[] = []
  #size = 0
  #status = 0
  #headers: Readonly<Record<string, string>> = {}
  #controller: Dispatcher.DispatchController | null = null
  #isOver = false

  constructor(
    { deadlineMs, answerBytesMax }: HttpRequest,
    resolve: (answer: Result<HttpAnswer, HttpProblem>) => void,
  ) {
    this.#resolve = resolve
    this.#bytesMax = answerBytesMax
    this.#deadline = AbortSignal.timeout(deadlineMs)
    this.#deadline.addEventListener('abort', this.#timeOut)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It waited for a socket until its deadline. It must not be sent any more: its caller counts on that.
    if (this.#isOver) controller.abort(new Error('over'))
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = single(headers)
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#bytesMax)
      this.#end(fail({ kind: 'too_large', limitBytes: this.#bytesMax, status: this.#status }))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8')
    this.#end(ok({ status: this.#status, headers: this.#headers, text }))
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#end(fail({ kind: 'unreachable', cause: causeOf(error) }))
  }

  readonly #timeOut = (): void => this.#end(fail({ kind: 'unreachable', cause: 'TimeoutError' }))

  /** The first end counts. An answer that failed, or is late or too large, destroys its socket. */
  #end(answer: Result<HttpAnswer, HttpProblem>): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#deadline.removeEventListener('abort', this.#timeOut)
    this.#resolve(answer)
    if (!answer.ok) this.#controller?.abort(new Error('over'))
  }
}

function single(headers: IncomingHttpHeaders): Record<string, string> {
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
