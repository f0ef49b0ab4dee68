import type { MerchantKey } from './merchant-keys.ts'

/** The secrets that can be exchanged while the server runs. */
export type SecretValues = {
  /** By digest: the keys themselves are forgotten once they are read. */
  readonly merchantKeys: readonly MerchantKey[]
  /** The first signs view tokens, all verify them: a secret is rotated by putting a new one in front. */
  readonly tokenSecrets: readonly string[]
  /** Each signs every notice. */
  readonly noticeSecrets: readonly string[]
}

/** The one place that holds the live secrets. Ask anew for each use: a list that is kept goes out of date. */
export type Secrets = {
  readonly current: () => SecretValues
  /** All of them at once; the retired ones open nothing from then on. */
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
