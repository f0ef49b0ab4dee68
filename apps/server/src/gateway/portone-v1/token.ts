import { fail, ok, type GatewayProblem, type Result, type TokenAnswer } from '@landfall/payment-core'
import type { z } from 'zod'

type Issued = z.infer<typeof TokenAnswer>

/** Renew this long before the end: two processes share one token, and it can be near its end when received (docs/gateway/portone-v1.md §4.2). */
const RENEW_BEFORE_MS = 30_000

export type TokenHolder = {
  readonly get: () => Promise<Result<string, GatewayProblem>>
  /** Drops a token the gateway has refused; one that was renewed meanwhile stays. */
  readonly refused: (token: string) => void
}

/**
 * The access token, shared by every call: at most one token request is in flight (G-01, G-02). Its life is counted from the gateway's own
 * `expired_at - now`, never by comparing two machines' clocks (docs/gateway/portone-v1.md §4.2).
 */
export function holdToken(
  fetchToken: () => Promise<Result<Issued, GatewayProblem>>,
  nowMs: () => number,
): TokenHolder {
  let held: { readonly token: string; readonly renewAtMs: number } | null = null
  let asking: Promise<Result<string, GatewayProblem>> | null = null
  const ask = async (): Promise<Result<string, GatewayProblem>> => {
    const answer = await fetchToken()
    if (!answer.ok) return fail(answer.problem)
    const { access_token: token, now, expired_at: expiredAt } = answer.value
    held = { token, renewAtMs: nowMs() + Math.max(0, (expiredAt - now) * 1000 - RENEW_BEFORE_MS) }
    return ok(token)
  }
  return {
    get: async () => {
      if (held !== null && nowMs() < held.renewAtMs) return ok(held.token)
      asking ??= ask().finally(() => (asking = null))
      return asking
    },
    refused: (token) => {
      if (held?.token === token) held = null
    },
  }
}
