import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The key of `.env.example`: everybody who has read it has it. */
const exampleDigest = digestOf('example-merchant-key-not-for-production')

const listed = /^sha256:([0-9a-f]{64})$/i

/** One entry of MERCHANT_API_KEYS: a key, or `sha256:` and the hex of its SHA-256. */
const MerchantKey = z
  .string()
  // A digest with a letter too few must not become a key that is written in the clear.
  .refine((entry) => !/^sha-?256/i.test(entry) || listed.test(entry), {
    message: 'needs 64 hexadecimal digits after sha256:',
    abort: true,
  })
  .refine((entry) => entry.length >= 16, 'needs keys of at least 16 characters')
  .transform((entry) => {
    const digest = listed.exec(entry)?.[1]?.toLowerCase() ?? digestOf(entry)
    const isExample = digest === exampleDigest || (!listed.test(entry) && /example/i.test(entry))
    return { digest, isPlain: !listed.test(entry), isExample }
  })

/** What is known of a live merchant key: never the key, so that nothing that prints the configuration can tell it (P-03). */
export type MerchantKey = z.output<typeof MerchantKey>
export const MerchantKeys = z.array(MerchantKey).min(1, 'is missing')

/** The same value, told as a key is held: what is used for two purposes is found without holding either. */
export const isKeyOf = (key: MerchantKey, secret: string): boolean => key.digest === digestOf(secret)

/** Compares with every live key, in constant time: neither which key nor how much of it was right can be measured. */
export function isLiveKey(given: string, keys: readonly MerchantKey[]): boolean {
  const mine = Buffer.from(digestOf(given), 'hex')
  return keys.map(({ digest }) => timingSafeEqual(Buffer.from(digest, 'hex'), mine)).includes(true)
}
