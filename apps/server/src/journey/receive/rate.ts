import type { RateLimit } from '../../config/limits.ts'

/** A token bucket. */
export class Rate {
  readonly #limit: RateLimit
  #left: number
  #atMs = 0

  constructor(limit: RateLimit) {
    this.#limit = limit
    this.#left = limit.burst
  }

  /** Takes `count` tokens; false when fewer are left. A clock that jumps back adds no tokens and removes none (K-03). */
  take(nowMs: number, count = 1): boolean {
    const { perSecond, burst } = this.#limit
    const sinceMs = Math.max(0, nowMs - this.#atMs)
    this.#left = Math.min(burst, this.#left + (sinceMs * perSecond) / 1_000)
    this.#atMs = nowMs
    if (this.#left < count) return false
    this.#left -= count
    return true
  }
}

/**
 * One token bucket per key, in bounded memory although strangers choose the keys: beyond `keysMax` the least recently used key is dropped, whose
 * bucket is the fullest. Rate-limit libraries keep a timer per key and have no bound.
 */
export class Rates {
  readonly #limit: RateLimit
  readonly #keysMax: number
  readonly #rates = new Map<string, Rate>()

  constructor(limit: RateLimit, keysMax: number) {
    this.#limit = limit
    this.#keysMax = keysMax
  }

  take(key: string, nowMs: number, count = 1): boolean {
    const rate = this.#rates.get(key) ?? new Rate(this.#limit)
    this.#rates.delete(key)
    this.#rates.set(key, rate)
    const [oldest] = this.#rates.keys()
    if (this.#rates.size > this.#keysMax && oldest !== undefined) this.#rates.delete(oldest)
    return rate.take(nowMs, count)
  }

  get size(): number {
    return this.#rates.size
  }
}
