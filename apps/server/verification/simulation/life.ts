import type { Clock } from '../../src/deps.ts'
import type { Outside } from './outside.ts'
import type { Due } from './agenda.ts'

/** Never comes true: what is left of a promise whose process is gone. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/**
 * One process of a server, from its start to its end. Everything it waits for goes through here: once it is over nothing it waited for comes
 * true, and while it is stalled, as by SIGSTOP, everything comes late.
 */
export class Life {
  readonly id: string
  over = false
  stalledUntilMs = 0
  readonly #outside: Outside
  readonly #skewMs: () => number
  #ids = 0

  constructor(id: string, outside: Outside, skewMs: () => number) {
    this.id = id
    this.#outside = outside
    this.#skewMs = skewMs
  }

  nowMs(): number {
    return this.#outside.agenda.nowMs + this.#skewMs()
  }

  /** Runs later, if there is still somebody to run it. */
  after(delayMs: number, run: () => void): Due {
    const { agenda } = this.#outside
    const go = (): void => {
      if (this.over) return
      const leftMs = this.stalledUntilMs - agenda.nowMs
      if (leftMs > 0) agenda.after(leftMs, go)
      else run()
    }
    return agenda.after(delayMs, go)
  }

  /** What a promise from outside came to, unless the process is gone by then. */
  async guard<T>(promise: Promise<T>): Promise<T> {
    try {
      const value = await promise
      return this.over ? await never<T>() : value
    } catch (error) {
      if (this.over) return never<T>()
      throw error
    }
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve))
  }

  clock(): Clock {
    return {
      nowMs: () => this.nowMs(),
      monotonicMs: () => this.#outside.agenda.nowMs,
      date: (ms) => new Date(ms),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true || ms <= 0) return resolve()
          const signalWork = (): void => {
            due.off = true
            signal?.removeEventListener('abort', signalWork)
            resolve()
          }
          const due = this.after(ms, signalWork)
          signal?.addEventListener('abort', signalWork)
        }),
    }
  }

  /** Names its process, so that a lease tells who took it. */
  nextId(): string {
    this.#ids += 1
    return `${this.id}-${this.#ids}`
  }
}
