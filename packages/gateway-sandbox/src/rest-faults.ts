import type { Context, MiddlewareHandler } from 'hono'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Misbehaviour } from './misbehaviour.ts'
import type { SandboxEnv, State } from './state.ts'

export type FaultTarget = 'token' | 'cancel' | 'prepare' | 'lookup' | 'confirm' | 'other'

/** What the faults of one API version look like. */
export type FaultWire = {
  readonly targetOf: (method: string, path: string) => FaultTarget
  readonly revokeTokens: () => void
  /** The body of a 429. Neither version documents one, but clients must handle it (G-13). */
  readonly tooMany: object
  readonly cancelRefused: (c: Context<SandboxEnv>, text: string) => Response
  /** Replaces a look-up's text by another payment's, or by one of invented ids (G-07). */
  readonly wrongRecord: (text: string) => string
}

const CANCEL_REFUSED = '결제취소에 실패하였습니다.([8178] 정산 잔액이 부족하여 취소할 수 없습니다.)'
/** Longer than any client waits. */
const HANG_MS = 3_600_000
/** More than a client should read: one look-up has about 2 kB. */
const OVERSIZE_BYTES = 16_000_000

/** The faults of the REST API. They precede the check of the caller, like those of a faulty proxy. */
export const restFaults =
  (state: State, wire: FaultWire): MiddlewareHandler<SandboxEnv> =>
  async (c, next) => {
    const how = state.misbehaviour.now()
    if (!touches(how, wire.targetOf(c.req.method, c.req.path))) return next()
    state.misbehaviour.spendRest()
    switch (how.rest) {
      case 'normal':
        return next()
      case 'slow':
        await state.clock.wait(how.restMs)
        return next()
      case 'hang':
        await state.clock.wait(HANG_MS)
        return next()
      case 'token_revoked':
        wire.revokeTokens()
        return next()
      case 'error':
        return html(`${how.restStatus} Server Error`, how.restStatus)
      case 'html':
        return html('서비스 점검 중입니다', 200)
      case 'too_many':
        return Response.json(wire.tooMany, {
          status: 429,
          headers: { 'retry-after': String(how.restRetryAfterSeconds) },
        })
      case 'down':
        return destroy(c)
      case 'cancel_refused':
        return wire.cancelRefused(c, CANCEL_REFUSED)
      case 'cancel_answer_lost':
      case 'answer_lost':
        await next()
        c.res = destroy(c)
        return
      case 'truncated':
      case 'oversize':
      case 'wrong_record': {
        const { rest } = how
        await next()
        const { status } = c.res
        const text = await c.res.text()
        const headers = { 'content-type': 'application/json; charset=utf-8' }
        c.res = new Response(changed(text, rest, wire), { status, headers })
      }
    }
  }

/** `truncated` is a valid HTTP answer with half its JSON, `oversize` valid JSON with blanks that no client should read. */
function changed(text: string, rest: 'truncated' | 'oversize' | 'wrong_record', wire: FaultWire): string {
  if (rest === 'truncated') return text.slice(0, Math.floor(text.length / 2))
  return rest === 'oversize' ? `${' '.repeat(OVERSIZE_BYTES)}${text}` : wire.wrongRecord(text)
}

function touches(how: Misbehaviour, target: FaultTarget): boolean {
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

/** Closes the connection before the first byte of the answer. */
function destroy(c: Context<SandboxEnv>): Response {
  c.env.breakOff()
  return RESPONSE_ALREADY_SENT
}
