import { fail, ok, type Result } from '@landfall/payment-core'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Why a signed webhook is not taken in (portone.md §5.6; W-09, W-17). */
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
  /** The body before anybody parsed it: a re-serialised one has another signature. */
  readonly rawBody: string
}

/** How far a message's own time may lie from ours, either way (Standard Webhooks). */
const TOLERANCE_SECONDS = 300

/**
 * Verifies a V2 webhook: Standard Webhooks, `v1,<base64 HMAC-SHA256>` over `id.timestamp.body`. Any live secret may have signed it, so that
 * they can be rotated (W-10); every one is compared, in constant time. Gives the message's id, which stays the same over the sender's
 * repeats (W-11). The library's own verifier reads the machine's clock and takes doubled headers; it is what the tests agree with.
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
  if (id.length + timestamp.length + signatures.length > 3) return fail('doubled_header')
  const late = lateness(timestamp[0], nowMs)
  if (late !== null) return fail(late)
  const signed = `${id[0]}.${Number(timestamp[0])}.${message.rawBody}`
  const given = signatures[0].split(' ').map((each) => Buffer.from(each))
  const matches = secrets.flatMap((secret) => {
    const expected = Buffer.from(signatureOf(secret, signed))
    return given.map((each) => each.length === expected.length && timingSafeEqual(each, expected))
  })
  return matches.includes(true) ? ok({ messageId: id[0] }) : fail('no_matching_signature')
}

function lateness(timestamp: string, nowMs: number): SignatureProblem | null {
  if (!/^\d{1,12}$/.test(timestamp)) return 'invalid_timestamp'
  const laterSeconds = Math.floor(nowMs / 1000) - Number(timestamp)
  if (laterSeconds > TOLERANCE_SECONDS) return 'too_old'
  return laterSeconds < -TOLERANCE_SECONDS ? 'too_new' : null
}

/** The key is what stands in base64 behind `whsec_`. */
function signatureOf(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
