import { createSecretKey, type KeyObject } from 'node:crypto'
import type { MerchantKey } from './merchant-keys.ts'

/** The secrets that can be exchanged while the server runs. */
export type SecretValues = {
  /** Digests; the keys themselves are not kept. */
  readonly merchantKeys: readonly MerchantKey[]
  /** The first signs view tokens; all verify them. To rotate, put the new secret first. */
  readonly tokenSecrets: readonly string[]
  /** Each signs every notice. */
  readonly noticeSecrets: readonly string[]
  /** Each may have signed a webhook of V2. Empty without V2. */
  readonly webhookKeys: readonly KeyObject[]
}

/** Holds the live secrets. Call `current` for each use, because a kept value goes out of date. */
export type Secrets = {
  readonly current: () => SecretValues
  /** Replaces all secrets at once. Retired secrets are refused from then on. */
  readonly replace: (next: SecretValues) => void
}

export function openSecrets(first: SecretValues): Secrets {
  let values = first
  return {
    current: () => values,
    replace: (next) => {
      values = next
    },
  }
}

/**
 * The keys of webhook secrets: the base64 text after `whsec_`. An empty one, with which anybody could sign, is left out. Made once, because making a key
 * costs more than a signature.
 */
export const webhookKeys = (secrets: readonly string[]): readonly KeyObject[] =>
  secrets
    .map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .filter((bytes) => bytes.length > 0)
    .map((bytes) => createSecretKey(bytes))
