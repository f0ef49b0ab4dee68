import { fail, ok, type GatewayProblem, type Result } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { Gateway, Priority, WriteOutcome } from '../../gateway/gateway.ts'
import type { GatewayOutage } from './gateway-outage.ts'
import { PAUSE_MAX_MS, pauseCalls, pausedUntil, takeCalls } from '../../store/budget.ts'

/** Calls taken from the shared count at a time, as a fraction of a second's budget: the count is written ten times a second at most. */
const CHUNKS_PER_SECOND = 10
/**
 * How much of the budget each may use at most. Claims leave a fifth, so that however many there are the timer goes on; the timer's looks leave
 * three tenths to those somebody waits for; strangers get a tenth and never more, because anybody can make as many as they like (L-06, D-01).
 */
const SHARES: Readonly<Record<Priority, number>> = { claim: 0.8, timer: 0.7, stranger: 0.1 }
/** Each share is counted in a row of its own. */
export const shares = Object.keys(SHARES)
/** A budget so small that a tenth of it is no whole call a second is shared out over ten seconds. */
const LONG_SPAN_MS = 10_000

type GatewayAnswer<T> = Promise<Result<T, GatewayProblem>>

/**
 * The gateway within its budget: calls a second over all servers together, and silence for as long as it asks with 429 (S-14, G-13). A call
 * waits for its turn, at most as long as for an answer, and no longer once the server stops (C-10); each pays out of its share.
 */
export function withinBudget(deps: Deps, stopping: AbortSignal, outage: GatewayOutage): Gateway {
  const turns = new Turns(deps, stopping)
  const { gateway } = deps
  const call = async <T>(priority: Priority, ask: () => GatewayAnswer<T>): GatewayAnswer<T> => {
    const turn = await turns.take(priority)
    if (turn !== null) return fail(turn)
    const answer = await ask()
    outage.heard(answer)
    if (!answer.ok && answer.problem.kind === 'gateway_busy') await turns.pause(answer.problem.retryAfterMs)
    return answer
  }
  const write = async (ask: () => Promise<WriteOutcome>): Promise<WriteOutcome> => {
    const turn = await turns.take('claim')
    if (turn !== null) return { kind: 'not_sent', problem: turn }
    const outcome = await ask()
    outage.heard('problem' in outcome ? fail(outcome.problem) : ok(null))
    if ('problem' in outcome && outcome.problem.kind === 'gateway_busy')
      await turns.pause(outcome.problem.retryAfterMs)
    return outcome
  }
  return {
    lookup: async (ref, priority = 'claim') => {
      const answer = await call(priority, () => gateway.lookup(ref, priority))
      deps.metrics.count('lookups', answer.ok ? 'ok' : answer.problem.kind)
      return answer
    },
    changed: (window, page) => call('timer', () => gateway.changed(window, page)),
    fixAmount: (orderId, money, how) => call('claim', () => gateway.fixAmount(orderId, money, how)),
    fixedAmount: (orderId) => call('claim', () => gateway.fixedAmount(orderId)),
    cancel: (request) => write(() => gateway.cancel(request)),
    closeAccount: (paymentId) => write(() => gateway.closeAccount(paymentId)),
  }
}

/** Calls that this process has taken out of a share of one second, and those of them it has not used yet. */
type Taken = { secondMs: number; all: number; left: number; refill: Promise<boolean> | null }
const none = (): Taken => ({ secondMs: 0, all: 0, left: 0, refill: null })

class Turns {
  readonly #deps: Deps
  readonly #stopping: AbortSignal
  readonly #taken: Readonly<Record<Priority, Taken>> = { claim: none(), timer: none(), stranger: none() }
  /** Until when nobody may call, and when this process has learned so: once its clock has jumped back it does not know (K-03). */
  #pause = { untilMs: 0, learnedAtMs: 0 }

  constructor(deps: Deps, stopping: AbortSignal) {
    this.#deps = deps
    this.#stopping = stopping
  }

