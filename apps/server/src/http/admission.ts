import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { limits } from '../config/limits.ts'
import type { Env } from './answer.ts'
import { Bodies } from './body.ts'
import { Entry, type Guard, type Lag } from './entry.ts'
import { refuse, type Route } from './requests.ts'
import { queryOf, readTarget } from './read-request.ts'

export type Admission = {
  /** Turns a request away unread: too much at once, or an odd query. */
  readonly admitting: MiddlewareHandler<Env>
  /** Reads a route's body, then takes a place, then answers. */
  readonly serving: (route: Pick<Route, 'takes' | 'unread' | 'handler'>) => MiddlewareHandler<Env>
}

/**
 * Admits requests or turns them away, and tells the client when to retry. A request takes a place once its body is in, so a slow sender holds
 * a socket and nothing else (D-06).
 */
export function openAdmission(guard: Guard, lagMs: Lag): Admission {
  const bodies = new Bodies(guard.clock)
  const entry = new Entry(guard, lagMs)
  const turnAway = (c: Context<Env>, what: string, problem: Problem): Response => {
    guard.metrics.count('shed', what)
    return refuse(c, problem)
  }
  /** Null once the body is in. */
  const readBody = async (c: Context<Env>): Promise<Response | null> => {
    const { kind } = c.get('target')
    const body = await bodies.read(c, { kind, address: () => entry.subscriber(c) })
    if (body.ok) c.set('body', body.value)
    else if (body.problem.kind === 'slow_body') return turnAway(c, 'body', body.problem)
    return body.ok ? null : refuse(c, body.problem)
  }
  return {
    admitting: async (c, next) => {
      const target = readTarget(c.req.path)
      c.set('target', target)
      if (entry.isFull(target.kind)) return turnAway(c, target.kind, { kind: 'busy' })
      // The return's own route judges its query: an order's own link is accepted with any query.
      const where = c.req.path.startsWith('/complete') ? null : oddQuery(queryOf(c))
      return where === null ? next() : refuse(c, { kind: 'bad_input', where })
    },
    serving: (route) => async (c, next) => {
      const isRead = route.takes !== 'nothing' && route.unread?.(c) !== true
      const refusal = isRead ? await readBody(c) : null
      if (refusal !== null) return refusal
      const entering = entry.enter(c, c.get('target'))
      const entered = entering instanceof Promise ? await entering : entering
      if (entered.problem !== null) return turnAway(c, entered.what, entered.problem)
      return whileAnswered(c, () => route.handler(c, next), entered.leave)
    },
  }
}

/** A streamed answer ends when its response closes, not when its first byte is ready. */
function whileAnswered(
  c: Context<Env>,
  answer: () => ReturnType<MiddlewareHandler<Env>>,
  end: () => void,
): ReturnType<MiddlewareHandler<Env>> {
  const outgoing = c.env?.outgoing
  // Without a socket, or when the client has gone already, nothing closes any more.
  if (outgoing === undefined || outgoing.destroyed) return answer().finally(end)
  outgoing.once('close', end)
  return answer()
}

/** Why a query is refused: no page and no gateway sends one like it. Null for an ordinary query. */
function oddQuery(query: string): string | null {
  if (query === '') return null
  if (query.length > limits.queryCharactersMax) return 'the query is too long'
  return query.split('&', limits.parametersMax + 1).length > limits.parametersMax
    ? 'too many parameters'
    : null
}
