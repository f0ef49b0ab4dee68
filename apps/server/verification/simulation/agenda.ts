import type { Dice } from './dice.ts'

/** Something that happens at a moment of the world's time, unless it is called off before. */
export type Due = { readonly atMs: number; readonly tie: number; readonly run: () => void; off: boolean }

/** The world's one clock and the only scheduler in it: what is due first happens first, and of one moment chance decides. */
export class Agenda {
  nowMs: number
  readonly #dice: Dice
  readonly #heap: Due[] = []

  constructor(startMs: number, dice: Dice) {
    this.nowMs = startMs
    this.#dice = dice
  }

  after(delayMs: number, run: () => void): Due {
    const due = {
      atMs: this.nowMs + Math.max(0, Math.round(delayMs)),
      tie: this.#dice.fraction(),
      run,
      off: false,
    }
    this.#heap.push(due)
    this.#rise(this.#heap.length - 1)
    return due
  }

  /** Is anything due until then? */
  hasDue(untilMs: number): boolean {
    for (;;) {
      const [first] = this.#heap
      if (first === undefined || first.atMs > untilMs) return false
      if (!first.off) return true
      this.#removeFirst()
    }
  }

  /** Takes what is due next and moves time to it; null when it is due after `untilMs`, and then time stands at `untilMs`. */
  next(untilMs: number): Due | null {
    for (;;) {
      const [first] = this.#heap
      if (first === undefined || first.atMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs)
        return null
      }
      this.#removeFirst()
      if (first.off) continue
      this.nowMs = Math.max(this.nowMs, first.atMs)
      return first
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#swapIfBefore(at, above)) return
      at = above
    }
  }

  #sink(): void {
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const least = this.#isBefore(right, left) ? right : left
      if (!this.#swapIfBefore(least, at)) return
      at = least
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one === undefined || other === undefined) return false
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.tie < other.tie)
  }

  #swapIfBefore(below: number, above: number): boolean {
    const [one, other] = [this.#heap[below], this.#heap[above]]
    if (one === undefined || other === undefined || !this.#isBefore(below, above)) return false
    this.#heap[below] = other
    this.#heap[above] = one
    return true
  }
}

/** The one turn of the real event loop in a simulated world: what a step has set off runs until it waits for the agenda. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** A moment as HTTP writes it. */
export const httpDate = (ms: number): string => new Date(ms).toUTCString()
