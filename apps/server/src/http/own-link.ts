import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import { limits } from '../config/limits.ts'
import type { Clock } from '../deps.ts'
import { Rates } from '../journey/receive/rate.ts'
import type { ViewTokens } from '../journey/requests/view-token.ts'
import type { Env } from './answer.ts'
import { bearerIn } from './bearer.ts'
import { readReturnAddress, tokenWithin } from './return-address.ts'

/** Whether a request carries an order's own link, and that link is not used too often. */
export type OwnLinks = (c: Context<Env>, calls: number) => Promise<boolean>

/**
 * Many customers share one address behind a carrier's NAT or a proxy, and one of them may flood. Whoever has the own link of an order is served
 * although the address is over its limits, at a rate for each order (D-07). Only then is the token verified.
 */
export function ownLinks(tokens: ViewTokens, clock: Clock): OwnLinks {
  const pace = new Rates(limits.ownLink, limits.addressesMax)
  return async (c, calls) => {
    const token = tokenIn(c)
    const viewer = token === null ? null : await tokens.read(token)
    if (viewer?.scope !== 'full' || viewer.orderId === null) return false
    return pace.take(viewer.orderId, clock.nowMs(), calls)
  }
}

/** The view token in the path of a page, or in the header or the body of a procedure call. */
function tokenIn(c: Context<Env>): string | null {
  const path = getPath(c.req.raw)
  if (path.startsWith('/trpc')) return bearerIn(c.req.header('authorization')) ?? tokenInBody(c.get('body'))
  return /^\/+result\//i.test(path) ? tokenWithin(path) : readReturnAddress(path).token
}

function tokenInBody(body: Uint8Array | undefined): string | null {
  const text = body === undefined ? '' : new TextDecoder().decode(body)
  return /"token"\s*:\s*"([\w.-]+)"/.exec(text)?.[1] ?? null
}
