import { LandfallError } from './landfall-error.ts'

/** The server that is called, and how. */
export type ApiConnection = {
  readonly url: URL
  readonly key: string
  readonly fetch: typeof globalThis.fetch
  readonly deadlineMs: number
}

/** A row of the REST API. */
export type Call = {
  readonly method: 'GET' | 'POST'
  /** The segments below `/v1`. */
  readonly path: readonly string[]
  readonly query?: object
  readonly body?: object
}

const TRIES_MAX = 4
const FIRST_WAIT_MS = 200
/** Too busy, or on the way: the server stored nothing, or stored it under the same id. */
const REPEATED = new Set([429, 502, 503, 504])

/** A failed try, and how long to wait before the next one; null when another try is useless. */
type Failure = { readonly error: LandfallError; readonly waitMs: number | null }

/**
 * Calls one row and returns its answer. Network errors and the statuses above are repeated with the same body, until the deadline. This is safe
 * for every row: an order is registered once, and a refund executed once for each `idempotencyKey`.
 */
export async function call<A extends object>(connection: ApiConnection, asked: Call): Promise<A> {
  const request = requestOf(connection, asked)
  const endsAtMs = performance.now() + connection.deadlineMs
  for (let tries = 1; ; tries++) {
    const tried = await attempt<A>(connection, request, endsAtMs)
    if (!('error' in tried)) return tried.answer
    const waitMs = tried.waitMs === null ? null : Math.max(tried.waitMs, backoffMs(tries))
    if (waitMs === null || tries === TRIES_MAX || performance.now() + waitMs >= endsAtMs) throw tried.error
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/** Doubles from try to try. The random part keeps many callers from trying again at the same moment. */
const backoffMs = (tries: number): number => FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + Math.random())

type PreparedCall = { readonly url: URL; readonly init: RequestInit }

function requestOf({ url, key }: ApiConnection, { method, path, query = {}, body }: Call): PreparedCall {
  // `URL` would resolve a dot segment, and an empty one would name the list instead of one order.
  if (path.some((segment) => /^\.{0,2}$/.test(segment)))
    throw new LandfallError({
      kind: 'bad_input',
      status: null,
      message: 'An id is empty, or consists of dots.',
      action: 'Pass the id that the order was registered with.',
    })
  const address = new URL(`/v1/${path.map(encodeURIComponent).join('/')}`, url)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) address.searchParams.set(name, String(value))
  const headers: Record<string, string> = { authorization: `Bearer ${key}`, accept: 'application/json' }
  if (method === 'GET') return { url: address, init: { method, headers } }
  headers['content-type'] = 'application/json'
  return { url: address, init: { method, headers, body: JSON.stringify(body ?? {}) } }
}

async function attempt<A extends object>(
  connection: ApiConnection,
  { url, init }: PreparedCall,
  endsAtMs: number,
): Promise<{ readonly answer: A } | Failure> {
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(endsAtMs - performance.now())))
    // A redirect would repeat a POST as a GET, and would lead the key elsewhere.
    const response = await connection.fetch(url, { ...init, redirect: 'manual', signal })
    const text = await response.text()
    if (!response.ok) return refusalOf(response, text)
    const answer = parsed(text)
    return isAnswer<A>(answer) ? { answer } : { error: unreadable(response.status), waitMs: null }
  } catch (cause) {
    return { error: unreachable(connection.url, cause), waitMs: 0 }
  }
}

/** The server checks each answer against the schema that the types are made from. */
const isAnswer = <A extends object>(value: unknown): value is A => typeof value === 'object' && value !== null

/** Undefined for text that is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusalOf(response: Response, text: string): Failure {
  const { status } = response
  const details = parsed(text)
  const waitMs = REPEATED.has(status) ? retryAfterMs(response) : null
  // A proxy answers in its own words.
  if (!isProblem(details)) return { error: unreadable(status), waitMs }
  const { kind, detail, action = '' } = details
  return { error: new LandfallError({ kind, status, message: detail, action }), waitMs }
}

/** RFC 9457, with `kind` and `action`. */
type ProblemReply = { readonly kind: string; readonly detail: string; readonly action?: string }
const isProblem = (value: unknown): value is ProblemReply =>
  isAnswer<Record<string, unknown>>(value) &&
  typeof value['kind'] === 'string' &&
  typeof value['detail'] === 'string'

const retryAfterMs = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? seconds * 1_000 : 0
}

const unreadable = (status: number): LandfallError =>
  new LandfallError({
    kind: 'unreadable_answer',
    status,
    message: `The answer with status ${status} is not Landfall’s.`,
    action: 'Check that the url is Landfall’s own, without a path, and what the proxy before it answers.',
  })

const unreachable = (url: URL, cause: unknown): LandfallError =>
  new LandfallError(
    {
      kind: 'unreachable',
      status: null,
      message: `${url.origin} cannot be reached, or did not answer in time.`,
      action:
        'Check the url and the network. The call may have been carried out: the same call again is safe.',
    },
    { cause },
  )
