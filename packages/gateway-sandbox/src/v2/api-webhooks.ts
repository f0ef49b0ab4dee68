import type { Hono } from 'hono'
import { z } from 'zod'
import type { SandboxEnv, State } from '../state.ts'
import { inputAs, problem } from './problems.ts'
import { sentTo, webhookObject } from './webhook-objects.ts'

const Resend = z.object({ storeId: z.string().optional(), webhookId: z.string().optional() })
/** The real limit is not documented. */
const RESENDS_MAX = 20

/** Sends a webhook again, the latest one by default, under the same id (docs/gateway/portone-v2.md §17). Waits for the shop's answer. */
export function webhookRoutes(api: Hono<SandboxEnv>, state: State): void {
  api.post('/payments/:paymentId/resend-webhook', async (c) => {
    const asked = await inputAs(c, state, Resend)
    if (asked instanceof Response) return asked
    const tries = state.ledger.byOrder(c.req.param('paymentId'))
    if (tries.length === 0) return problem(c, 'PAYMENT_NOT_FOUND')
    const sent = tries
      .flatMap(({ paymentId }) => sentTo(state, paymentId))
      .find(({ id }) => asked.webhookId === undefined || id === asked.webhookId)
    if (sent === undefined) return problem(c, 'WEBHOOK_NOT_FOUND')
    if (sent.resends >= RESENDS_MAX) return problem(c, 'MAX_WEBHOOK_RETRY_COUNT_REACHED')
    sent.resends += 1
    await state.webhooks.send(sent.parcel)
    return c.json({ webhook: { ...webhookObject(sent), trigger: 'MANUAL' } })
  })
}
