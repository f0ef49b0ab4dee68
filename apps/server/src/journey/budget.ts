import { fail, type GatewayProblem, type Result } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { pauseCalls, pausedUntil, takeCalls } from '../store/budget.ts'

/** Calls taken from the shared count at a time, as a fraction of a second's budget: the count is written ten times a second at most. */
const CHUNKS_PER_SECOND = 10
/** Looks nobody waits for leave this much of the budget to those somebody waits for (L-06). */
const LOW_SHARE = 0.7

/** What the client makes of a longer `Retry-After`, too. */
const PAUSE_MAX_MS = 600_000

type Answer<T> = Promise<Result<T, GatewayProblem>>
type Priority = 'claim' | 'timer'

/**
 * The gateway within its budget: calls a second over all servers together, and silence for as long as it asks with 429 (S-14, G-13). A call
 * waits for its turn, at most as long as for an answer; the timer's looks wait behind those for a customer or a webhook.
 */
export function withinBudget(deps: Deps): Gateway {
  const turns = new Turns(deps)
  const { gateway } = deps
  const call = async <T>(priority: Priority, ask: () => Answer<T>): Answer<T> => {
    const turn = await turns.take(priority)
    if (turn !== null) return fail(turn)
    const answer = await ask()
    if (!answer.ok && answer.problem.kind === 'gateway_busy') await turns.pause(answer.problem.retryAfterMs)
    return answer
  }
  return {
    lookup: (ref) => call(ref.by === 'payment' ? 'claim' : 'timer', () => gateway.lookup(ref)),
    changed: (window, page) => call('timer', () => gateway.changed(window, page)),
    fixAmount: (orderId, money) => call('claim', () => gateway.fixAmount(orderId, money)),
    cancel: (request) => call('claim', () => gateway.cancel(request)),
    closeAccount: (paymentId) => call('claim', () => gateway.closeAccount(paymentId)),
  }
}

/** Calls of the present second that this process has taken out of the shared count and not used yet. */
class Turns {
  readonly #deps: Deps
  #secondMs = 0
  #left = 0
  #used = 0
  #refill: Promise<boolean> | null = null
  #pausedUntilMs = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Null when it is this call's turn; the problem when no turn came in time. */
  async take(priority: Priority): Promise<GatewayProblem | null> {
    const { clock, config } = this.#deps
    const giveUpAtMs = clock.nowMs() + config.lookupTimeoutMs
    for (;;) {
      const nowMs = clock.nowMs()
      // A pause longer than any the gateway can ask for is of a clock that has jumped back (K-03).
      const pauseMs = this.#pausedUntilMs - nowMs > PAUSE_MAX_MS ? 0 : this.#pausedUntilMs - nowMs
      if (pauseMs > 0 || nowMs > giveUpAtMs)
        return { kind: 'gateway_busy', retryAfterMs: Math.max(pauseMs, 1_000) }
      if (await this.#takeNow(priority)) return null
      await clock.sleep(1_000 - (nowMs % 1_000) + 1)
    }
  }

  /** For all servers: the others learn of it with their next chunk. */
  async pause(forMs: number): Promise<void> {
    this.#pausedUntilMs = this.#deps.clock.nowMs() + Math.min(forMs, PAUSE_MAX_MS)
    await pauseCalls(this.#deps.store, this.#pausedUntilMs)
  }

  async #takeNow(priority: Priority): Promise<boolean> {
    const { clock, config } = this.#deps
    const secondMs = Math.floor(clock.nowMs() / 1_000) * 1_000
    if (secondMs !== this.#secondMs) {
      this.#secondMs = secondMs
      this.#left = 0
      this.#used = 0
    }
    const share = priority === 'timer' ? LOW_SHARE : 1
    if (this.#used >= config.gatewayCallsPerSecond * share) return false
    if (this.#left === 0 && !(await this.#refillNow(secondMs))) return false
    if (this.#left === 0) return false // others who waited for the same refill were faster
    this.#left -= 1
    this.#used += 1
    return true
  }

  /** One refill at a time; who waits for it shares it. */
  #refillNow(secondMs: number): Promise<boolean> {
    this.#refill ??= this.#takeChunk(secondMs).finally(() => (this.#refill = null))
    return this.#refill
  }

  async #takeChunk(secondMs: number): Promise<boolean> {
    const { config, store } = this.#deps
    const chunk = Math.max(1, Math.floor(config.gatewayCallsPerSecond / CHUNKS_PER_SECOND))
    this.#pausedUntilMs = await pausedUntil(store)
    if (this.#pausedUntilMs > secondMs + 1_000) return false
    const taken = await takeCalls(store, secondMs, chunk, config.gatewayCallsPerSecond)
    if (taken) this.#left += chunk
    return taken
  }
}
