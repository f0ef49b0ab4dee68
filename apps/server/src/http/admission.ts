import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { getPath } from 'hono/utils/url'
import { clientAddress, proxies, subscriberOf } from '../config/client-address.ts'
import { limits } from '../config/limits.ts'
import type { Clock, Deps } from '../deps.ts'
import { Rates } from '../journey/receive/rate.ts'
import type { ViewTokens } from '../journey/requests/view-token.ts'
import type { Env } from './answer.ts'
import { Bodies } from './body.ts'
import {
  bearerIn,
  queryOf,
  readTarget,
  tokenWithin,
  type RequestTarget,
  type RouteKind,
} from './read-request.ts'
import { refuse, type Route } from './requests.ts'
import { readReturnAddress } from './return-route.ts'

/** Event loop delay in milliseconds. Every kind of overload shows in it. */
export type Lag = () => number

/** What admission needs of the server. */
type Guard = Pick<Deps, 'config' | 'clock' | 'log' | 'metrics'> & { readonly tokens: ViewTokens }

export type Admission = {
  /** Turns a request away unread: too much at once, or an odd query. */
  readonly admitting: MiddlewareHandler<Env>
  /** Reads a route's body, then takes a place, then answers. */
  readonly serving: (route: Pick<Route, 'takes' | 'unread' | 'handler'>) => MiddlewareHandler<Env>
}

/**
 * Admits requests or turns them away, and tells the client when to retry. A request takes a place once its body is in, so a slow sender holds
 * a socket and nothing else (D-06).
 */
export function openAdmission(guard: Guard, lagMs: Lag): Admission {
  const bodies = new Bodies(guard.clock)
  const entry = new Entry(guard, lagMs)
  const turnAway = (c: Context<Env>, what: string, problem: Problem): Response => {
    guard.metrics.count('shed', what)
    return refuse(c, problem)
  }
  /** Null once the body is in. */
  const readBody = async (c: Context<Env>): Promise<Response | null> => {
    const { kind } = c.get('target')
    const body = await bodies.read(c, { kind, address: () => entry.subscriber(c) })
    if (body.ok) c.set('body', body.value)
    else if (body.problem.kind === 'slow_body') return turnAway(c, 'body', body.problem)
    return body.ok ? null : refuse(c, body.problem)
  }
  return {
    admitting: async (c, next) => {
      const target = readTarget(c.req.path)
      c.set('target', target)
      if (entry.isFull(target.kind)) return turnAway(c, target.kind, { kind: 'busy' })
      // The return's own route judges its query: an order's own link is accepted with any query.
      const where = c.req.path.startsWith('/complete') ? null : oddQuery(queryOf(c))
      return where === null ? next() : refuse(c, { kind: 'bad_input', where })
    },
    serving: (route) => async (c, next) => {
      const isRead = route.takes !== 'nothing' && route.unread?.(c) !== true
      const refusal = isRead ? await readBody(c) : null
      if (refusal !== null) return refusal
      const entering = entry.enter(c, c.get('target'))
      const entered = entering instanceof Promise ? await entering : entering
      if (entered.problem !== null) return turnAway(c, entered.what, entered.problem)
      return whileAnswered(c, () => route.handler(c, next), entered.leave)
    },
  }
}

/** A streamed answer ends when its response closes, not when its first byte is ready. */
function whileAnswered(
  c: Context<Env>,
  answer: () => ReturnType<MiddlewareHandler<Env>>,
  end: () => void,
): ReturnType<MiddlewareHandler<Env>> {
  const outgoing = c.env?.outgoing
  // Without a socket, or when the client has gone already, nothing closes any more.
  if (outgoing === undefined || outgoing.destroyed) return answer().finally(end)
  outgoing.once('close', end)
  return answer()
}

/** Why a query is refused: no page and no gateway sends one like it. Null for an ordinary query. */
function oddQuery(query: string): string | null {
  if (query === '') return null
  if (query.length > limits.queryCharactersMax) return 'the query is too long'
  return query.split('&', limits.parametersMax + 1).length > limits.parametersMax
    ? 'too many parameters'
    : null
}

/** A request that is turned away, and the label of its metric. */
type TurnedAway = { readonly problem: Problem; readonly what: string }
type Entered = TurnedAway | { readonly problem: null; readonly leave: () => void }

/** A browser requests a page and all its files at once. */
const BURST_SECONDS = 10

/** Decides who gets a place. An address grants no rights; it only limits how much of the server one client can use (D-03, C-11). */
class Entry {
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
