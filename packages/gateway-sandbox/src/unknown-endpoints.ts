import type { Hono } from 'hono'
import type { Env } from './envelope.ts'

/** The paths of the REST API that are here, and the methods each one has. */
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
 * What the sandbox does not have is answered with the envelope and says so: a client that calls it must not take a page of HTML for the
 * gateway's word. 405: the path is there and the method is not.
 */
export function unknownEndpoints(api: Hono<Env>): void {
  api.all('*', (c) => {
    const path = c.req.path.length > 1 ? c.req.path.replace(/\/+$/, '') : c.req.path
    const methods = PATHS.find(([known]) => known.test(path))?.[1]
    const message = `샌드박스에 없는 API입니다. The gateway sandbox does not have ${c.req.method} ${c.req.path}.`
    const body = { code: -1, message, response: null }
    return methods === undefined ? c.json(body, 404) : c.json(body, 405, { allow: methods })
  })
}
