import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { clientAddress, proxies, subscriberOf } from '../config/client-address.ts'
import type { Deps } from '../deps.ts'
import { isDeeperThan } from '../journey/receive/json-depth.ts'
import { limits } from '../config/limits.ts'
import { Rates } from '../journey/receive/rate.ts'
import type { Env } from './answer.ts'
import { queryOf, refuse } from './requests.ts'

/** Event loop delay in milliseconds. Every kind of overload shows in it. */
export type Lag = () => number

/** Decides which requests are refused first under overload: see `hasRoomFor`. */
type RequestKind = 'probe' | 'webhook' | 'watch' | 'page' | 'other'

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/** Repeated slashes do not change how a request is counted. */
const tidied = (path: string): string => (path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path)

function kindOf(path: string): RequestKind {
  if (PROBES.has(path)) return 'probe'
  if (path.startsWith('/webhooks/')) return 'webhook'
  if (/^\/trpc\/([^/]*,)?payments\.watch\b/.test(path)) return 'watch'
  return path === '/' || /^\/(complete|result|trpc\/(payments|shop)\.)/.test(path) ? 'page' : 'other'
}

/** The parts of a request that admission reads. */
type Comer = {
  readonly path: string
  readonly query: string
  /** The socket's remote address; empty without a socket. */
  readonly peer: string
  readonly header: (name: string) => string | undefined
}

/** Refused with a problem, or admitted. Call `leave` once the request has been answered. */
export type Admittance =
  | { readonly problem: Problem }
  | { readonly problem: null; readonly leave: () => void }

/**
 * Admits or refuses a request before its body is read. A refusal tells the client when to retry. Probes are always admitted: a busy server must
 * not look dead. An address grants no rights; it only limits how much of the server one client can use (D-03, C-11).
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
    // The return's own route judges its query: an order's own link is accepted with any query.
    const where = path.startsWith('/complete') ? null : oddQuery(comer.query)
    if (where !== null) return { problem: { kind: 'bad_input', where } }
    if (kind === 'webhook' || kind === 'other') return inside.enter()
    const address = subscriber(comer)
    if (!pace.take(address, clock.monotonicMs())) return turnAway('address', { kind: 'too_many_requests' })
    if (kind === 'page') return inside.enter()
    return inside.hasRoomToWatch(address) ? inside.enterToWatch(address) : turnAway('watch', { kind: 'busy' })
  }
}

/** Admission as middleware. */
export const admitting =
  (admit: ReturnType<typeof admission>): MiddlewareHandler<Env> =>
  async (c, next) => {
    const entry = admit(comerOf(c))
    if (entry.problem !== null) return refuse(c, entry.problem)
    return whileAnswered(c, next, entry.leave)
  }

const comerOf = (c: Context<Env>): Comer => ({
  path: c.req.path,
  query: queryOf(c),
  peer: c.env?.incoming?.socket.remoteAddress ?? '',
  header: (name) => c.req.header(name),
})

/** A browser requests a page and all its files at once. */
const BURST_SECONDS = 10

/** Counts the requests being answered and the pages that wait for changes. */
class Inside {
  #atOnce = 0
  #watches = 0
  readonly #watchesOf = new Map<string, number>()

  /** Refuses webhooks first: the gateway sends them again, and the sweep finds those it gives up. A customer comes once and is refused last. */
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

/** A streamed answer ends when its response closes, not when its first byte is ready. */
async function whileAnswered(c: Context<Env>, next: () => Promise<void>, end: () => void): Promise<void> {
  const outgoing = c.env?.outgoing
  if (outgoing !== undefined) outgoing.once('close', end)
  try {
    await next()
  } finally {
    if (outgoing === undefined) end()
  }
}

/** Why a query is refused: no page and no gateway sends one like it. Null for an ordinary query. */
function oddQuery(query: string): string | null {
  if (query === '') return null
  if (query.length > limits.queryCharactersMax) return 'the query is too long'
  return query.split('&', limits.parametersMax + 1).length > limits.parametersMax
    ? 'too many parameters'
    : null
}

/** Refuses procedure input that is nested deeper than any procedure accepts, before it is parsed. */
export const plainInput: MiddlewareHandler<Env> = async (c, next) => {
  if (isDeeperThan(c.req.query('input') ?? '', limits.jsonDepthMax)) return refuse(c, tooDeep)
  if (c.req.method !== 'POST') return next()
  const text = await c.req.text()
  if (isDeeperThan(text, limits.jsonDepthMax)) return refuse(c, tooDeep)
  // tRPC reads the text again. Building a new request for it would cost a twentieth of a procedure's time.
  Object.defineProperty(c.req.raw, 'text', { value: () => Promise.resolve(text) })
  return next()
}
const tooDeep: Problem = { kind: 'bad_input', where: 'nested too deep' }
