import { fail, ok, readWebhookV2, type Problem, type Result } from '@landfall/payment-core'
import { verifySignature, type SignedMessage } from '../../gateway/signature.ts'
import type { Journey } from '../journey.ts'
import { readBody, type ReadWebhook } from './webhook.ts'

/** Whether a request is a webhook of V2, so that it must be signed. Any of the signature's headers makes it one. */
export const isSigned = (headers: SignedMessage['headers']): boolean =>
  [...headers].some(([name]) => /^webhook-(?:id|timestamp|signature)$/i.test(name))

/**
 * Reads a webhook of V2. Without a right signature of a live secret it is refused before anything is read or asked (W-09, W-10). Fails with
 * `bad_signature`, and with the problems of reading.
 */
export function readSignedWebhook(
  { deps }: Journey,
  message: SignedMessage & { readonly contentType: string },
): Result<ReadWebhook, Problem> {
  const { config, secrets, clock, metrics } = deps
  const storeId = config.gateways['portone-v2']?.storeId ?? ''
  const verified = verifySignature(message, secrets.current().webhookKeys, clock.nowMs())
  if (!verified.ok) {
    metrics.count('refused_signatures', verified.problem)
    return fail({ kind: 'bad_signature', cause: verified.problem })
  }
  const body = readBody(message.contentType, message.rawBody)
  if (!body.ok) return body
  const read = readWebhookV2(body.value, storeId)
  if (!read.ok) return read
  const claim = read.value.kind === 'nothing' ? null : read.value.claim
  return ok({ claim, messageId: verified.value.messageId })
}
