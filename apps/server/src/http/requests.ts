import type { KeyScope, Problem } from '@landfall/payment-core'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { json, type RouteAnswer } from './answer.ts'
import { limits } from '../config/limits.ts'
import { neutralAnswer } from './neutral-page.ts'
import { answerTo } from './problem-answers.ts'

/** What each request carries along: its name in the log. */
export type Env = { Variables: { requestId: string }; Bindings: Partial<HttpBindings> }

/** Who may call a route or a procedure. A merchant key needs the scope that is named. */
export type Who = 'anyone' | 'anyone, in sandbox mode' | 'view token' | `merchant key: ${KeyScope}`

/** What every row of the table in `app.ts` says. */
export type RouteRow = {
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly path: string
  /** What is asked of a caller; `each its own`: the procedures behind the path say it. */
  readonly who: Who | 'each its own'
  /** The body it reads, or none: what else is sent is never looked at, or refused. */
  readonly takes: 'nothing' | 'form' | 'JSON' | 'JSON or form'
}
/** A row that is answered through the framework. */
export type Route = RouteRow & { readonly handler: MiddlewareHandler<Env> }

/** A browser asks for a page, a program does not. */
export const isForPage = (accept: string | undefined): boolean => accept?.includes('text/html') === true
export const wantsPage = (c: Context): boolean => isForPage(c.req.header('accept'))

/** A person gets a page with a sentence, a program `{kind, message}`. */
export function refusalOf(isPage: boolean, problem: Problem): RouteAnswer {
  const { status, message } = answerTo(problem)
  const isForNow = status === 503 || status === 429
  const headers = isForNow ? { 'retry-after': String(limits.retryAfterSeconds) } : {}
  return isPage
    ? neutralAnswer(isForNow ? 'busy' : 'unreadable', status, { headers })
    : json({ kind: problem.kind, message }, status, headers)
}

/** The address is known, but not with this method: `methods` are the ones it answers to. */
export function notAllowedOf(isPage: boolean, methods: readonly string[]): RouteAnswer {
  const allow = methods.join(', ')
  return isPage
    ? neutralAnswer('not_here', 405, { headers: { allow } })
    : json({ kind: 'method_not_allowed', message: `This address takes ${allow}.` }, 405, { allow })
}

export function notHereOf(isPage: boolean): RouteAnswer {
  return isPage
    ? neutralAnswer('not_here', 404)
    : json({ kind: 'not_here', message: 'There is nothing here.' }, 404)
}

/** Sends an answer through the framework. */
export const respond = (c: Context, { body, status, headers }: RouteAnswer): Response =>
  c.newResponse(body, status, headers)

export const refuse = (c: Context, problem: Problem): Response => respond(c, refusalOf(wantsPage(c), problem))
