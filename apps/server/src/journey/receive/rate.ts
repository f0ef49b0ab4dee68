import type { RateLimit } from '../../config/limits.ts'

/** A bucket that fills at a steady pace and is emptied by one at each take. */
export class Rate {
  readonly #limit: RateLimit
  #left: number
  #atMs = 0

  constructor(limit: RateLimit) {
    this.#limit = limit
    this.#left = limit.burst
  }

  /** False when it has been taken from too often. A clock that jumps back fills nothing and costs nothing (K-03). */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.#limit
    const sinceMs = Math.max(0, nowMs - this.#atMs)
    this.#left = Math.min(burst, this.#left + (sinceMs * perSecond) / 1_000)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}

/**
 * One rate for each of many keys that strangers choose, in bounded memory: beyond `keysMax` the key not seen for longest is forgotten, whose
 * bucket is the fullest. Libraries for this keep a timer for each key and no bound.
 */
export class Rates {
  readonly #limit: RateLimit
  readonly #keysMax: number
  readonly #rates = new Map<string, Rate>()

  constructor(limit: RateLimit, keysMax: number) {
    this.#limit = limit
    this.#keysMax = keysMax
  }

  take(key: string, nowMs: number): boolean {
    const rate = this.#rates.get(key) ?? new Rate(this.#limit)
    this.#rates.delete(key)
    this.#rates.set(key, rate)
    const [oldest] = this.#rates.keys()
    if (this.#rates.size > this.#keysMax && oldest !== undefined) this.#rates.delete(oldest)
    return rate.take(nowMs)
  }

  get size(): number {
    return this.#rates.size
  }
}
