/** How often a long run tells how far it is. */
const TELL_EVERY_MS = 10_000

/** Tells of a long run how far it is, how fast it goes, and when it will be done. */
export class Progress {
  readonly #count: number
  #toldAtMs = 0

  constructor(count: number) {
    this.#count = count
  }

  /** `atMs` counts from the beginning of the run. */
  tell(done: number, found: number, atMs: number): void {
    if (atMs - this.#toldAtMs < TELL_EVERY_MS) return
    this.#toldAtMs = atMs
    const perSecond = (done / atMs) * 1000
    const percent = ((done / this.#count) * 100).toFixed(1)
    const left = spanOf((this.#count - done) / perSecond)
    const [soFar, all, speed] = [done, this.#count, Math.round(perSecond)].map((n) => n.toLocaleString('en'))
    console.log(`${percent} %: ${soFar} of ${all} seeds, ${speed} a second, ${left} left, ${found} found`)
  }
}

function spanOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}
