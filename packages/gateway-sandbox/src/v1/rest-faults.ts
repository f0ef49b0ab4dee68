import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { businessFailure } from './envelope.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { FaultTarget, FaultWire } from '../rest-faults.ts'
import type { SandboxEnv, State } from '../state.ts'
import { parseJson } from '@landfall/payment-core'

/** What the faults of the V1 API look like. */
export const faultsV1 = (state: State): FaultWire => ({
  targetOf,
  revokeTokens: () => state.tokens.revokeAll(),
  tooMany: { code: -1, message: 'Too Many Requests', response: null },
  cancelRefused: businessFailure,
  wrongRecord: (text) => wrongRecord(state, text),
})

function targetOf(method: string, path: string): FaultTarget {
  if (path.startsWith('/users/getToken')) return 'token'
  if (path.startsWith('/payments/cancel')) return 'cancel'
  if (path.startsWith('/payments/prepare')) return 'prepare'
  return method === 'GET' && path.startsWith('/payments') ? 'lookup' : 'other'
}

function wrongRecord(state: State, text: string): string {
  const asked = new Set(text.match(/imp_\d{12}/g) ?? [])
  const other = state.ledger.all().find((payment) => !asked.has(payment.row.imp_uid))
  return other === undefined
    ? text
        .replaceAll(/imp_\d{12}/g, 'imp_000000000000')
        .replaceAll(/"merchant_uid":"[^"]*"/g, '"merchant_uid":"someone-else"')
    : JSON.stringify({ code: 0, message: null, response: other.row })
}

const Failed = z.object({ code: z.number().refine((code) => code !== 0), message: z.string().nullable() })

/** Rewrites the body of a failure. Real gateways omit `response`: `{"code":1,"message":"존재하지 않는 결제정보입니다."}`. */
export const errorBodies =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    await next()
    const shape = state.misbehaviour.now().errorBody
    const isJson = (c.res.headers.get('content-type') ?? '').includes('json')
    if (shape === 'envelope' || !isJson) return
    const failed = Failed.safeParse(parseJson(await c.res.clone().text()))
    if (failed.success) c.res = Response.json(bodyOf(failed.data, shape), c.res)
  }

function bodyOf({ code, message }: z.infer<typeof Failed>, shape: Misbehaviour['errorBody']): object {
  switch (shape) {
    case 'envelope':
      return { code, message, response: null }
    case 'no_response':
      return { code, message }
    case 'with_data':
      return { code, message, data: null }
    case 'code_only':
      return { code }
  }
}
