import type { Problem } from '@landfall/payment-core'
import type { Context } from 'hono'
import { clientAddress, proxies, subscriberOf } from '../config/client-address.ts'
import { limits } from '../config/limits.ts'
import type { Deps } from '../deps.ts'
import { Rates } from '../journey/receive/rate.ts'
import type { ViewTokens } from '../journey/requests/view-token.ts'
import type { Env } from './answer.ts'
import { ownLinks, type OwnLinks } from './own-link.ts'
import { Places } from './places.ts'
import type { RouteKind, RequestTarget } from './route-kind.ts'

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
