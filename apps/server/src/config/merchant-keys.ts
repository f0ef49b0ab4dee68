import { fail, KeyScope, ok, type Result } from '@landfall/payment-core'
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** What is known of a live merchant key: never the key, so that nothing that prints the configuration can tell it (P-03). */
export type MerchantKey = {
  /** Stands in the timeline beside what the key's holder did. Two keys may share a name while one replaces the other. */
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly digest: string
  readonly isPlain: boolean
  readonly isExample: boolean
}

/** The name of keys that are listed without one. They have every scope. */
const DEFAULT_NAME = 'default'
const SECRET_CHARACTERS_MIN = 16

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The key of `.env.example`: everybody who has read it has it. */
const exampleDigest = digestOf('example-merchant-key-not-for-production')

const listed = /^sha256:([0-9a-f]{64})$/i
/** A digest with a letter too few must not become a key that is written in the clear. */
const meantAsDigest = /^sha-?256/i
/** `name:secret:scopes`; a digest brings a colon of its own. */
const named = /^([^:]*):((?:sha-?256:)?[^:]*):(.+)$/i
const nameSpelling = /^[a-z][a-z0-9_-]{0,31}$/

/** No sentence quotes an entry: what stands in the wrong place may be a secret. */
const sentences = {
  digest: 'needs 64 hexadecimal digits after sha256:',
  short: `needs keys of at least ${SECRET_CHARACTERS_MIN} characters`,
  form: 'needs name:secret:scopes where an entry has a colon, and no colon in the secret',
  name: 'needs names of at most 32 lower-case letters, digits, - and _, a letter first',
  scope: `has a scope that does not exist: there are ${KeyScope.options.join(', ')}`,
  scopeAlone: 'has a scope that no named key stands before',
}

/** A key as it is written, and the bare scopes that follow it: commas and blanks separate scopes as well as keys. */
type KeyEntry = { readonly key: string; readonly scopes: readonly string[] }

/** The words of MERCHANT_API_KEYS: bare keys, `sha256:` and the hex of a key's SHA-256, and `name:secret:scopes`. */
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

/** The same value, told as a key is held: what is used for two purposes is found without holding either. */
export const isKeyOf = (key: MerchantKey, secret: string): boolean => key.digest === digestOf(secret)

/** The live key that was given. Each is compared in constant time: neither which nor how much of it was right can be measured. */
export function liveKey(given: string, keys: readonly MerchantKey[]): MerchantKey | null {
  const mine = Buffer.from(digestOf(given), 'hex')
  const equal = keys.map(({ digest }) => timingSafeEqual(Buffer.from(digest, 'hex'), mine))
  return keys[equal.indexOf(true)] ?? null
}
