import { fail, readWebhookV2, type Problem, type Result } from '@landfall/payment-core'
import { verifySignature, type SignedMessage } from '../../gateway/signature.ts'
import type { Journey } from '../journey.ts'
import { takeWebhook, type ReceivedWebhook } from './take-webhook.ts'
import { readBody } from './webhook.ts'

/** Whether a request is a webhook of V2, so that it must be signed. Any of the signature's headers makes it one. */
export const isSigned = (headers: Iterable<readonly [string, string]>): boolean =>
  [...headers].some(([name]) => /^webhook-(?:id|timestamp|signature)$/i.test(name))

/**
 * Receives a webhook of V2. Without a right signature of a live secret it is refused before anything is read or asked (W-09, W-10). A message whose
 * id was stored before has no further effect (W-11). Fails with `bad_signature`, with the problems of reading, and with `busy`.
 */
export async function receiveSignedWebhook(
  journey: Journey,
  message: SignedMessage & { readonly contentType: string },
): Promise<Result<ReceivedWebhook, Problem>> {
  const { config, secrets, clock, metrics } = journey.deps
  const storeId = config.gateways['portone-v2']?.storeId ?? ''
  const verified = verifySignature(message, secrets.current().webhookSecrets, clock.nowMs())
  if (!verified.ok) {
    metrics.count('refused_signatures', verified.problem)
    return fail({ kind: 'bad_signature', cause: verified.problem })
  }
  const body = readBody(message.contentType, message.rawBody)
  if (!body.ok) return body
  const read = readWebhookV2(body.value, storeId)
  if (!read.ok) return read
  return takeWebhook(journey, verified.value.messageId, read.value)
}
