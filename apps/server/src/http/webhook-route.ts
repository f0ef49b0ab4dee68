import type { Context } from 'hono'
import { proxies } from '../config/client-address.ts'
import type { Journey } from '../journey/journey.ts'
import { readAnyWebhook, takeWebhook } from '../journey/receive/receive-webhook.ts'
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
  const read = readAnyWebhook(journey, {
    headers: c.req.raw.headers,
    contentType: c.req.header('content-type') ?? '',
    rawBody: c.get('body') ?? new Uint8Array(),
  })
  const claim = read.ok ? read.value.claim : null
  // Before it is stored: a failure to store it is logged with what it names.
  if (claim !== null) note(c, { orderId: claim.orderId, paymentId: claim.paymentId })
  const taken = read.ok ? await takeWebhook(journey, read.value) : read
  if (taken.ok) return sendJson(c, { status: taken.value })
  const refusal = refuseProgram(c, taken.problem)
  // Do not log 503s; a metric counts them.
  if (refusal.status !== 503)
    journey.deps.log.warn(
      { requestId: c.get('requestId'), ...c.get('about'), problem: taken.problem },
      'webhook refused',
    )
  return refusal
}
