import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Env } from './answer.ts'
import { scopes } from './trpc/router.ts'

/** The request's route as the log names it: the pattern, or a known procedure. A path may hold a token or a stranger's text, which are not logged (P-03). */
export function routeName(c: Context<Env>): string {
  const named = new Set(/^\/trpc\/(.*)$/.exec(c.req.path)?.[1]?.split(','))
  const [only = ''] = named
  if (named.size === 1 && scopes.has(only)) return `/trpc/${only}`
  return matchedRoutes(c).findLast(({ path }) => path !== '/*')?.path ?? '/*'
}
