import { ok, type Problem, type Result } from '@landfall/payment-core'
import type { SignedMessage } from '../../gateway/signature.ts'
import { isMessageKnown, rememberMessage } from '../../store/messages.ts'
import type { Journey } from '../journey.ts'
import { isSigned, readSignedWebhook } from './signed-webhook.ts'
import { readWebhook, type ReadWebhook } from './webhook.ts'

/**
 * Reads a webhook of either protocol. V2's are signed, and V1's are not. Where V2 is configured, a message with a header of a signature needs a
 * right one; where V1 is not, every message does.
 */
export function readAnyWebhook(
  journey: Journey,
  message: SignedMessage & { readonly contentType: string },
): Result<ReadWebhook, Problem> {
  const { 'portone-v1': v1, 'portone-v2': v2 } = journey.deps.config.gateways
  if (v2 !== null && (v1 === null || isSigned(message.headers))) return readSignedWebhook(journey, message)
  const claim = readWebhook(message.contentType, message.rawBody)
  return claim.ok ? ok({ claim: claim.value, messageId: null }) : claim
}

/**
 * Takes in a webhook, once for each message id (W-11). Fails with `busy` when it cannot be stored yet. A 2xx follows stable storage, and never waits for
 * the gateway (W-15). `ignored`: it asks for nothing, and is answered with 200 all the same (W-12).
 */
export async function takeWebhook(
  { deps, acceptClaim }: Journey,
  { claim, messageId }: ReadWebhook,
): Promise<Result<'stored' | 'ignored', Problem>> {
  const { store, clock } = deps
  const as = claim === null ? 'ignored' : 'stored'
  if (messageId !== null && (await isMessageKnown(store, messageId))) return ok(as)
  if (claim === null) {
    if (messageId !== null) await rememberMessage(store, messageId, clock.nowMs())
    return ok(as)
  }
  const accepted = await acceptClaim(claim, { messageId })
  return accepted.ok ? ok(as) : accepted
}
