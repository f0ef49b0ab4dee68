import type { KeyScope, Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { limits } from '../config/limits.ts'
import { note, sendJson, type Env } from './answer.ts'
import { neutralAnswer } from './neutral-page.ts'
import { answerTo } from './problem-answers.ts'

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
const wantsPage = (c: Context<Env>): boolean => c.req.header('accept')?.includes('text/html') === true

/** What follows the question mark, undecoded. */
export function queryOf(c: Context<Env>): string {
  const begins = c.req.url.indexOf('?')
  return begins < 0 ? '' : c.req.url.slice(begins + 1)
}

/** Browsers get a page with a sentence, programs `{kind, message}`. */
export function refuse(c: Context<Env>, problem: Problem): Response {
  if (!wantsPage(c)) return refuseProgram(c, problem)
  noteProblem(c, problem)
  const { status } = answerTo(problem)
  return neutralAnswer(c, isForNow(status) ? 'busy' : 'unreadable', status, { headers: headersFor(status) })
}

/** The answer for programs, whatever the request accepts. */
export function refuseProgram(c: Context<Env>, problem: Problem): Response {
  noteProblem(c, problem)
  const { status, message } = answerTo(problem)
  return sendJson(c, { kind: problem.kind, message }, status, headersFor(status))
}

const noteProblem = (c: Context<Env>, problem: Problem): void =>
  note(c, { kind: problem.kind, ...('orderId' in problem ? { orderId: problem.orderId } : {}) })

const isForNow = (status: number): boolean => status === 503 || status === 429 || status === 408
function headersFor(status: number): Record<string, string> {
  const retryAfter = { 'retry-after': String(limits.retryAfterSeconds) }
  // The rest of a slow body is not waited for.
  if (status === 408) return { ...retryAfter, connection: 'close' }
  return isForNow(status) ? retryAfter : {}
}

/** 405: the path exists and answers other methods. */
export function refuseMethod(c: Context<Env>, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  note(c, { kind: 'method_not_allowed' })
  return wantsPage(c)
    ? neutralAnswer(c, 'not_here', 405, { headers: { allow } })
    : sendJson(c, { kind: 'method_not_allowed', message: `This address takes ${allow}.` }, 405, { allow })
}

/** 404. */
export function refuseUnknown(c: Context<Env>): Response {
  note(c, { kind: 'not_here' })
  return wantsPage(c)
    ? neutralAnswer(c, 'not_here', 404)
    : sendJson(c, { kind: 'not_here', message: 'There is nothing here.' }, 404)
}

/** 500: the answer names the request's log line and nothing else (P-05). */
export function refuseFault(c: Context<Env>): Response {
  const requestId = c.get('requestId')
  note(c, { kind: 'our_fault' })
  return wantsPage(c)
    ? neutralAnswer(c, 'our_fault', 500, { requestId })
    : sendJson(c, { kind: 'our_fault', message: `This is our fault. It is logged as ${requestId}.` }, 500)
}
