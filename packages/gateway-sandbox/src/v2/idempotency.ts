import type { Context, MiddlewareHandler } from 'hono'
import type { SandboxEnv, State } from '../state.ts'
import { problem } from './problems.ts'
import type { KeptAnswer } from './state.ts'

const LIFE_MS = 3 * 3_600_000
/** An RFC 8941 string: the quotes belong to it. */
const KEY = /^"[\x20-\x7e]{16,256}"$/
const KEYS_KEPT_MAX = 10_000

/**
 * Executes a request with a key once (docs/gateway/portone-v2.md §4). Our readings (§17): error answers are kept too, except those of a
 * refused caller, and another request under the same key is an invalid request.
 */
export const idempotency =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined || c.req.method === 'GET') return next()
    if (!KEY.test(key))
      return problem(c, 'INVALID_REQUEST', 'Idempotency-Key: an RFC 8941 string is expected')
    const request = `${c.req.method} ${new URL(c.req.url).pathname} ${await c.req.text()}`
    const kept = keptOf(state, key)
    if (kept === undefined) return run(c, state, key, request, next)
    if (kept.request !== request)
      return problem(c, 'INVALID_REQUEST', 'Idempotency-Key: used for another request')
    if (kept.answer === null) return problem(c, 'IDEMPOTENCY_OUTSTANDING_REQUEST')
    return new Response(kept.answer.body, {
      status: kept.answer.status,
      headers: { 'content-type': 'application/json' },
    })
  }

function keptOf({ v2, clock }: State, key: string): KeptAnswer | undefined {
  const kept = v2.answers.get(key)
  if (kept !== undefined && kept.atMs + LIFE_MS > clock.nowMs()) return kept
  v2.answers.delete(key)
  return undefined
}

async function run(
  c: Context<SandboxEnv>,
  { v2: { answers }, clock }: State,
  key: string,
  request: string,
  next: () => Promise<void>,
): Promise<void> {
  const oldest = answers.keys().next()
  if (answers.size >= KEYS_KEPT_MAX && !oldest.done) answers.delete(oldest.value)
  const kept: KeptAnswer = { request, atMs: clock.nowMs(), answer: null }
  answers.set(key, kept)
  await next()
  kept.answer = { status: c.res.status, body: await c.res.clone().text() }
}
