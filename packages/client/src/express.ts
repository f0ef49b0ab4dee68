import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, openSecrets, type NoticeSecrets } from './receive.ts'
import { takeNotice, type TakeNotice } from './take-notice.ts'

export type { VerifiedNotice, NoticeSecrets } from './receive.ts'

/** `body` is set once a parser has read it. */
type Incoming = IncomingMessage & { readonly body?: unknown }
type Middleware = (request: Incoming, response: ServerResponse, next: (error?: unknown) => void) => void

/**
 * A handler: `app.post('/landfall', notices(process.env.NOTIFY_SECRETS, async (notice) => { … }))`. Mount it before the parser of JSON bodies:
 * the signature is made of the body as it came. A parser of raw bodies may stand before it.
 */
export function notices(secrets: NoticeSecrets, take: TakeNotice): Middleware {
  const webhooks = openSecrets(secrets)
  const answer = async (request: Incoming, response: ServerResponse): Promise<void> => {
    const body = await rawBody(request)
    const { status, reason } =
      body === null
        ? { status: 413, reason: 'too_large' }
        : await takeNotice({ headers: request.headers, body }, webhooks, take)
    response.writeHead(status).end(reason ?? undefined)
  }
  // Express 4 leaves a rejected promise alone, so the error is handed over.
  return (request, response, next) => {
    answer(request, response).then(null, next)
  }
}

async function rawBody(request: Incoming): Promise<Uint8Array | string | null> {
  if (request.body instanceof Uint8Array || typeof request.body === 'string') return request.body
  if (request.readableEnded)
    throw new Error('the body was read before: mount notices() before express.json()')
  return bodyOf(request)
}
