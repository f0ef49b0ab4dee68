import type { Hono } from 'hono'
import type { SandboxEnv } from '../connection.ts'

/** The REST paths that the sandbox has, with their methods. */
const PATHS: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/users\/getToken$/, 'POST'],
  [/^\/users\/pg$/, 'GET'],
  [/^\/payments$/, 'GET'],
  [/^\/payments\/cancel$/, 'GET, POST'],
  [/^\/payments\/prepare$/, 'GET, POST, PUT'],
  [/^\/payments\/(?:prepare|status|find|findAll)\/[^/]+$/, 'GET'],
  [/^\/payments\/(?:find|findAll)\/[^/]+\/[^/]+$/, 'GET'],
  [/^\/payments\/[^/]+$/, 'GET'],
  [/^\/vbanks$/, 'POST'],
  [/^\/vbanks\/imps?_[^/]+$/, 'PUT, DELETE'],
  [/^\/(?:banks|cards)(?:\/[^/]+)?$/, 'GET'],
]

/**
 * Answers all other requests with the envelope and the message that the sandbox does not have the endpoint. A client could mistake a
 * generic 404 page for the gateway's answer. 405: the path exists with other methods.
 */
export function unknownEndpoints(api: Hono<SandboxEnv>): void {
  api.all('*', (c) => {
    const path = c.req.path.length > 1 ? c.req.path.replace(/\/+$/, '') : c.req.path
    const methods = PATHS.find(([known]) => known.test(path))?.[1]
    const message = `샌드박스에 없는 API입니다. The gateway sandbox does not have ${c.req.method} ${c.req.path}.`
    const body = { code: -1, message, response: null }
    return methods === undefined ? c.json(body, 404) : c.json(body, 405, { allow: methods })
  })
}
