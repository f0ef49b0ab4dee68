import { createServer } from 'node:http'
import { z } from 'zod'
import { closeServer, listen } from '../src/listening.ts'

/** A test shop: receives and keeps webhooks, and calls the gateway's REST API. */
export type Received = {
  readonly contentType: string
  readonly body: string
  /** Those of a signature, if there are any. */
  readonly headers: Readonly<Record<string, string>>
}

export type TestMerchant = AsyncDisposable & {
  readonly webhookUrl: string
  readonly received: () => readonly Received[]
  /** The answer to the next webhooks. */
  readonly answerWith: (status: number, body?: string) => void
}

const OK = 200

export async function startMerchant(): Promise<TestMerchant> {
  const received: Received[] = []
  let answer = { status: OK, body: '' }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const signed = Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-'))
      const headers = Object.fromEntries(signed.map(([name, value]) => [name, String(value)]))
      received.push({ contentType: request.headers['content-type'] ?? '', body, headers })
      response.writeHead(answer.status).end(answer.body)
    })
  })
  const port = await listen(server, '127.0.0.1', 0)
  return {
    webhookUrl: `http://127.0.0.1:${port}/webhooks/portone`,
    received: () => [...received],
    answerWith(status, body = '') {
      answer = { status, body }
    },
    [Symbol.asyncDispose]: () => closeServer(server),
  }
}

/** A client of the REST API. It requests a token once, at the start. */
export type RestAnswer = {
  readonly status: number
  readonly code: number
  readonly message: string | null
  readonly response: unknown
}

const Envelope = z.object({ code: z.number(), message: z.string().nullable(), response: z.unknown() })

export async function restCall(
  gatewayUrl: string,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly authorization?: string } = {},
): Promise<RestAnswer> {
  const answer = await fetch(`${gatewayUrl}${path}`, {
    method,
    headers: {
      ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  return { status: answer.status, ...Envelope.parse(await answer.json()) }
}

export async function tokenOf(gatewayUrl: string): Promise<string> {
  const answer = await restCall(gatewayUrl, 'POST', '/users/getToken', {
    body: { imp_key: 'sandbox', imp_secret: 'sandbox-secret' },
  })
  return z.object({ access_token: z.string() }).parse(answer.response).access_token
}
