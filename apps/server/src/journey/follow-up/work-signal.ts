/** One kind of due work (`work.ts`). */
export const laneNames = ['claims', 'strangers', 'cancels', 'orders', 'rounds', 'notices', 'tidy'] as const
export type LaneName = (typeof laneNames)[number]

/** Makes the work loop read the due rows of these lanes now; of all lanes when none is named. */
export type SignalWork = (...names: readonly LaneName[]) => void

/** Wakes the work loop, and collects the lanes that it was woken for. */
export class WorkSignal {
  readonly #pending = new Set<LaneName>()
  #wakeUp = new AbortController()
  #allAtMs = 0

  readonly signalWork: SignalWork = (...names) => {
    for (const name of names.length === 0 ? laneNames : names) this.#pending.add(name)
    this.wake('signalled')
  }

  /** The abort needs a reason: without one each call creates an exception with its stack. */
  wake(why: string): void {
    this.#wakeUp.abort(why)
  }

  /**
   * The lanes to read now: those signalled since the last call, and all lanes once in `allEveryMs`, also under load or after a clock jump (K-03).
   * Later signals abort a new `signal`.
   */
  take(nowMs: number, allEveryMs: number): ReadonlySet<LaneName> {
    const isTimeForAll = Math.abs(nowMs - this.#allAtMs) >= allEveryMs
    if (isTimeForAll) this.#allAtMs = nowMs
    const names = new Set(isTimeForAll ? laneNames : this.#pending)
    this.#pending.clear()
    this.#wakeUp = new AbortController()
    return names
  }

  /** Aborts at the next wake-up. */
  get signal(): AbortSignal {
    return this.#wakeUp.signal
  }
}
