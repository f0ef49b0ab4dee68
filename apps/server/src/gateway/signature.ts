import { fail, ok, type Result } from '@landfall/payment-core'
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'

/** Why a signed webhook is refused (docs/gateway/portone-v2.md §10.2; W-09, W-17). */
export type SignatureProblem =
  | 'missing_header'
  /** With a duplicated header, two readers could verify different signatures. */
  | 'doubled_header'
  | 'invalid_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_matching_signature'

export type SignedMessage = {
  /** Names and values as received, duplicates included. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /**
   * The body's original bytes. A body that was parsed and serialised again, or whose invalid UTF-8 was replaced, has
   * another signature.
   */
  readonly rawBody: Uint8Array
}

/** The accepted difference between the message's timestamp and our clock, either way (Standard Webhooks). */
const TOLERANCE_SECONDS = 300

/**
 * Verifies a V2 webhook as Standard Webhooks defines it: `v1,<base64 HMAC-SHA256>` over `id.timestamp.body`. Any live
 * secret may have signed it, so that secrets can be rotated (W-10). It compares all of them, in constant time. Returns
 * the message id, which is the same in the sender's repeats (W-11). The gateway's verifier cannot read form bodies; it and
 * the library's read the system clock, and text instead of bytes, and accept more spellings. The tests compare with both
 * and list each spelling that only this function refuses.
 */
export function verifySignature(
  message: SignedMessage,
  keys: readonly KeyObject[],
  nowMs: number,
): Result<{ readonly messageId: string }, SignatureProblem> {
  const received = [...message.headers]
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    received.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value),
  )
  if (!id?.[0] || !timestamp?.[0] || !signatures?.[0]) return fail('missing_header')
  // Fetch's `Headers`, and some proxies, join duplicated headers with a comma and a space, which no list of signatures
  // contains.
  if (id.length + timestamp.length + signatures.length > 3 || /,\s/.test(signatures[0]))
    return fail('doubled_header')
  const late = timestampProblem(timestamp[0], nowMs)
  if (late !== null) return fail(late)
  const prefix = `${id[0]}.${timestamp[0]}.`
  const given = signatures[0].split(' ').map((each) => Buffer.from(each))
  const matches = keys.flatMap((key) => {
    const expected = signatureOf(key, prefix, message.rawBody)
    return given.map((each) => each.length === expected.length && timingSafeEqual(each, expected))
  })
  return matches.includes(true) ? ok({ messageId: id[0] }) : fail('no_matching_signature')
}

function timestampProblem(timestamp: string, nowMs: number): SignatureProblem | null {
  // Accept one spelling of each number: the two official verifiers sign `01` differently.
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) return 'invalid_timestamp'
  const laterSeconds = Math.floor(nowMs / 1000) - Number(timestamp)
  if (laterSeconds > TOLERANCE_SECONDS) return 'too_old'
  return laterSeconds < -TOLERANCE_SECONDS ? 'too_new' : null
}

const signatureOf = (key: KeyObject, prefix: string, rawBody: Uint8Array): Buffer =>
  Buffer.from(`v1,${createHmac('sha256', key).update(prefix).update(rawBody).digest('base64')}`)
