import type { KeyScope, Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { limits } from '../config/limits.ts'
import type { Log } from '../log/log.ts'
import { StorageUnavailable } from '../store/engines/open.ts'
import { note, sendJson, type Env } from './answer.ts'
import { neutralAnswer } from './neutral-page.ts'
import { answerTo, otherActions } from './problem-answers.ts'
import { isRest, sendDetails, type HttpRefusal } from './rest/problem-details.ts'

/** Who may call a route or a procedure. A merchant key needs the named scope. */
export type Who = 'anyone' | 'anyone, in sandbox mode' | 'view token' | `merchant key: ${KeyScope}`

/** A row of the route table (`routes.ts`). */
export type Route = {
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly path: string
  /** Who may call it. `each its own`: each procedure below the path declares it. */
  readonly who: Who | 'each its own'
  /** The body it reads. Any other body is refused, or never read. */
  readonly takes: 'nothing' | 'form' | 'JSON' | 'JSON or form'
  /** True for a request that is answered without its body: who lacks a key need not be listened to. */
  readonly unread?: (c: Context<Env>) => boolean
  readonly handler: MiddlewareHandler<Env>
}

export const tooLarge = { kind: 'too_large', limitBytes: limits.bodyBytesMax } as const

/** Browsers ask for HTML, programs do not. */
const wantsPage = (c: Context<Env>): boolean =>
  c.req.header('accept')?.includes('text/html') === true && !isRest(c)

/** Browsers get a page with a sentence, programs `{kind, message}`, callers of the REST API problem details. */
export function refuse(c: Context<Env>, problem: Problem): Response {
  if (!wantsPage(c)) return refuseProgram(c, problem)
  noteProblem(c, problem)
  const { status } = answerTo(problem)
  const headers = headersFor(problem, status)
  return neutralAnswer(c, isForNow(status) ? 'busy' : 'unreadable', status, { headers })
}

/** The answer for programs, whatever the request accepts. */
export function refuseProgram(c: Context<Env>, problem: Problem): Response {
  noteProblem(c, problem)
  const { status, message, action } = answerTo(problem)
  return tell(c, status, { kind: problem.kind, message, action }, headersFor(problem, status))
}

const noteProblem = (c: Context<Env>, problem: Problem): void =>
  note(c, { kind: problem.kind, ...('orderId' in problem ? { orderId: problem.orderId } : {}) })

function tell(
  c: Context<Env>,
  status: ContentfulStatusCode,
  refusal: HttpRefusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (isRest(c)) return sendDetails(c, status, refusal, headers)
  const { kind, message } = refusal
  return sendJson(c, { kind, message }, status, headers)
}

const isForNow = (status: number): boolean => status === 503 || status === 429 || status === 408
function headersFor(problem: Problem, status: number): Record<string, string> {
  if (!isForNow(status)) return {}
  const seconds =
    problem.kind === 'gateway_busy' ? Math.ceil(problem.retryAfterMs / 1_000) : limits.retryAfterSeconds
  // The rest of a slow body is not waited for.
  return { 'retry-after': String(seconds), ...(status === 408 ? { connection: 'close' } : {}) }
}

/** 405: the path exists and answers other methods. */
export function refuseMethod(c: Context<Env>, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  note(c, { kind: 'method_not_allowed' })
  const message = `This address takes ${allow}.`
  return wantsPage(c)
    ? neutralAnswer(c, 'not_here', 405, { headers: { allow } })
    : tell(c, 405, other('method_not_allowed', message), { allow })
}

const other = (kind: keyof typeof otherActions, message: string): HttpRefusal => ({
  kind,
  message,
  action: otherActions[kind],
})

/** 404. */
export function refuseUnknown(c: Context<Env>): Response {
  note(c, { kind: 'not_here' })
  return wantsPage(c)
    ? neutralAnswer(c, 'not_here', 404)
    : tell(c, 404, other('not_here', 'There is nothing here.'))
}

/** Answers a request whose handler threw. The answer carries the request's id and nothing else; the log has the details (P-05). */
export function answerFault(log: Log, error: unknown, c: Context<Env>): Response {
  const requestId = c.get('requestId')
  if (hasHungUp(c)) return refuse(c, { kind: 'bad_input', where: 'the body broke off' })
  if (error instanceof StorageUnavailable) {
    log.error({ err: error, requestId }, 'storage unavailable')
    return refuse(c, { kind: 'storage_unavailable', cause: error.message })
  }
  log.error({ err: error, requestId }, 'our fault')
  note(c, { kind: 'our_fault' })
  return wantsPage(c)
    ? neutralAnswer(c, 'our_fault', 500, { requestId })
    : tell(c, 500, other('our_fault', `This is our fault. It is logged as ${requestId}.`))
}

/** True when the client disconnected, or was cut off for slowness, before its body ended. That is no server fault and raises no alarm (D-03, D-05). */
function hasHungUp({ env }: Context<Env>): boolean {
  const incoming = env?.incoming
  return incoming !== undefined && incoming.destroyed && !incoming.complete
}
