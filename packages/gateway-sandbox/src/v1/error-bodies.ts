import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { SandboxEnv } from '../connection.ts'
import { parseJson } from '../json-text.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { State } from '../state.ts'

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
