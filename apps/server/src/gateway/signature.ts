import { fail, ok, type Result } from '@landfall/payment-core'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Why a signed webhook is not taken in (docs/gateway/portone-v1.md §5.6; W-09, W-17). */
export type SignatureProblem =
  | 'missing_header'
  /** Two readers of one message must not read two signatures. */
  | 'doubled_header'
  | 'invalid_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_matching_signature'

export type SignedMessage = {
  /** Names and values as they came, doubled ones included. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** The body's bytes before anybody read them: a re-serialised one, or one whose broken text was mended, has another signature. */
  readonly rawBody: Uint8Array
}

/** How far a message's own time may lie from ours, either way (Standard Webhooks). */
const TOLERANCE_SECONDS = 300

/**
 * Verifies a V2 webhook: Standard Webhooks, `v1,<base64 HMAC-SHA256>` over `id.timestamp.body`. Any live secret may have signed it, so that
 * they can be rotated (W-10); every one is compared, in constant time. Gives the message's id, which stays the same over the sender's
 * repeats (W-11). The gateway's own verifier and the library's read the machine's clock and text instead of bytes, and take odder spellings;
 * the tests agree with both, and name each spelling that is refused here alone.
 */
export function verifySignature(
  message: SignedMessage,
  secrets: readonly string[],
  nowMs: number,
): Result<{ readonly messageId: string }, SignatureProblem> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    message.headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value),
  )
  if (!id?.[0] || !timestamp?.[0] || !signatures?.[0]) return fail('missing_header')
  // Fetch's headers, and some proxies, join a doubled header with a comma and a blank: no list of signatures has those.
  if (id.length + timestamp.length + signatures.length > 3 || /,\s/.test(signatures[0]))
    return fail('doubled_header')
  const late = lateness(timestamp[0], nowMs)
  if (late !== null) return fail(late)
  const prefix = `${id[0]}.${timestamp[0]}.`
  const given = signatures[0].split(' ').map((each) => Buffer.from(each))
  const matches = secrets.flatMap((secret) => {
    const expected = signatureOf(secret, prefix, message.rawBody)
    if (expected === null) return false
    return given.map((each) => each.length === expected.length && timingSafeEqual(each, expected))
  })
  return matches.includes(true) ? ok({ messageId: id[0] }) : fail('no_matching_signature')
}

function lateness(timestamp: string, nowMs: number): SignatureProblem | null {
  // One spelling for each number: the two official verifiers sign `01` differently.
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) return 'invalid_timestamp'
  const laterSeconds = Math.floor(nowMs / 1000) - Number(timestamp)
  if (laterSeconds > TOLERANCE_SECONDS) return 'too_old'
  return laterSeconds < -TOLERANCE_SECONDS ? 'too_new' : null
}

/** The key is what stands in base64 behind `whsec_`. An empty one is nobody's: everybody could sign with it. */
function signatureOf(secret: string, prefix: string, rawBody: Uint8Array): Buffer | null {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  if (key.length === 0) return null
  return Buffer.from(`v1,${createHmac('sha256', key).update(prefix).update(rawBody).digest('base64')}`)
}
