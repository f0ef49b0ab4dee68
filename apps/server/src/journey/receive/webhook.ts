import { claimFromWebhook, fail, ok, WebhookBody, type Problem, type Result } from '@landfall/payment-core'
import { isDeeperThan } from './json-depth.ts'
import { limits } from '../../config/limits.ts'
import type { Journey } from '../journey.ts'

/** More than any V1 webhook has; deeper or wider bodies are nobody's webhook (W-13). */
const DEPTH_MAX = 8
const KEYS_MAX = 200

/**
 * Door 2: the gateway, or somebody who says so: V1 webhooks are not signed (W-01). Resolves once the claim is on stable storage, whatever
 * the gateway does meanwhile (W-15).
 */
export async function hear(
  journey: Journey,
  contentType: string,
  body: Uint8Array,
): Promise<Result<null, Problem>> {
  const read = readBody(contentType, body)
  if (!read.ok) return read
  const claim = claimFromWebhook(read.value)
  if (!claim.ok) return claim
  const accepted = await journey.acceptClaim(claim.value)
  return accepted.ok ? ok(null) : accepted
}

/** JSON or form, as the console is set (docs/gateway/portone-v1.md §3.1, W-03). */
function readBody(contentType: string, bytes: Uint8Array): Result<WebhookBody, Problem> {
  const text = utf8(bytes)
  if (text === null) return badInput('not UTF-8')
  if (/^application\/json\b/i.test(contentType)) return readJson(text)
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType))
    // It stands in the log: signs that a terminal acts upon are no part of a media type.
    return fail({
      kind: 'unsupported_content',
      contentType: contentType.replaceAll(/[^ -~]/g, '?').slice(0, 80),
    })
  const pairs = [...new URLSearchParams(text).entries()]
  if (pairs.length > limits.parametersMax || new Set(pairs.map(([name]) => name)).size < pairs.length)
    return badInput('a field comes twice, or too many')
  return parsed(Object.fromEntries(pairs))
}

function readJson(text: string): Result<WebhookBody, Problem> {
  if (isDeeperThan(text, limits.jsonDepthMax)) return badInput('nested too deep')
  try {
    const value: unknown = JSON.parse(text)
    return shapeIsPlain(text, value) ? parsed(value) : badInput('a key comes twice, or it is too deep')
  } catch {
    return badInput('not JSON')
  }
}

function parsed(value: unknown): Result<WebhookBody, Problem> {
  const body = WebhookBody.safeParse(value)
  return body.success ? ok(body.data) : badInput(body.error.issues[0]?.path.join('.') || 'not an object')
}

const badInput = (where: string): { readonly ok: false; readonly problem: Problem } =>
  fail({ kind: 'bad_input', where })

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * False when a key was written twice, which `JSON.parse` hides by keeping the last: two readers of one body must not read two payments. Keys in
 * the text (strings followed by a colon) are counted against keys in the value, without recursion.
 */
function shapeIsPlain(text: string, value: unknown): boolean {
  let written = 0
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (token[1] !== undefined) written += 1
  let kept = 0
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX || kept > KEYS_MAX) return false
    const below: unknown[] = []
    for (const node of level) {
      if (node === null || typeof node !== 'object') continue
      const children: unknown[] = Object.values(node)
      if (!Array.isArray(node)) kept += children.length
      below.push(...children)
    }
    level = below
  }
  return written === kept
}
