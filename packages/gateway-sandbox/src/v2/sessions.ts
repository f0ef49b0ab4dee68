import { randomBytes } from 'node:crypto'
import type { SandboxClock } from '../clock.ts'

/** The access tokens that `POST /login/api-secret` gives (docs/gateway/portone-v2.md §4). Most callers send the secret itself. */
export type Sessions = {
  readonly isSecret: (apiSecret: string) => boolean
  readonly begin: () => TokenPair
  /** null: an unknown, used or expired refresh token. */
  readonly refresh: (refreshToken: string) => TokenPair | null
  readonly isLive: (accessToken: string) => boolean
  readonly revokeAll: () => void
}

export type TokenPair = { readonly accessToken: string; readonly refreshToken: string }

const ACCESS_LIFE_MS = 30 * 60_000
const REFRESH_LIFE_MS = 86_400_000
const TOKEN_BYTES = 32
/** Limits the memory of a sandbox that runs for weeks. */
const TOKENS_KEPT_MAX = 1_000

export function createSessions(clock: SandboxClock, secret: string): Sessions {
  const access = new Map<string, number>()
  let refresh: { readonly token: string; readonly untilMs: number } | null = null
  const begin = (): TokenPair => {
    const accessToken = randomBytes(TOKEN_BYTES).toString('base64url')
    const refreshToken = randomBytes(TOKEN_BYTES).toString('base64url')
    const oldest = access.keys().next()
    if (access.size >= TOKENS_KEPT_MAX && !oldest.done) access.delete(oldest.value)
    access.set(accessToken, clock.nowMs() + ACCESS_LIFE_MS)
    // Each login or refresh ends the earlier refresh token.
    refresh = { token: refreshToken, untilMs: clock.nowMs() + REFRESH_LIFE_MS }
    return { accessToken, refreshToken }
  }
  return {
    isSecret: (apiSecret) => apiSecret === secret,
    begin,
    refresh: (token) =>
      refresh !== null && refresh.token === token && refresh.untilMs > clock.nowMs() ? begin() : null,
    isLive: (token) => (access.get(token) ?? 0) > clock.nowMs(),
    revokeAll: () => access.clear(),
  }
}
