import { fail, type GatewayProblem, type Result } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import type { Gateway, Priority } from '../gateway/gateway.ts'
import type { Presence } from './presence.ts'
import { PAUSE_MAX_MS, pauseCalls, pausedUntil, takeCalls } from '../store/budget.ts'

/** Calls taken from the shared count at a time, as a fraction of a second's budget: the count is written ten times a second at most. */
const CHUNKS_PER_SECOND = 10
/** Looks nobody waits for leave this much of the budget to those somebody waits for (L-06). */
const LOW_SHARE = 0.7

type Answer<T> = Promise<Result<T, GatewayProblem>>

/**
 * The gateway within its budget: calls a second over all servers together, and silence for as long as it asks with 429 (S-14, G-13). A call
 * waits for its turn, at most as long as for an answer, and no longer once the server stops (C-10); the timer's looks wait behind those for a customer or a webhook.
 */
export function withinBudget(deps: Deps, stopping: AbortSignal, presence: Presence): Gateway {
  const turns = new Turns(deps, stopping)
  const { gateway } = deps
  const call = async <T>(priority: Priority, ask: () => Answer<T>): Answer<T> => {
    const turn = await turns.take(priority)
    if (turn !== null) return fail(turn)
    const answer = await ask()
    presence.heard(answer)
    if (!answer.ok && answer.problem.kind === 'gateway_busy') await turns.pause(answer.problem.retryAfterMs)
    return answer
  }
  return {
    lookup: async (ref, priority = 'claim') => {
      const answer = await call(priority, () => gateway.lookup(ref))
      deps.metrics.count('lookups', answer.ok ? 'ok' : answer.problem.kind)
      return answer
    },
    changed: (window, page) => call('timer', () => gateway.changed(window, page)),
    fixAmount: (orderId, money) => call('claim', () => gateway.fixAmount(orderId, money)),
    cancel: (request) => call('claim', () => gateway.cancel(request)),
    closeAccount: (paymentId) => call('claim', () => gateway.closeAccount(paymentId)),
  }
}

/** Calls of the present second that this process has taken out of the shared count and not used yet. */
class Turns {
  readonly #deps: Deps
  readonly #stopping: AbortSignal
  #secondMs = 0
  #left = 0
  #used = 0
  readonly #refills: Record<Priority, Promise<boolean> | null> = { claim: null, timer: null }
  #pausedUntilMs = 0

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
      // A pause longer than any the gateway can ask for is of a clock that has jumped back (K-03).
      const pauseMs = this.#pausedUntilMs - nowMs > PAUSE_MAX_MS ? 0 : this.#pausedUntilMs - nowMs
      if (pauseMs > 0 || nowMs > giveUpAtMs || this.#stopping.aborted)
        return { kind: 'gateway_busy', retryAfterMs: Math.max(pauseMs, 1_000) }
      const turn = await this.#takeNow(priority)
      if (turn === 'mine') return null
      if (turn === 'none_left') await clock.sleep(1_000 - (nowMs % 1_000) + 1, this.#stopping)
    }
  }

  /** For all servers: the others learn of it with their next chunk. */
  async pause(forMs: number): Promise<void> {
    this.#pausedUntilMs = this.#deps.clock.nowMs() + Math.min(forMs, PAUSE_MAX_MS)
    await pauseCalls(this.#deps.store, this.#pausedUntilMs, this.#deps.clock.nowMs())
  }

  /** `missed`: others who waited for the same refill were faster, or it took so long that its second is over. */
  async #takeNow(priority: Priority): Promise<'mine' | 'missed' | 'none_left'> {
    const { config } = this.#deps
    const secondMs = this.#second()
    if (secondMs !== this.#secondMs) {
      this.#secondMs = secondMs
      this.#left = 0
      this.#used = 0
    }
    const callsMax = priority === 'timer' ? this.#lowMax() : config.gatewayCallsPerSecond
    if (this.#used >= callsMax) return 'none_left'
    if (this.#left === 0 && !(await this.#refillNow(priority, secondMs, callsMax))) return 'none_left'
    if (this.#left === 0 || this.#second() !== secondMs) return 'missed'
    this.#left -= 1
    this.#used += 1
    return 'mine'
  }

  /** By the clock, not by the last call: a second may end while its refill is on its way, and nobody else has called since. */
  #second(): number {
    return Math.floor(this.#deps.clock.nowMs() / 1_000) * 1_000
  }

  #lowMax(): number {
    return Math.max(1, Math.floor(this.#deps.config.gatewayCallsPerSecond * LOW_SHARE))
  }

  /** One refill at a time; who waits for it shares it. */
  #refillNow(priority: Priority, secondMs: number, callsMax: number): Promise<boolean> {
    this.#refills[priority] ??= this.#takeChunk(secondMs, callsMax).finally(
      () => (this.#refills[priority] = null),
    )
    return this.#refills[priority]
  }

  async #takeChunk(secondMs: number, callsMax: number): Promise<boolean> {
    const { clock, config, store } = this.#deps
    const chunk = Math.max(1, Math.floor(config.gatewayCallsPerSecond / CHUNKS_PER_SECOND))
    this.#pausedUntilMs = await pausedUntil(store, clock.nowMs())
    if (this.#pausedUntilMs > clock.nowMs()) return false
    if (!(await takeCalls(store, secondMs, chunk, callsMax))) return false
    // Calls of a second that is over are nobody's.
    if (this.#second() === secondMs) this.#left += chunk
    return true
  }
}
