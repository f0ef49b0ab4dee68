import { fail, ok, type GatewayProblem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { Gateway, Priority, WriteOutcome } from '../../gateway/gateway.ts'
import type { GatewayOutage } from './gateway-outage.ts'
import { PAUSE_MAX_MS, pauseCalls, pausedUntil, takeCalls } from '../../store/budget.ts'

/** Chunks in a second's budget. A process takes whole chunks, so it writes the shared counter at most ten times a second. */
const CHUNKS_PER_SECOND = 10
/**
 * The largest part of the budget that each priority may use. Claims leave a fifth, so that the timer's lookups continue under any load. The timer
 * leaves three tenths to callers that somebody waits for. Strangers get a tenth, because anybody can send any number of claims (L-06, D-01).
 */
const SHARES: Readonly<Record<Priority, number>> = { claim: 0.8, timer: 0.7, stranger: 0.1 }
/** The store counts each share in a row of its own. */
export const shares = Object.keys(SHARES)
/** When a stranger's tenth is less than one call a second, it is counted over ten seconds. */
const LONG_SPAN_MS = 10_000

type GatewayAnswer<T> = Promise<Result<T, GatewayProblem>>

/** How a stop ends the calls. `stopping`: none is waited for a permit. `leaving`: no read is waited for, so that its caller is answered without it. */
export type CallEnds = { readonly stopping: AbortSignal; readonly leaving: AbortSignal }

/**
 * Limits the calls to the gateway: a number of calls a second over all servers, and none while a 429 asks for a pause (S-14, G-13). A call waits
 * for a permit of its share for at most `lookupTimeoutMs`, and stops waiting when the server stops (C-10).
 */
export function withinBudget(
  deps: Omit<Deps, 'gateways'>,
  gateway: Gateway,
  prefix: string,
  ends: CallEnds,
  outage: GatewayOutage,
): Gateway {
  const permits = new CallPermits(deps, prefix, ends.stopping)
  const ask = async <T>(
    priority: Priority,
    send: () => GatewayAnswer<T>,
    calls: number,
  ): GatewayAnswer<T> => {
    const refusal = await permits.acquireAll(priority, calls)
    if (refusal !== null) return fail(refusal)
    const answer = await send()
    outage.record(answer)
    if (!answer.ok && answer.problem.kind === 'gateway_busy') await permits.pause(answer.problem.retryAfterMs)
    return answer
  }
  const read = async <T>(priority: Priority, send: () => GatewayAnswer<T>, calls = 1): GatewayAnswer<T> =>
    (await answerBefore(ends.leaving, ask(priority, send, calls))) ??
    fail({ kind: 'gateway_busy', retryAfterMs: 1_000 })
  const write = async (send: () => Promise<WriteOutcome>): Promise<WriteOutcome> => {
    const refusal = await permits.acquire('claim')
    if (refusal !== null) return { kind: 'not_sent', problem: refusal }
    const outcome = await send()
    outage.record('problem' in outcome ? fail(outcome.problem) : ok(null))
    if ('problem' in outcome && outcome.problem.kind === 'gateway_busy')
      await permits.pause(outcome.problem.retryAfterMs)
    return outcome
  }
  const { confirm, callsPerLookup } = gateway
  return {
    callsPerLookup,
    checkKey: () => gateway.checkKey(),
    lookup: async (ref, priority = 'claim') => {
      const answer = await read(priority, () => gateway.lookup(ref, priority), callsPerLookup)
      deps.metrics.count('lookups', answer.ok ? 'ok' : answer.problem.kind)
      return answer
    },
    changed: (window, page) => read('timer', () => gateway.changed(window, page)),
    changedLimits: gateway.changedLimits,
    fixAmount: (orderId, money, how) => read('claim', () => gateway.fixAmount(orderId, money, how)),
    fixedAmount: (orderId) => read('claim', () => gateway.fixedAmount(orderId)),
    cancel: (request) => write(() => gateway.cancel(request)),
    closeAccount: (paymentId, orderId) => write(() => gateway.closeAccount(paymentId, orderId)),
    confirm: confirm === null ? null : (request) => write(() => confirm(request)),
  }
}

/** Null if the signal comes first. */
function answerBefore<T>(leaving: AbortSignal, answer: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const left = (): void => resolve(null)
  if (leaving.aborted) left()
  leaving.addEventListener('abort', left)
  return Promise.race([answer, promise]).finally(() => leaving.removeEventListener('abort', left))
}

/** The permits of one second that this process has taken from a share, and how many of them are unused. */
type TakenPermits = { secondMs: number; all: number; left: number; refill: Promise<boolean> | null }
const none = (): TakenPermits => ({ secondMs: 0, all: 0, left: 0, refill: null })

class CallPermits {
  readonly #deps: Omit<Deps, 'gateways'>
  readonly #prefix: string
  readonly #stopping: AbortSignal
  readonly #taken: Readonly<Record<Priority, TakenPermits>> = {
    claim: none(),
    timer: none(),
    stranger: none(),
  }
  /** The end of the gateway's pause, and when this process read it. After its clock has jumped back the pause is unknown (K-03). */
  #pause = { untilMs: 0, learnedAtMs: 0 }

  constructor(deps: Omit<Deps, 'gateways'>, prefix: string, stopping: AbortSignal) {
    this.#deps = deps
    this.#prefix = prefix
    this.#stopping = stopping
  }

  /** Null once each of so many calls has its permit. */
  async acquireAll(priority: Priority, calls: number): Promise<GatewayProblem | null> {
    for (let call = 0; call < calls; call += 1) {
      const refusal = await this.acquire(priority)
      if (refusal !== null) return refusal
    }
    return null
  }

  /** Null once the call has its permit; a problem when it got none in time. */
  async acquire(priority: Priority): Promise<GatewayProblem | null> {
    const { clock, config } = this.#deps
    const giveUpAtMs = clock.monotonicMs() + config.lookupTimeoutMs
    for (;;) {
      const nowMs = clock.nowMs()
      const pauseMs = this.#pauseLeftMs()
      if (pauseMs > 0 || clock.monotonicMs() > giveUpAtMs || this.#stopping.aborted)
        return { kind: 'gateway_busy', retryAfterMs: Math.max(pauseMs, 1_000) }
      const attempt = await this.#tryAcquire(priority)
      if (attempt === 'acquired') return null
      // A pause that another server stored is reported at once.
      if (attempt === 'none_left' && this.#pauseLeftMs() <= 0)
        await clock.sleep(1_000 - (nowMs % 1_000) + 1, this.#stopping)
    }
  }

  #pauseLeftMs(): number {
    const nowMs = this.#deps.clock.nowMs()
    return nowMs < this.#pause.learnedAtMs ? 0 : this.#pause.untilMs - nowMs
  }

  /** Pauses all servers: the others read the pause with their next chunk. */
  async pause(forMs: number): Promise<void> {
    const [nowMs, pauseMs] = [this.#deps.clock.nowMs(), Math.min(forMs, PAUSE_MAX_MS)]
    if (pauseMs === PAUSE_MAX_MS) {
      this.#deps.metrics.count('bounded', 'gateway')
      this.#deps.log.warn(
        { ms: PAUSE_MAX_MS },
        'the gateway asks to wait ten minutes or longer; it is asked again after ten',
      )
    }
    this.#pause = { untilMs: nowMs + pauseMs, learnedAtMs: nowMs }
    await pauseCalls(this.#deps.store, nowMs, pauseMs, this.#prefix)
  }

  /** `missed`: other callers took the whole refill, or its second has ended meanwhile. */
  async #tryAcquire(priority: Priority): Promise<'acquired' | 'missed' | 'none_left'> {
    const secondMs = this.#startOf(1_000)
    const taken = this.#taken[priority]
    if (secondMs !== taken.secondMs) Object.assign(taken, { secondMs, all: 0, left: 0 })
    if (taken.left === 0) {
      // Concurrent callers share one refill.
      taken.refill ??= this.#takeChunk(priority, secondMs).finally(() => (taken.refill = null))
      if (!(await taken.refill)) return 'none_left'
    }
    if (taken.left === 0 || this.#startOf(1_000) !== secondMs) return 'missed'
    taken.left -= 1
    return 'acquired'
  }

  /** Reads the clock anew: the second may end during a refill. */
  #startOf(spanMs: number): number {
    return Math.floor(this.#deps.clock.nowMs() / spanMs) * spanMs
  }

  async #takeChunk(priority: Priority, secondMs: number): Promise<boolean> {
    const { clock, config, store } = this.#deps
    const share = shareOf(priority, config.gatewayCallsPerSecond)
    const chunk = Math.max(1, Math.floor(share.callsMax / CHUNKS_PER_SECOND))
    // Servers whose clocks differ reset each other's counter, so each also keeps within the budget by its own count (K-03).
    const [ofShare, ofAll] = [this.#taken[priority].all + chunk, this.#takenIn(secondMs) + chunk]
    if (ofShare > share.callsMax || ofAll > config.gatewayCallsPerSecond) return false
    const learnedAtMs = clock.nowMs()
    this.#pause = { untilMs: await pausedUntil(store, learnedAtMs, this.#prefix), learnedAtMs }
    if (this.#pause.untilMs > clock.nowMs()) return false
    const all = { spanMs: secondMs, callsMax: config.gatewayCallsPerSecond }
    const part = { name: priority, spanMs: this.#startOf(share.spanMs), callsMax: share.callsMax }
    if (!(await takeCalls(store, chunk, all, part, this.#prefix))) return false
    // Discard permits of a second that has ended.
    if (this.#startOf(1_000) !== secondMs) return true
    this.#taken[priority].all += chunk
    this.#taken[priority].left += chunk
    return true
  }

  #takenIn(secondMs: number): number {
    const counts = Object.values(this.#taken).filter((taken) => taken.secondMs === secondMs)
    return counts.reduce((sum, { all }) => sum + all, 0)
  }
}

/** The calls that a share allows in a span of `spanMs`. */
function shareOf(priority: Priority, callsPerSecond: number): { spanMs: number; callsMax: number } {
  const callsMax = Math.floor(callsPerSecond * SHARES[priority])
  if (callsMax >= 1) return { spanMs: 1_000, callsMax }
  return priority === 'stranger'
    ? { spanMs: LONG_SPAN_MS, callsMax: callsPerSecond }
    : { spanMs: 1_000, callsMax: 1 }
}
