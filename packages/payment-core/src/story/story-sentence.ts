import type { StoryKind, StoryLine } from './story.ts'

/** How a language writes amounts and times. */
export type StorySay = {
  readonly money: (amount: number, currency: string) => string
  /** The time of day, in the shops' time zone. */
  readonly time: (atMs: number) => string
  readonly day: (atMs: number) => string
  /** Date and time. */
  readonly moment: (atMs: number) => string
}
export type StoryLineOf<K extends StoryKind> = Extract<StoryLine, { kind: K }>
/** One sentence for each kind of line, for somebody who knows the shop and not the code. */
export type StoryWords = { readonly [K in StoryKind]: (line: StoryLineOf<K>, say: StorySay) => string }
