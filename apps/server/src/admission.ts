import type { Problem } from '@landfall/payment-core'
import type { Context, MiddlewareHandler } from 'hono'
import { clientAddress, proxies, subscriberOf } from './client-address.ts'
import type { Deps } from './deps.ts'
import { isDeeperThan } from './json-depth.ts'
import { limits } from './limits.ts'
import { Rates } from './rate.ts'
import { refuse, type Env } from './requests.ts'

/** How late the event loop runs, in milliseconds: the one sign of overload that everything that is too much has in common. */
export type Lag = () => number

/** What is turned away first when there is too much: see `roomFor`. */
type Kind = 'probe' | 'webhook' | 'watch' | 'page' | 'other'

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

function kindOf(path: string): Kind {
  if (PROBES.has(path)) return 'probe'
  if (path.startsWith('/webhooks/')) return 'webhook'
  if (/^\/trpc\/([^/]*,)?payments\.watch\b/.test(path)) return 'watch'
  return path === '/' || /^\/(complete|result|trpc\/(payments|shop)\.)/.test(path) ? 'page' : 'other'
}

/**
 * Whether a request is let in, decided before its body is read: nothing is taken in half, and who is turned away is told when to come again.
 * Probes always get in, or a busy server would be taken for a dead one. Neither address nor count gives anybody any right: they only bound
 * what one can take from the others (D-03, C-11).
 */
export function admission(
  { config, clock, log, metrics }: Pick<Deps, 'config' | 'clock' | 'log' | 'metrics'>,
  lagMs: Lag,
): MiddlewareHandler<Env> {
  const isProxy = proxies(config.trustedProxies)
  const perSecond = config.addressRequestsPerSecond
  const pace = new Rates({ perSecond, burst: perSecond * BURST_SECONDS }, limits.addressesMax)
  const inside = new Inside()
  let isWarned = false
  const subscriber = (c: Context<Env>): string => {
    const peer = c.env?.incoming?.socket.remoteAddress ?? ''
    const forwardedFor = c.req.header('x-forwarded-for') ?? ''
    if (forwardedFor !== '' && config.trustedProxies.length === 0 && !isWarned) {
      isWarned = true
      log.warn(
        {},
        'X-Forwarded-For comes in and TRUSTED_PROXIES is empty: behind a proxy all customers count as one address',
      )
    }
    return subscriberOf(clientAddress(peer, forwardedFor, isProxy))
  }
  return async (c, next) => {
    const kind = kindOf(c.req.path)
    if (kind === 'probe') return next()
    const turnAway = (what: string, problem: Problem): Response => {
      metrics.count('shed', what)
      return refuse(c, problem)
    }
    if (!inside.hasRoomFor(kind, lagMs())) return turnAway(kind, { kind: 'busy' })
    const where = oddQuery(c)
    if (where !== null) return refuse(c, { kind: 'bad_input', where })
    if (kind === 'webhook' || kind === 'other') return inside.count(c, next)
    const address = subscriber(c)
    if (!pace.take(address, clock.nowMs())) return turnAway('address', { kind: 'too_many_requests' })
    if (kind === 'page') return inside.count(c, next)
    return inside.hasRoomToWatch(address)
      ? inside.countWatch(c, next, address)
      : turnAway('watch', { kind: 'busy' })
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
  hasRoomFor(kind: Kind, lagMs: number): boolean {
    return kind === 'webhook'
      ? this.#atOnce < limits.webhooksAtOnceMax && lagMs < limits.webhooksLagMsMax
      : this.#atOnce < limits.requestsAtOnceMax && lagMs < limits.requestsLagMsMax
  }

  hasRoomToWatch(address: string): boolean {
    return (
      this.#watches < limits.watchesMax && (this.#watchesOf.get(address) ?? 0) < limits.watchesPerAddressMax
    )
  }

  count(c: Context<Env>, next: () => Promise<void>): Promise<void> {
    this.#atOnce += 1
    return whileAnswered(c, next, () => (this.#atOnce -= 1))
  }

  countWatch(c: Context<Env>, next: () => Promise<void>, address: string): Promise<void> {
    this.#watches += 1
    this.#watchesOf.set(address, (this.#watchesOf.get(address) ?? 0) + 1)
    return whileAnswered(c, next, () => {
      this.#watches -= 1
      const others = (this.#watchesOf.get(address) ?? 1) - 1
      if (others === 0) this.#watchesOf.delete(address)
      else this.#watchesOf.set(address, others)
    })
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
function oddQuery(c: Context): string | null {
  const begins = c.req.url.indexOf('?')
  if (begins < 0) return null
  const query = c.req.url.slice(begins + 1)
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
  // The body has been read: whoever parses it gets a request that has it still.
  c.req.raw = new Request(c.req.raw, { method: 'POST', body: text })
  return next()
}
const tooDeep: Problem = { kind: 'bad_input', where: 'nested too deep' }
