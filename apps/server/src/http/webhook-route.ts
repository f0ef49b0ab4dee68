import type { Context } from 'hono'
import type { Journey } from '../journey/journey.ts'
import { readWebhook } from '../journey/receive/webhook.ts'
import { note, sendJson, type Env } from './answer.ts'
import { refuseProgram, type Route } from './requests.ts'

/** Where the gateway posts its webhooks. */
export const webhookRoute = (journey: Journey): Route => ({
  path: '/webhooks/portone',
  method: 'POST',
  who: 'anyone',
  takes: 'JSON or form',
  handler: (c) => answerWebhook(journey, c),
})

async function answerWebhook(journey: Journey, c: Context<Env>): Promise<Response> {
  const claim = readWebhook(c.req.header('content-type') ?? '', c.get('body') ?? new Uint8Array())
  if (claim.ok) note(c, { orderId: claim.value.orderId, paymentId: claim.value.paymentId })
  // The 2xx follows stable storage, and never waits for the gateway (W-15).
  const heard = claim.ok ? await journey.acceptClaim(claim.value) : claim
  if (heard.ok) return sendJson(c, { status: 'stored' })
  const refusal = refuseProgram(c, heard.problem)
  // Do not log 503s; a metric counts them.
  if (refusal.status !== 503)
    journey.deps.log.warn(
      { requestId: c.get('requestId'), ...c.get('about'), problem: heard.problem },
      'webhook refused',
    )
  return refusal
}
