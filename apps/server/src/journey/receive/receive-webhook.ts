import { fail, ok, type Problem, type Result } from '@landfall/payment-core'
import type { SignedMessage } from '../../gateway/signature.ts'
import type { Journey } from '../journey.ts'
import { isSigned, receiveSignedWebhook } from './signed-webhook.ts'
import type { ReceivedWebhook } from './take-webhook.ts'
import { readWebhook } from './webhook.ts'

/**
 * Receives a webhook of either protocol. V2's are signed, and V1's are not. Where V2 is configured, a message with a header of a signature needs a
 * right one; where V1 is not, every message does. A 2xx follows stable storage, and never waits for the gateway (W-15).
 */
export async function receiveWebhook(
  journey: Journey,
  message: SignedMessage & { readonly contentType: string },
): Promise<Result<ReceivedWebhook, Problem>> {
  const { 'portone-v1': v1, 'portone-v2': v2 } = journey.deps.config.gateways
  if (v2 !== null && (v1 === null || isSigned(message.headers))) return receiveSignedWebhook(journey, message)
  const claim = readWebhook(message.contentType, message.rawBody)
  if (!claim.ok) return claim
  const accepted = await journey.acceptClaim(claim.value)
  return accepted.ok ? ok({ as: 'stored', claim: claim.value }) : fail(accepted.problem)
}
