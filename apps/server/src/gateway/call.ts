import { fail, type GatewayProblem, type Result } from '@landfall/payment-core'
import { retryAfterMs } from './header-times.ts'
import type { Http, HttpAnswer } from './http.ts'

export type AnswerOf<T> = Promise<Result<T, GatewayProblem>>
export type GatewayCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Ids are percent-encoded. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
/** Makes an authenticated call, within the deadline of its operation. */
export type Caller = (call: GatewayCall) => AnswerOf<HttpAnswer>

const ANSWER_BYTES_MAX = 1_048_576

/** Sends one call to the gateway at `url`; a failure is a value. */
export const createSender =
  (url: string, http: Http) =>
  async (call: GatewayCall, authorization: string | null, deadlineMs: number): AnswerOf<HttpAnswer> => {
    if (deadlineMs <= 0) return fail({ kind: 'gateway_unreachable', cause: 'deadline' })
    const answer = await http({
      method: call.method,
      url: new URL(call.path, url).href,
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === null ? {} : { authorization }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      deadlineMs,
      answerBytesMax: ANSWER_BYTES_MAX,
    })
    if (answer.ok) return answer
    const tooLarge = answer.problem.kind === 'too_large'
    return tooLarge
      ? fail({ kind: 'gateway_unreadable', where: 'answer too large' })
      : fail({ kind: 'gateway_unreachable', cause: answer.problem.cause })
  }

/** Without a readable `Retry-After`, and at most. The budget tells of a wait that was cut. */
const RETRY_AFTER_DEFAULT_MS = 5_000
const RETRY_AFTER_MAX_MS = 600_000

/** The problem of a 429 (G-13). */
export const busyFrom = (answer: HttpAnswer): GatewayProblem => ({
  kind: 'gateway_busy',
  retryAfterMs: Math.min(retryAfterMs(answer) ?? RETRY_AFTER_DEFAULT_MS, RETRY_AFTER_MAX_MS),
})
