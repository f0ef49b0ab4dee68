import type { Context, MiddlewareHandler } from 'hono'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { z } from 'zod'
import { businessFailure } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import { parseJson } from '@landfall/payment-core'

type Target = 'token' | 'cancel' | 'prepare' | 'lookup' | 'other'

/** The faults of the REST API. They precede the token check, like those of a faulty proxy. */
export const restFaults =
  (state: State): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const how = state.misbehaviour.now()
    const target = targetOf(c.req.method, c.req.path)
    if (!touches(how, target)) return next()
    state.misbehaviour.spendRest()
    switch (how.rest) {
      case 'normal':
        return next()
      case 'slow':
        await state.clock.wait(how.restMs)
        return next()
      case 'token_revoked':
        state.tokens.revokeAll()
        return next()
      case 'error':
        return html(`${how.restStatus} Server Error`, how.restStatus)
      case 'html':
        return html('서비스 점검 중입니다', 200)
      case 'too_many':
        return tooMany(how.restRetryAfterSeconds)
      case 'down':
        return destroy(c)
      case 'cancel_refused':
        return businessFailure(
          c,
          '결제취소에 실패하였습니다.([8178] 정산 잔액이 부족하여 취소할 수 없습니다.)',
        )
      case 'cancel_answer_lost':
        await next()
        c.res = destroy(c)
        return
      case 'truncated':
        await next()
        c.res = truncated(c.res.status, await c.res.text())
        return
      case 'wrong_record':
        await next()
        c.res = wrongRecord(state, c.res.status, await c.res.text())
        return
    }
  }

function targetOf(method: string, path: string): Target {
  if (path.startsWith('/users/getToken')) return 'token'
  if (path.startsWith('/payments/cancel')) return 'cancel'
  if (path.startsWith('/payments/prepare')) return 'prepare'
  return method === 'GET' && path.startsWith('/payments') ? 'lookup' : 'other'
}

function touches(how: Misbehaviour, target: Target): boolean {
  if (how.rest === 'normal') return false
  if (how.rest === 'wrong_record') return target === 'lookup'
  if (how.rest === 'cancel_refused' || how.rest === 'cancel_answer_lost') return target === 'cancel'
  return how.restOn === 'all' || how.restOn === target
}

const html = (title: string, status: number): Response =>
  new Response(
    `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
    {
      status,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    },
  )

/** V1 documents no 429, but clients must handle one (G-13). */
const tooMany = (retryAfterSeconds: number): Response =>
  Response.json(
    { code: -1, message: 'Too Many Requests', response: null },
    { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
  )

/** Closes the connection before the first byte of the answer. */
function destroy(c: Context<SandboxEnv>): Response {
  c.env.breakOff()
  return RESPONSE_ALREADY_SENT
}

/** A valid HTTP answer with truncated JSON. */
const truncated = (status: number, text: string): Response =>
  new Response(text.slice(0, Math.floor(text.length / 2)), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })

/** Answers with another payment of the ledger, or with invented ids if there is none (G-07). */
function wrongRecord(state: State, status: number, text: string): Response {
  const asked = new Set(text.match(/imp_\d{12}/g) ?? [])
  const other = state.ledger.all().find((payment) => !asked.has(payment.row.imp_uid))
  const body =
    other === undefined
      ? text
          .replaceAll(/imp_\d{12}/g, 'imp_000000000000')
          .replaceAll(/"merchant_uid":"[^"]*"/g, '"merchant_uid":"someone-else"')
      : JSON.stringify({ code: 0, message: null, response: other.row })
  return new Response(body, { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
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
