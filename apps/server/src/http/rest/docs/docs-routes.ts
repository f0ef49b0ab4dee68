import type { Context } from 'hono'
import { send, type Env } from '../../answer.ts'
import { docsPolicy } from '../../headers.ts'
import type { Route } from '../../requests.ts'
import { openApiDocument } from '../openapi/document.ts'
import { docsPage, startScript } from './page.ts'
import { referenceScript } from './reference-script.ts'

/** The API's document, and a page to read it. */
export function docsRoutes(): readonly Route[] {
  const open = { method: 'GET', who: 'anyone', takes: 'nothing' } as const
  return [
    { ...open, path: '/openapi.json', handler: async (c) => send(c, 200, documentText(), json) },
    { ...open, path: '/docs', handler: async (c) => send(c, 200, docsPage(documentText()), page) },
    { ...open, path: '/docs/start.js', handler: async (c) => send(c, 200, startScript, script) },
    { ...open, path: '/docs/reference.js', handler: (c) => answerReference(c) },
  ]
}

let written: string | null = null
const documentText = (): string => (written ??= JSON.stringify(openApiDocument()))

const json = { 'content-type': 'application/json' }
const page = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': docsPolicy,
  // A browser opens no page with both a sandbox and an opener policy.
  'cross-origin-opener-policy': 'unsafe-none',
}
const script = {
  'content-type': 'text/javascript; charset=utf-8',
  // The sandboxed page has an origin of its own, so its scripts come from another.
  'cross-origin-resource-policy': 'cross-origin',
}

/** Every browser takes gzip. */
async function answerReference(c: Context<Env>): Promise<Response> {
  return c.body(await referenceScript(), 200, { ...script, 'content-encoding': 'gzip' })
}
