import { Envelope, fail, ok, shownText, type GatewayProblem, type Result } from '@landfall/payment-core'
import { z } from 'zod'
import type { HttpAnswer } from '../http.ts'

export type V1Answer<T> = Promise<Result<T, GatewayProblem>>
export type V1Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Ids in it percent-encoded. */
  readonly path: string
  readonly body?: unknown
}
/** Makes a call with a token, within the question's deadline. */
export type Caller = (call: V1Call) => V1Answer<HttpAnswer>

/**
 * Reads an answer's envelope: HTTP 200 with `code != 0` is a failure with its reason (G-05); HTML or half a body is unreadable (G-06). A
 * numeric `code` makes an answer the gateway's own, whatever else is missing (G-19): only such a one is its word, a refusal included. A 404
 * says something about a payment only where one was `asked` for: a proxy says 404 too.
 */
export function readResponse<T>(
  answer: HttpAnswer,
  schema: z.ZodType<T>,
  asked: string | null = null,
): Result<T, GatewayProblem> {
  if (answer.status === 429) return fail({ kind: 'gateway_busy', retryAfterMs: retryAfterMs(answer.headers) })
  const envelope = Envelope.safeParse(jsonOf(answer.text))
  // Of a server in trouble, and of a key that is none, the status alone says enough.
  if (answer.status >= 500 || (!envelope.success && answer.status === 401))
    return refused(answer.status, envelope.success ? envelope.data : null)
  if (!envelope.success) return fail({ kind: 'gateway_unreadable', where: 'envelope' })
  if (answer.status === 404 && asked !== null) return fail({ kind: 'unknown_payment', asked })
  if (answer.status >= 300 || envelope.data.code !== 0) return refused(answer.status, envelope.data)
  const response = schema.safeParse(envelope.data.response)
  if (response.success) return ok(response.data)
  return fail({ kind: 'gateway_unreadable', where: response.error.issues[0]?.path.join('.') ?? 'response' })
}

const refused = (status: number, envelope: z.infer<typeof Envelope> | null) =>
  fail({
    kind: 'gateway_refused' as const,
    status,
    code: envelope?.code ?? null,
    // It goes into the log and before an operator: text, and not a second copy of the answer.
    message: shownText(envelope?.message ?? null),
  })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const RETRY_AFTER_DEFAULT_MS = 5_000
const RETRY_AFTER_MAX_MS = 600_000

/**
 * Seconds, or a date: counted from the answer's own Date, whose clock it is of. Nonsense, and a time that has passed, count as five seconds.
 * Never more than ten minutes.
 */
function retryAfterMs(headers: HttpAnswer['headers']): number {
  const said = headers['retry-after'] ?? ''
  const ms = /^\d+$/.test(said)
    ? Number(said) * 1_000
    : millisecondsOf(said) - millisecondsOf(headers['date'] ?? '')
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : RETRY_AFTER_DEFAULT_MS
}

/** The time an answer was made by its sender's clock (RFC 9110 §6.6.1), epoch ms; null when it does not say. */
export function sentAtMs({ headers }: HttpAnswer): number | null {
  const ms = millisecondsOf(headers['date'] ?? '')
  return Number.isFinite(ms) ? ms : null
}

/** An HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`; not a number for anything else. */
function millisecondsOf(text: string): number {
  const date = z.coerce.date().safeParse(text.endsWith(' GMT') ? text : '')
  return date.success ? date.data.getTime() : Number.NaN
}
