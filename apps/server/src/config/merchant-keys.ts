import { fail, KeyScope, ok, type Result } from '@landfall/payment-core'
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** A live merchant key, without the key itself, so that no printed configuration reveals it (P-03). */
export type MerchantKey = {
  /** Names the key's holder in the timeline. Two keys may share a name during a rotation. */
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly digest: string
  readonly isPlain: boolean
  readonly isExample: boolean
}

/** The name of keys that are listed without one. Such keys have every scope. */
const DEFAULT_NAME = 'default'
const SECRET_CHARACTERS_MIN = 16

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The key in `.env.example`, which is public. */
const exampleDigest = digestOf('example-merchant-key-not-for-production')

const listed = /^sha256:([0-9a-f]{64})$/i
/** Catches a malformed digest, which must not be taken for a plain-text key. */
const meantAsDigest = /^sha-?256/i
/** `name:secret:scopes`; a `sha256:` digest contains a colon of its own. */
const named = /^([^:]*):((?:sha-?256:)?[^:]*):(.+)$/i
const nameSpelling = /^[a-z][a-z0-9_-]{0,31}$/

/** No message quotes an entry, because a misplaced word may be a secret. */
const sentences = {
  digest: 'needs 64 hexadecimal digits after sha256:',
  short: `needs keys of at least ${SECRET_CHARACTERS_MIN} characters`,
  form: 'needs name:secret:scopes where an entry has a colon, and no colon in the secret',
  name: 'needs names of at most 32 lower-case letters, digits, - and _, a letter first',
  scope: `has a scope that does not exist: there are ${KeyScope.options.join(', ')}`,
  scopeAlone: 'has a scope without a named key before it',
}

/** A key entry and the scopes that follow it. Commas and spaces separate both keys and scopes. */
type KeyEntry = { readonly key: string; readonly scopes: readonly string[] }

/** Parses the words of MERCHANT_API_KEYS: plain keys, `sha256:<hex>` digests, and `name:secret:scopes`. */
export const MerchantKeys = z
  .array(z.string())
  .min(1, 'is missing')
  .transform((words, ctx): readonly MerchantKey[] => {
    const keys = entriesIn(words).map(keyIn)
    const reasons = new Set(keys.flatMap((key) => (key.ok ? [] : [key.problem])))
    for (const message of reasons) ctx.addIssue({ code: 'custom', message })
    return keys.flatMap((key) => (key.ok ? [key.value] : []))
  })

function entriesIn(words: readonly string[]): readonly KeyEntry[] {
  const entries: KeyEntry[] = []
  for (const word of words) {
    const before = areScopes(word) ? (entries.pop() ?? { key: '', scopes: [] }) : null
    entries.push(
      before === null ? { key: word, scopes: [] } : { ...before, scopes: [...before.scopes, word] },
    )
  }
  return entries
}

const areScopes = (word: string): boolean => word.split('+').every((part) => KeyScope.safeParse(part).success)

function keyIn({ key, scopes }: KeyEntry): Result<MerchantKey, string> {
  if (meantAsDigest.test(key) || !key.includes(':'))
    return scopes.length === 0 ? keyOf(DEFAULT_NAME, key, KeyScope.options) : fail(sentences.scopeAlone)
  const [, name = '', secret = '', first = ''] = named.exec(key) ?? []
  if (first === '') return fail(sentences.form)
  if (!nameSpelling.test(name)) return fail(sentences.name)
  const given = KeyScope.array().safeParse([first, ...scopes].flatMap((each) => each.split('+')))
  return given.success ? keyOf(name, secret, [...new Set(given.data)]) : fail(sentences.scope)
}

function keyOf(name: string, secret: string, scopes: readonly KeyScope[]): Result<MerchantKey, string> {
  const isPlain = !listed.test(secret)
  if (isPlain && meantAsDigest.test(secret)) return fail(sentences.digest)
  if (secret.length < SECRET_CHARACTERS_MIN) return fail(sentences.short)
  const digest = listed.exec(secret)?.[1]?.toLowerCase() ?? digestOf(secret)
  return ok({
    name,
    scopes,
    digest,
    isPlain,
    isExample: digest === exampleDigest || (isPlain && /example/i.test(secret)),
  })
}

/**
 * True when `secret` is the key. Compares digests, so that a value used for two purposes is found without keeping the
 * key.
 */
export const isKeyOf = (key: MerchantKey, secret: string): boolean => key.digest === digestOf(secret)

/**
 * Finds the live key that equals `given`, or null. It compares with every key in constant time, so that timing reveals
 * nothing about any key.
 */
export function liveKey(given: string, keys: readonly MerchantKey[]): MerchantKey | null {
  const mine = Buffer.from(digestOf(given), 'hex')
  const equal = keys.map(({ digest }) => timingSafeEqual(Buffer.from(digest, 'hex'), mine))
  return keys[equal.indexOf(true)] ?? null
}
