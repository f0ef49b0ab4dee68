import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { clientAddress, proxies, subscriberOf } from '../config/client-address.ts'
import type { Deps } from '../deps.ts'
import { isDeeperThan } from '../journey/receive/json-depth.ts'
import { limits } from '../config/limits.ts'
import { Rates } from '../journey/receive/rate.ts'
import { refuse, type Env } from './requests.ts'

/** How late the event loop runs, in milliseconds: the one sign of overload that everything that is too much has in common. */
export type Lag = () => number

/** What is turned away first when there is too much: see `roomFor`. */
type RequestKind = 'probe' | 'webhook' | 'watch' | 'page' | 'other'

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/** However many slashes an address is written with, it is counted like any other. */
const tidied = (path: string): string => (path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path)

function kindOf(path: string): RequestKind {
  if (PROBES.has(path)) return 'probe'
  if (path.startsWith('/webhooks/')) return 'webhook'
  if (/^\/trpc\/([^/]*,)?payments\.watch\b/.test(path)) return 'watch'
  return path === '/' || /^\/(complete|result|trpc\/(payments|shop)\.)/.test(path) ? 'page' : 'other'
}

/** What is looked at of a request before it is let in. */
export type Comer = {
  readonly path: string
  readonly query: string
  /** The socket's other end. */
  readonly peer: string
  readonly header: (name: string) => string | undefined
}

/** Turned away, or let in: `leave` is called once the request has been answered. */
export type Admittance =
  | { readonly problem: Problem }
  | { readonly problem: null; readonly leave: () => void }

/**
 * Whether a request is let in, decided before its body is read: nothing is taken in half, and who is turned away is told when to come again.
 * Probes always get in, or a busy server would be taken for a dead one. Neither address nor count gives anybody any right: they only bound
 * what one can take from the others (D-03, C-11).
 */
export function admission(
  { config, clock, log, metrics }: Pick<Deps, 'config' | 'clock' | 'log' | 'metrics'>,
  lagMs: Lag,
): (comer: Comer) => Admittance {
  const isProxy = proxies(config.trustedProxies)
  const perSecond = config.addressRequestsPerSecond
  const pace = new Rates({ perSecond, burst: perSecond * BURST_SECONDS }, limits.addressesMax)
  const inside = new Inside()
  let isWarned = false
  const subscriber = ({ peer, header }: Comer): string => {
    const forwardedFor = header('x-forwarded-for') ?? ''
    if (forwardedFor !== '' && config.trustedProxies.length === 0 && !isWarned) {
      isWarned = true
      log.warn(
        {},
        'X-Forwarded-For comes in and TRUSTED_PROXIES is empty: behind a proxy all customers count as one address',
      )
    }
    return subscriberOf(clientAddress(peer, forwardedFor, isProxy))
  }
  const turnAway = (what: string, problem: Problem): Admittance => {
    metrics.count('shed', what)
    return { problem }
  }
  return (comer) => {
    const path = tidied(comer.path)
    const kind = kindOf(path)
    if (kind === 'probe') return { problem: null, leave: () => undefined }
    if (!inside.hasRoomFor(kind, lagMs())) return turnAway(kind, { kind: 'busy' })
    // A return through its order's own link is taken in whatever its query looks like: that door judges by itself.
    const where = path.startsWith('/complete') ? null : oddQuery(comer.query)
    if (where !== null) return { problem: { kind: 'bad_input', where } }
    if (kind === 'webhook' || kind === 'other') return inside.enter()
    const address = subscriber(comer)
    if (!pace.take(address, clock.nowMs())) return turnAway('address', { kind: 'too_many_requests' })
    if (kind === 'page') return inside.enter()
    return inside.hasRoomToWatch(address) ? inside.enterToWatch(address) : turnAway('watch', { kind: 'busy' })
  }
}

/** The same for what the framework answers. */
export const admitting =
  (admit: ReturnType<typeof admission>): MiddlewareHandler<Env> =>
  async (c, next) => {
    const entry = admit(comerOf(c))
    if (entry.problem !== null) return refuse(c, entry.problem)
    return whileAnswered(c, next, entry.leave)
  }

export function comerOf(c: Context<Env>): Comer {
  const begins = c.req.url.indexOf('?')
  return {
    path: c.req.path,
    query: begins < 0 ? '' : c.req.url.slice(begins + 1),
    peer: c.env?.incoming?.socket.remoteAddress ?? '',
    header: (name) => c.req.header(name),
  }
}

/** A person's browser asks for a page and all it needs within a moment. */
const BURST_SECONDS = 10

/** Who is inside: requests that are being answered, and pages that wait for news. */
class Inside {
  #atOnce = 0
  #watches = 0
  readonly #watchesOf = new Map<string, number>()

  /** Webhooks go first: the gateway sends them again, and the timer finds what it gives up. A customer is there once, and is turned away last. */
  hasRoomFor(kind: RequestKind, lagMs: number): boolean {
    return kind === 'webhook'
      ? this.#atOnce < limits.webhooksAtOnceMax && lagMs < limits.webhooksLagMsMax
      : this.#atOnce < limits.requestsAtOnceMax && lagMs < limits.requestsLagMsMax
  }

  hasRoomToWatch(address: string): boolean {
    return (
      this.#watches < limits.watchesMax && (this.#watchesOf.get(address) ?? 0) < limits.watchesPerAddressMax
    )
  }

  enter(): Admittance {
    this.#atOnce += 1
    return { problem: null, leave: () => (this.#atOnce -= 1) }
  }

  enterToWatch(address: string): Admittance {
    this.#watches += 1
    this.#watchesOf.set(address, (this.#watchesOf.get(address) ?? 0) + 1)
    const leave = (): void => {
      this.#watches -= 1
      const others = (this.#watchesOf.get(address) ?? 1) - 1
      if (others === 0) this.#watchesOf.delete(address)
      else this.#watchesOf.set(address, others)
    }
    return { problem: null, leave }
  }
}

/** A stream is answered when its socket is done with it, not when its first byte is ready. */
async function whileAnswered(c: Context<Env>, next: () => Promise<void>, end: () => void): Promise<void> {
  const outgoing = c.env?.outgoing
  if (outgoing !== undefined) outgoing.once('close', end)
  try {
    await next()
  } finally {
    if (outgoing === undefined) end()
  }
}

/** What is wrong with a query that no page of ours and no gateway makes; null when nothing is. */
function oddQuery(query: string): string | null {
  if (query === '') return null
  if (query.length > limits.queryCharactersMax) return 'the query is too long'
  return query.split('&', limits.parametersMax + 1).length > limits.parametersMax
    ? 'too many parameters'
    : null
}

/** Refuses procedure input that is nested deeper than anything a procedure takes, before a parser sees it. */
export const plainInput: MiddlewareHandler<Env> = async (c, next) => {
  if (isDeeperThan(c.req.query('input') ?? '', limits.jsonDepthMax)) return refuse(c, tooDeep)
  if (c.req.method !== 'POST') return next()
  const text = await c.req.text()
  if (isDeeperThan(text, limits.jsonDepthMax)) return refuse(c, tooDeep)
  // The body has been read, and whoever parses it asks for its text once more: a request made anew for that is a twentieth of a procedure.
  Object.defineProperty(c.req.raw, 'text', { value: () => Promise.resolve(text) })
  return next()
}
const tooDeep: Problem = { kind: 'bad_input', where: 'nested too deep' }
