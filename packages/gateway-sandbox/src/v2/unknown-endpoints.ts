import type { SandboxEnv } from '../state.ts'
import type { Context, Hono } from 'hono'
import { problem } from './problems.ts'

/** The REST paths that the sandbox has, with their methods. */
const PATHS: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/(?:login\/api-secret|token\/refresh)$/, 'POST'],
  [/^\/payments$/, 'GET'],
  [/^\/payments\/[^/]+$/, 'GET'],
  [/^\/payments\/[^/]+\/transactions$/, 'GET'],
  [/^\/payments\/[^/]+\/(?:pre-register|cancel|confirm|resend-webhook|virtual-account\/close)$/, 'POST'],
]

/** Says that the sandbox does not have the endpoint. A client could mistake a generic 404 page for the gateway's answer. */
export const endpointMissing = (c: Context<SandboxEnv>): Response =>
  problem(c, 'ENDPOINT_NOT_FOUND', `The gateway sandbox does not have ${c.req.method} ${c.req.path}.`)

/** 405: the path exists with other methods. */
export function unknownEndpointsV2(api: Hono<SandboxEnv>): void {
  api.all('*', (c) => {
    const path = c.req.path.length > 1 ? c.req.path.replace(/\/+$/, '') : c.req.path
    const methods = PATHS.find(([known]) => known.test(path))?.[1]
    if (methods === undefined) return endpointMissing(c)
    c.header('allow', methods)
    return problem(c, 'METHOD_NOT_ALLOWED', `${c.req.path} takes ${methods}.`)
  })
}
