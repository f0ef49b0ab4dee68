import type { MiddlewareHandler } from 'hono'
import type { SandboxEnv } from './connection.ts'
import type { State } from './state.ts'

/** Limits the memory of a sandbox that runs for weeks. */
const CALLS_KEPT_MAX = 100_000

/** Records a REST request and sets the `date` header of its answer. */
export const countCall =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const url = new URL(c.req.url)
    if (state.calls.length >= CALLS_KEPT_MAX) state.calls.shift()
    state.calls.push({
      method: c.req.method,
      path: url.pathname,
      query: url.search,
      atMs: state.clock.nowMs(),
    })
    await next()
    // Send the sandbox's time, which may differ from the machine's.
    c.header('date', new Date(state.clock.nowMs()).toUTCString())
  }
