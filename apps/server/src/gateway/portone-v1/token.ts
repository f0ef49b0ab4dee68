import { fail, ok, type GatewayProblem, type Result, type TokenAnswer } from '@landfall/payment-core'
import type { z } from 'zod'

type Issued = z.infer<typeof TokenAnswer>

/**
 * Renew this long before the expiry. The gateway gives all processes the same token, so a new one can be close to its
 * expiry (docs/gateway/portone-v1.md §4.2).
 */
const RENEW_BEFORE_MS = 30_000

export type TokenHolder = {
  readonly get: () => Promise<Result<string, GatewayProblem>>
  /** Drops a token that the gateway refused. A newer token stays. */
  readonly refused: (token: string) => void
}

/**
 * Holds the access token that all calls share. At most one token request is in flight (G-01, G-02). The lifetime is the
 * gateway's own `expired_at - now`, so that the two machines' clocks are never compared (docs/gateway/portone-v1.md
 * §4.2).
 */
export function holdToken(
  fetchToken: () => Promise<Result<Issued, GatewayProblem>>,
  nowMs: () => number,
): TokenHolder {
  let held: { readonly token: string; readonly renewAtMs: number } | null = null
  let inFlight: Promise<Result<string, GatewayProblem>> | null = null
  const renew = async (): Promise<Result<string, GatewayProblem>> => {
    const answer = await fetchToken()
    if (!answer.ok) return fail(answer.problem)
    const { access_token: token, now, expired_at: expiredAt } = answer.value
    held = { token, renewAtMs: nowMs() + Math.max(0, (expiredAt - now) * 1000 - RENEW_BEFORE_MS) }
    return ok(token)
  }
  return {
    get: async () => {
      if (held !== null && nowMs() < held.renewAtMs) return ok(held.token)
      inFlight ??= renew().finally(() => (inFlight = null))
      return inFlight
    },
    refused: (token) => {
      if (held?.token === token) held = null
    },
  }
}
