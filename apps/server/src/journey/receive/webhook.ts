import {
  claimFromWebhook,
  fail,
  ok,
  WebhookBody,
  type Claim,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import { isDeeperThan } from './json-depth.ts'
import { limits } from '../../config/limits.ts'

/** More than any webhook has; a deeper or wider body is refused (W-13). */
const DEPTH_MAX = 8
const KEYS_MAX = 200

/** What a webhook asks for. A null claim asks for nothing here. V1's have no message id. */
export type ReadWebhook = { readonly claim: Claim | null; readonly messageId: string | null }

/**
 * Reads the claim of a V1 webhook. V1 webhooks are not signed, so the sender may be anybody (W-01). Fails with `bad_input` or
 * `unsupported_content`.
 */
export function readWebhook(contentType: string, body: Uint8Array): Result<Claim, Problem> {
  const read = readBody(contentType, body)
  if (!read.ok) return read
  const fields = WebhookBody.safeParse(read.value)
  return fields.success
    ? claimFromWebhook(fields.data)
    : badInput(fields.error.issues[0]?.path.join('.') || 'not an object')
}

/** Reads a webhook's body, JSON or form, as the console is set (docs/gateway/portone-v1.md §3.1, W-03). */
export function readBody(contentType: string, bytes: Uint8Array): Result<unknown, Problem> {
  const text = utf8(bytes)
  if (text === null) return badInput('not UTF-8')
  if (/^application\/json\b/i.test(contentType)) return readJson(text)
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType))
    // The problem is logged: drop control characters that a terminal would act on.
    return fail({
      kind: 'unsupported_content',
      contentType: contentType.replaceAll(/[^ -~]/g, '?').slice(0, 80),
    })
  const pairs = [...new URLSearchParams(text).entries()]
  if (pairs.length > limits.parametersMax || new Set(pairs.map(([name]) => name)).size < pairs.length)
    return badInput('a field comes twice, or too many')
  return ok(Object.fromEntries(pairs))
}

function readJson(text: string): Result<unknown, Problem> {
  if (isDeeperThan(text, limits.jsonDepthMax)) return badInput('nested too deep')
  try {
    const value: unknown = JSON.parse(text)
    return hasUniqueKeys(text, value) ? ok(value) : badInput('a key comes twice, or it is too deep')
  } catch {
    return badInput('not JSON')
  }
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
 * False when an object repeats a key, or when the value is too deep or too wide. `JSON.parse` keeps the last of two equal keys, and another reader
 * of the same body may keep the first. The function compares the keys in the text (strings before a colon) with the keys in the value, without
 * recursion.
 */
function hasUniqueKeys(text: string, value: unknown): boolean {
  let keysInText = 0
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (token[1] !== undefined) keysInText += 1
  let keysInValue = 0
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX || keysInValue > KEYS_MAX) return false
    const below: unknown[] = []
    for (const node of level) {
      if (node === null || typeof node !== 'object') continue
      const children: unknown[] = Object.values(node)
      if (!Array.isArray(node)) keysInValue += children.length
      below.push(...children)
    }
    level = below
  }
  return keysInText === keysInValue
}
