import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { neutralPage } from './neutral-page.ts'
import { answerTo } from './problem-answers.ts'

/** What each request carries along: its name in the log. */
export type Env = { Variables: { requestId: string } }

/** One row of the table in `app.ts`. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'ALL'
  readonly path: string
  readonly handler: MiddlewareHandler<Env>
}

/** A browser asks for a page, a program does not. */
export const wantsPage = (c: Context): boolean => (c.req.header('accept') ?? '').includes('text/html')

/** A person gets a page with a sentence, a program `{kind, message}`. */
export function refuse(c: Context, problem: Problem): Response {
  const { status, message } = answerTo(problem)
  if (status === 503) c.header('retry-after', '5')
  return wantsPage(c)
    ? c.html(neutralPage(status === 503 ? 'busy' : 'unreadable'), status)
    : c.json({ kind: problem.kind, message }, status)
}
