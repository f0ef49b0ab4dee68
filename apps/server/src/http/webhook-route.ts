import type { Context } from 'hono'
import { proxies } from '../config/client-address.ts'
import type { Journey } from '../journey/journey.ts'
import { receiveWebhook } from '../journey/receive/receive-webhook.ts'
import { note, sendJson, type Env } from './answer.ts'
import { DOCTOR_HEADER, isDoctorPass, seenCaller } from './doctor-pass.ts'
import { refuseProgram, type Route } from './requests.ts'

/**
 * Where the gateway posts its webhooks. `landfall doctor` asks here how its request arrived, because the address is open on
 * every installation.
 */
export function webhookRoute(journey: Journey): Route {
  const { config, secrets, clock } = journey.deps
  const isProxy = proxies(config.trustedProxies)
  const isDoctor = (pass: string | undefined): boolean =>
    pass !== undefined && isDoctorPass(pass, secrets.current().tokenSecrets, clock.nowMs())
  return {
    path: '/webhooks/portone',
    method: 'POST',
    who: 'anyone',
    takes: 'JSON or form',
    handler: async (c) =>
      isDoctor(c.req.header(DOCTOR_HEADER))
        ? sendJson(c, { status: 'doctor', seen: seenCaller(c, isProxy) })
        : answerWebhook(journey, c),
  }
}

async function answerWebhook(journey: Journey, c: Context<Env>): Promise<Response> {
  const heard = await receiveWebhook(journey, {
    headers: [...c.req.raw.headers],
    contentType: c.req.header('content-type') ?? '',
    rawBody: c.get('body') ?? new Uint8Array(),
  })
  const claim = heard.ok ? heard.value.claim : null
  if (claim !== null) note(c, { orderId: claim.orderId, paymentId: claim.paymentId })
  if (heard.ok) return sendJson(c, { status: heard.value.as })
  const refusal = refuseProgram(c, heard.problem)
  // Do not log 503s; a metric counts them.
  if (refusal.status !== 503)
    journey.deps.log.warn(
      { requestId: c.get('requestId'), ...c.get('about'), problem: heard.problem },
      'webhook refused',
    )
  return refusal
}
