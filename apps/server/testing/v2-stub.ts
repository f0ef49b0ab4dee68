import { once } from 'node:events'
import { createServer } from 'node:http'
import { z } from 'zod'
import type { GatewayProblem } from '@landfall/payment-core'
import { openHttp } from '../src/gateway/http.ts'
import { portoneV2 } from '../src/gateway/portone-v2/client.ts'
import { V2_STORE_ID } from './v2-records.ts'

export type V2Said = {
  readonly status?: number
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** `hang`: no answer. `cut`: the connection ends. */
  readonly fate?: 'hang' | 'cut'
}
export type V2Call = {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const Listening = z.object({ port: z.number() })

/** A V2 gateway of a few lines over real HTTP, and a client of it. `warned` holds what the client logged. */
export async function startV2Stub(
  answer: (call: V2Call) => V2Said,
  { lookupTimeoutMs = 5_000, cancelTimeoutMs = 5_000 } = {},
) {
  const calls: V2Call[] = []
  const warned: Array<{ readonly orderId: unknown; readonly problem: GatewayProblem['kind'] | undefined }> =
    []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      const call = {
        method: request.method ?? '',
        path,
        query: new URLSearchParams(query),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      calls.push(call)
      const said = answer(call)
      if (said.fate === 'cut') return void request.socket.destroy()
      if (said.fate === 'hang') return undefined
      const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {})
      return response.writeHead(said.status ?? 200, { ...said.headers }).end(text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { http, close } = openHttp()
  const settings = {
    url: `http://127.0.0.1:${Listening.parse(server.address()).port}`,
    secret: 'v2-secret',
    storeId: V2_STORE_ID,
    lookupTimeoutMs,
    cancelTimeoutMs,
  }
  const gateway = portoneV2(settings, http, Date.now, {
    warn: ({ orderId, problem }) => void warned.push({ orderId, problem: kindOf(problem) }),
  })
  return {
    gateway,
    calls,
    warned,
    [Symbol.asyncDispose]: async () => {
      await close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const Kind = z.object({ kind: z.custom<GatewayProblem['kind']>((kind) => typeof kind === 'string') })
const kindOf = (problem: unknown) => Kind.safeParse(problem).data?.kind
