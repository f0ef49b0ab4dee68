import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { z } from 'zod'
import { close } from '../approving.ts'
import { parseJson } from '@landfall/payment-core'
import type { SandboxEnv, State } from '../state.ts'
import type { Ending } from '../v1/ending.ts'
import { openV2 } from './opening.ts'
import { SDK_SCRIPT } from './sdk-script.ts'

const Opening = z.object({
  request: z.record(z.string(), z.unknown()),
  device: z.enum(['pc', 'mobile']),
  pageOrigin: z.string().optional(),
})
const Left = z.object({ txId: z.string() })

/** Serves the browser script and its endpoints, which accept requests from every origin. */
export function createSdkV2(state: State): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/v2/browser-sdk.js', cors(), (c) =>
    c.body(SDK_SCRIPT, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  )
  app.use('/v2/sdk/*', cors())
  app.post('/v2/sdk/open', async (c) => {
    const opening = Opening.safeParse(parseJson(await c.req.text()))
    if (!opening.success)
      return c.json({ ok: false, code: 'BadRequest', message: '결제 요청 파라미터가 올바르지 않습니다.' })
    const { request, device, pageOrigin } = opening.data
    // Prefer the browser's Origin header to the script's value. With a false value, the result reaches no page.
    const origin = c.req.header('origin') ?? pageOrigin
    const openerOrigin = origin === 'null' ? undefined : origin
    return c.json(openV2(state, { ...request, device, openerOrigin, userAgent: c.req.header('user-agent') }))
  })
  app.post('/v2/sdk/left', async (c) => {
    const left = Left.safeParse(parseJson(await c.req.text()))
    const payment = left.success ? state.ledger.find(left.data.txId) : undefined
    if (payment?.v2 === undefined) return c.json({ result: null, redirectUrl: null }, 404)
    if (payment.ending !== null) return c.json(shownOf(payment.ending))
    const ended = await close(state, payment.paymentId)
    return c.json(shownOf(ended.ok ? ended.value : null))
  })
  return app
}

const shownOf = (ending: Ending | null) => ({
  result: ending?.result ?? null,
  redirectUrl: ending?.redirectUrl ?? null,
})
