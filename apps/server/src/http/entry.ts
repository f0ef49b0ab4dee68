import type { Problem } from '@landfall/payment-core'
import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import { clientAddress, proxies, subscriberOf } from '../config/client-address.ts'
import { limits } from '../config/limits.ts'
import type { Deps, Clock } from '../deps.ts'
import { Rates } from '../journey/receive/rate.ts'
import type { ViewTokens } from '../journey/requests/view-token.ts'
import type { Env } from './answer.ts'
import { bearerIn, tokenWithin, type RouteKind, type RequestTarget } from './read-request.ts'
import { readReturnAddress } from './return-route.ts'

/** Event loop delay in milliseconds. Every kind of overload shows in it. */
export type Lag = () => number

/** What admission needs of the server. */
export type Guard = Pick<Deps, 'config' | 'clock' | 'log' | 'metrics'> & { readonly tokens: ViewTokens }

/** A request that is turned away, and the label of its metric. */
type TurnedAway = { readonly problem: Problem; readonly what: string }
type Entered = TurnedAway | { readonly problem: null; readonly leave: () => void }

/** A browser requests a page and all its files at once. */
const BURST_SECONDS = 10

/** Decides who gets a place. An address grants no rights; it only limits how much of the server one client can use (D-03, C-11). */
export class Entry {
  readonly subscriber: (c: Context<Env>) => string
  readonly #guard: Guard
  readonly #lagMs: Lag
  readonly #pace: Rates
  readonly #places = new Places()
  readonly #hasOwnLink: OwnLinks

  constructor(guard: Guard, lagMs: Lag) {
    const { config, clock, log, tokens } = guard
    const perSecond = config.addressRequestsPerSecond
    this.subscriber = subscriberReader(config.trustedProxies, log)
    this.#guard = guard
    this.#lagMs = lagMs
    this.#pace = new Rates({ perSecond, burst: perSecond * BURST_SECONDS }, limits.addressesMax)
    this.#hasOwnLink = ownLinks(tokens, clock)
  }

  /**
   * Whether a request is turned away before it is read. Webhooks go first: the gateway sends them again, and the sweep finds those it gives up.
   * A customer comes once and is refused last. Probes are always admitted: a busy server must not look dead.
   */
  isFull(kind: RouteKind): boolean {
    if (kind === 'probe') return false
    const lagMsMax = kind === 'webhook' ? limits.webhooksLagMsMax : limits.requestsLagMsMax
    return this.#lagMs() >= lagMsMax || !this.#places.hasRoom(kind)
  }

  /** Takes a place for a request whose body is in. Call `leave` once it has been answered. */
  enter(c: Context<Env>, { kind, calls }: RequestTarget): Entered | Promise<Entered> {
    if (kind === 'probe') return { problem: null, leave: () => undefined }
    if (kind === 'webhook' || kind === 'other') return this.#take(kind, null)
    const address = this.subscriber(c)
    const turnedAway = this.#strangersRefusal(kind, calls, address)
    if (turnedAway === null) return this.#take(kind, address)
    // The token is verified only for a request that would be turned away.
    return this.#hasOwnLink(c, calls).then((isOwn) => (isOwn ? this.#take(kind, null) : turnedAway))
  }

  #take(kind: Exclude<RouteKind, 'probe'>, address: string | null): Entered {
    return this.#places.hasRoom(kind)
      ? { problem: null, leave: this.#places.take(kind, address) }
      : { problem: { kind: 'busy' }, what: kind }
  }

  #strangersRefusal(kind: Exclude<RouteKind, 'probe'>, calls: number, address: string): TurnedAway | null {
    if (!this.#pace.take(`${kind} ${address}`, this.#guard.clock.nowMs(), calls))
      return { problem: { kind: 'too_many_requests' }, what: 'address' }
    const isBusy =
      this.#lagMs() >= limits.strangersLagMsMax || !this.#places.hasRoomForStranger(kind, address)
    return isBusy ? { problem: { kind: 'busy' }, what: kind } : null
  }
}

/** Reads the address that a request counts for. */
function subscriberReader(trustedProxies: readonly string[], log: Guard['log']): (c: Context<Env>) => string {
  const isProxy = proxies(trustedProxies)
  let isWarned = false
  return (c) => {
    const forwardedFor = c.req.header('x-forwarded-for') ?? ''
    if (forwardedFor !== '' && trustedProxies.length === 0 && !isWarned) {
      isWarned = true
      log.warn(
        {},
        'X-Forwarded-For comes in and TRUSTED_PROXIES is empty: behind a proxy all customers count as one address',
      )
    }
    return subscriberOf(clientAddress(c.env?.incoming?.socket.remoteAddress ?? '', forwardedFor, isProxy))
  }
}

type Kind = keyof typeof limits.placesMax

/** Counts the requests that are being answered, by kind of route and by address. An open event stream is one of them. */
class Places {
  readonly #taken: Record<Kind, number> = { webhook: 0, page: 0, call: 0, watch: 0, other: 0 }
  readonly #takenBy = new Map<string, number>()

  /** Whether a place of the kind is free. */
  hasRoom(kind: Kind): boolean {
    return this.#taken[kind] < limits.placesMax[kind]
  }

  /** Whether a caller without an own link finds a place: such callers leave some to the others, and one address leaves some to the next. */
  hasRoomForStranger(kind: Kind, address: string): boolean {
    const max = limits.placesMax[kind]
    const ofAddress = this.#takenBy.get(keyOf(kind, address)) ?? 0
    return this.#taken[kind] < max * limits.strangersPart && ofAddress < Math.floor(max * limits.addressPart)
  }

  /** Takes a place and returns the function that frees it. `address` is null for a caller whose address does not count. */
  take(kind: Kind, address: string | null): () => void {
    this.#taken[kind] += 1
    if (address === null) return () => void (this.#taken[kind] -= 1)
    const key = keyOf(kind, address)
    this.#takenBy.set(key, (this.#takenBy.get(key) ?? 0) + 1)
    return () => {
      this.#taken[kind] -= 1
      const others = (this.#takenBy.get(key) ?? 1) - 1
      if (others === 0) this.#takenBy.delete(key)
      else this.#takenBy.set(key, others)
    }
  }
}

const keyOf = (kind: Kind, address: string): string => `${kind} ${address}`

/** Whether a request carries an order's own link, and that link is not used too often. */
type OwnLinks = (c: Context<Env>, calls: number) => Promise<boolean>

/**
 * Many customers share one address behind a carrier's NAT or a proxy, and one of them may flood. Whoever has the own link of an order is served
 * although the address is over its limits, at a rate for each order (D-07). Only then is the token verified.
 */
function ownLinks(tokens: ViewTokens, clock: Clock): OwnLinks {
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
  if (/^\/+(?:trpc|v1)\//.test(path))
    return bearerIn(c.req.header('authorization')) ?? tokenInBody(c.get('body'))
  return /^\/+result\//i.test(path) ? tokenWithin(path) : readReturnAddress(path).token
}

function tokenInBody(body: Uint8Array | undefined): string | null {
  const text = body === undefined ? '' : new TextDecoder().decode(body)
  return /"token"\s*:\s*"([\w.-]+)"/.exec(text)?.[1] ?? null
}
