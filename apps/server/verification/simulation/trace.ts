export type Line = {
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly what: string
}

/** What happened, line by line, in the order it happened. Two runs of one seed give the same bytes. */
export class Trace {
  readonly lines: Line[] = []
  readonly #nowMs: () => number
  readonly #startMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#startMs = nowMs()
  }

  say(from: string, to: string, what: string): void {
    this.lines.push({ atMs: this.#nowMs() - this.#startMs, from, to, what })
  }

  text(): string {
    return this.lines.map(({ atMs, from, to, what }) => `${atMs} ${from}>${to} ${what}`).join('\n')
  }
}
