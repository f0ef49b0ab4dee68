import { seeded } from '../crash/seeded.ts'

/** All chance of a simulated world. The same seed gives the same throws. */
export class Dice {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = seeded(seed)
  }

  /** 0 ≤ fraction < 1. */
  fraction(): number {
    return this.#next()
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.#next() < probability
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.#next() * list.length)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }
}
