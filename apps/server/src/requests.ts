import type { Problem } from '@landfall/payment-core'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { limits } from './limits.ts'
import { neutral } from './neutral-page.ts'
import { answerTo } from './problem-answers.ts'

/** What each request carries along: its name in the log. */
export type Env = { Variables: { requestId: string }; Bindings: Partial<HttpBindings> }

/** Who may call a route or a procedure. */
export type Who = 'anyone' | 'anyone, in sandbox mode' | 'view token' | 'merchant key'

/** One row of the table in `app.ts`. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly path: string
  /** What is asked of a caller; `each its own`: the procedures behind the path say it. */
  readonly who: Who | 'each its own'
  /** The body it reads, or none: what else is sent is never looked at, or refused. */
  readonly takes: 'nothing' | 'form' | 'JSON' | 'JSON or form'
  readonly handler: MiddlewareHandler<Env>
}

/** A browser asks for a page, a program does not. */
export const wantsPage = (c: Context): boolean => (c.req.header('accept') ?? '').includes('text/html')

/** A person gets a page with a sentence, a program `{kind, message}`. */
export function refuse(c: Context, problem: Problem): Response {
  const { status, message } = answerTo(problem)
  const isForNow = status === 503 || status === 429
  if (isForNow) c.header('retry-after', String(limits.retryAfterSeconds))
  return wantsPage(c)
    ? neutral(c, isForNow ? 'busy' : 'unreadable', status)
    : c.json({ kind: problem.kind, message }, status)
}

/** The address is known, but not with this method: `methods` are the ones it answers to. */
export function notAllowed(c: Context, methods: readonly string[]): Response {
  c.header('allow', methods.join(', '))
  return wantsPage(c)
    ? neutral(c, 'not_here', 405)
    : c.json({ kind: 'method_not_allowed', message: `This address takes ${methods.join(', ')}.` }, 405)
}
