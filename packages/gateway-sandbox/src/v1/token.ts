import { randomBytes } from 'node:crypto'
import type { SandboxClock } from '../clock.ts'

/** V1 access tokens (docs/gateway/portone-v1.md §4.2). Times are unix seconds. */
export type Token = { readonly access_token: string; readonly now: number; readonly expired_at: number }

const LIFE_SECONDS = 30 * 60
const LAST_MINUTE_SECONDS = 60
const EXTENSION_SECONDS = 5 * 60
/** A token has 40 hex characters. */
const TOKEN_BYTES = 20

export type Tokens = ReturnType<typeof createTokens>

/** `begins` is a hex prefix of every token, by which tests find tokens in written files. */
export function createTokens(clock: SandboxClock, keyPair: { key: string; secret: string }, begins = '') {
  let held: { readonly accessToken: string; readonly expiresAt: number } | null = null

  return {
    /** null: wrong key pair. */
    issue(key: string, secret: string) {
      if (key !== keyPair.key || secret !== keyPair.secret) return null
      const now = clock.nowSeconds()
      if (held === null || held.expiresAt <= now) {
        const random = randomBytes(TOKEN_BYTES).toString('hex')
        held = { accessToken: `${begins}${random.slice(begins.length)}`, expiresAt: now + LIFE_SECONDS }
      } else if (held.expiresAt - now <= LAST_MINUTE_SECONDS) {
        // Extend the same token by five minutes. Otherwise the caller would get a token that expires at once.
        held = { accessToken: held.accessToken, expiresAt: held.expiresAt + EXTENSION_SECONDS }
      }
      return { access_token: held.accessToken, now, expired_at: held.expiresAt }
    },
    isLive: (accessToken: string) =>
      held !== null && held.accessToken === accessToken && held.expiresAt > clock.nowSeconds(),
    revokeAll() {
      held = null
    },
  }
}
