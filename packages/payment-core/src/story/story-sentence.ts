import type { StoryKind, StoryLine } from './story.ts'

/** How sums and times are written in one of them. */
export type StorySay = {
  readonly money: (amount: number, currency: string) => string
  /** A moment of the day, where the shops are. */
  readonly time: (atMs: number) => string
  readonly day: (atMs: number) => string
  /** A moment of any day. */
  readonly moment: (atMs: number) => string
}
export type StoryLineOf<K extends StoryKind> = Extract<StoryLine, { kind: K }>
/** One sentence a kind, for somebody who knows the shop and not the code. */
export type StoryWords = { readonly [K in StoryKind]: (line: StoryLineOf<K>, say: StorySay) => string }
