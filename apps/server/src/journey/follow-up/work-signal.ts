/** One kind of due work (`work.ts`). */
export const laneNames = ['claims', 'strangers', 'cancels', 'orders', 'rounds', 'notices', 'tidy'] as const
export type LaneName = (typeof laneNames)[number]

/** Has the work loop look for due rows of these kinds now; of all kinds when none is named. */
export type SignalWork = (...names: readonly LaneName[]) => void

/** Rings for the work loop, and knows what for. */
export class WorkSignal {
  readonly #woken = new Set<LaneName>()
  #bell = new AbortController()
  #allAtMs = 0

  readonly signalWork: SignalWork = (...names) => {
    for (const name of names.length === 0 ? laneNames : names) this.#woken.add(name)
    this.ring('woken')
  }

  /** With a reason of our own: without one each ring would make an exception, stack and all. */
  ring(why: string): void {
    this.#bell.abort(why)
  }

  /**
   * What to look at now: what there is news of, and everything once in a while, however busy it is and by whatever clock (K-03). From here on
   * it rings for what comes.
   */
  take(nowMs: number, allEveryMs: number): ReadonlySet<LaneName> {
    const isTimeForAll = Math.abs(nowMs - this.#allAtMs) >= allEveryMs
    if (isTimeForAll) this.#allAtMs = nowMs
    const names = new Set(isTimeForAll ? laneNames : this.#woken)
    this.#woken.clear()
    this.#bell = new AbortController()
    return names
  }

  /** Aborts when it rings. */
  get signal(): AbortSignal {
    return this.#bell.signal
  }
}
