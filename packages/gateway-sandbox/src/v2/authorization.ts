import type { Hono, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { SandboxEnv, State } from '../state.ts'
import { inputAs, problem } from './problems.ts'

/** Accepts `PortOne <API secret>` and `Bearer <access token>` (docs/gateway/portone-v2.md §4). */
export const secretRequired =
  ({ v2 }: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const [, scheme = '', credential = ''] = /^(\w+)\s+(\S+)$/.exec(c.req.header('authorization') ?? '') ?? []
    const isKnown =
      scheme.toLowerCase() === 'portone'
        ? v2.sessions.isSecret(credential)
        : scheme.toLowerCase() === 'bearer' && v2.sessions.isLive(credential)
    return isKnown ? next() : problem(c, 'UNAUTHORIZED')
  }

const Login = z.object({ apiSecret: z.string(), storeId: z.string().optional() })
const Refresh = z.object({ refreshToken: z.string(), storeId: z.string().optional() })

export function loginRoutes(api: Hono<SandboxEnv>, state: State): void {
  const { sessions } = state.v2
  api.post('/login/api-secret', async (c) => {
    const asked = await inputAs(c, state, Login)
    if (asked instanceof Response) return asked
    return sessions.isSecret(asked.apiSecret) ? c.json(sessions.begin()) : problem(c, 'UNAUTHORIZED')
  })
  api.post('/token/refresh', async (c) => {
    const asked = await inputAs(c, state, Refresh)
    if (asked instanceof Response) return asked
    const pair = sessions.refresh(asked.refreshToken)
    return pair === null ? problem(c, 'UNAUTHORIZED') : c.json(pair)
  })
}