  /** Null when it is this call's turn; the problem when no turn came in time. */
  async take(priority: Priority): Promise<GatewayProblem | null> {
    const { clock, config } = this.#deps
    const giveUpAtMs = clock.nowMs() + config.lookupTimeoutMs
    for (;;) {
      const nowMs = clock.nowMs()
      const pauseMs = this.#pauseLeftMs()
      if (pauseMs > 0 || nowMs > giveUpAtMs || this.#stopping.aborted)
        return { kind: 'gateway_busy', retryAfterMs: Math.max(pauseMs, 1_000) }
      const turn = await this.#takeNow(priority)
      if (turn === 'mine') return null
      // Another server's pause, just learned, is told at once.
      if (turn === 'none_left' && this.#pauseLeftMs() <= 0)
        await clock.sleep(1_000 - (nowMs % 1_000) + 1, this.#stopping)
    }
  }

  #pauseLeftMs(): number {
    const nowMs = this.#deps.clock.nowMs()
    return nowMs < this.#pause.learnedAtMs ? 0 : this.#pause.untilMs - nowMs
  }

  /** For all servers: the others learn of it with their next chunk. */
  async pause(forMs: number): Promise<void> {
    const [nowMs, pauseMs] = [this.#deps.clock.nowMs(), Math.min(forMs, PAUSE_MAX_MS)]
    this.#pause = { untilMs: nowMs + pauseMs, learnedAtMs: nowMs }
    await pauseCalls(this.#deps.store, nowMs, pauseMs)
  }

  /** `missed`: others who waited for the same refill were faster, or it took so long that its second is over. */
  async #takeNow(priority: Priority): Promise<'mine' | 'missed' | 'none_left'> {
    const secondMs = this.#beginOf(1_000)
    const taken = this.#taken[priority]
    if (secondMs !== taken.secondMs) Object.assign(taken, { secondMs, all: 0, left: 0 })
    if (taken.left === 0) {
      // One refill at a time; who waits for it shares it.
      taken.refill ??= this.#takeChunk(priority, secondMs).finally(() => (taken.refill = null))
      if (!(await taken.refill)) return 'none_left'
    }
    if (taken.left === 0 || this.#beginOf(1_000) !== secondMs) return 'missed'
    taken.left -= 1
    return 'mine'
  }

  /** By the clock, not by the last call: a second may end while its refill is on its way, and nobody else has called since. */
  #beginOf(spanMs: number): number {
    return Math.floor(this.#deps.clock.nowMs() / spanMs) * spanMs
  }

  async #takeChunk(priority: Priority, secondMs: number): Promise<boolean> {
    const { clock, config, store } = this.#deps
    const share = shareOf(priority, config.gatewayCallsPerSecond)
    const chunk = Math.max(1, Math.floor(share.callsMax / CHUNKS_PER_SECOND))
    // Servers whose clocks are far apart begin each other's count anew: each still keeps within the budget by its own (K-03).
    const [ofShare, ofAll] = [this.#taken[priority].all + chunk, this.#takenIn(secondMs) + chunk]
    if (ofShare > share.callsMax || ofAll > config.gatewayCallsPerSecond) return false
    const learnedAtMs = clock.nowMs()
    this.#pause = { untilMs: await pausedUntil(store, learnedAtMs), learnedAtMs }
    if (this.#pause.untilMs > clock.nowMs()) return false
    const all = { spanMs: secondMs, callsMax: config.gatewayCallsPerSecond }
    const part = { name: priority, spanMs: this.#beginOf(share.spanMs), callsMax: share.callsMax }
    if (!(await takeCalls(store, chunk, all, part))) return false
    // Calls of a second that is over are nobody's.
    if (this.#beginOf(1_000) !== secondMs) return true
    this.#taken[priority].all += chunk
    this.#taken[priority].left += chunk
    return true
  }

  #takenIn(secondMs: number): number {
    const counts = Object.values(this.#taken).filter((taken) => taken.secondMs === secondMs)
    return counts.reduce((sum, { all }) => sum + all, 0)
  }
}

/** How many calls a share has, in how long a span. */
function shareOf(priority: Priority, callsPerSecond: number): { spanMs: number; callsMax: number } {
  const callsMax = Math.floor(callsPerSecond * SHARES[priority])
  if (callsMax >= 1) return { spanMs: 1_000, callsMax }
  return priority === 'stranger'
    ? { spanMs: LONG_SPAN_MS, callsMax: callsPerSecond }
    : { spanMs: 1_000, callsMax: 1 }
}
