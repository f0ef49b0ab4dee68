import type { Return } from './order.ts'

/**
 * A return that claims failure while the gateway still says `ready` is *checking* for this long, and for two
 * look-ups.
 */
export const SETTLE_FAILURE_MS = 10_000
/**
 * A return without any flag settles in three minutes: KG INICIS bank transfers come back before they are
 * approved (docs/gateway/portone-v1.md §2.3). A window that is open in another tab counts as long.
 */
export const SETTLE_SILENT_MS = 180_000
export const SETTLE_LOOKS_MIN = 2

/** Tries whose returns an order remembers: more windows than a person opens. The oldest go first. */
const RETURNS_MAX = 8

/**
 * What the customer has said, a word a try. The newest counts; but a claimed success is not taken back by a later *failed* or nothing about the
 * same try, nor made younger by being said again: *failed, pay again* must not be shown while an approval may be on its way (S-22), and a
 * page that is reloaded must not hold an order open for ever.
 */
export function withReturn(held: readonly Return[], returned: Return | null): readonly Return[] {
  if (returned === null) return held
  const before = held.find((each) => each.paymentId === returned.paymentId)
  if (before !== undefined && (before.says === 'success' || returned.atMs <= before.atMs)) return held
  const others = held.filter((each) => each !== before)
  return [...others, returned].toSorted((a, b) => a.atMs - b.atMs).slice(-RETURNS_MAX)
}

/** Counts a look towards the settling of each. */
export const countLook = (returns: readonly Return[]): Return[] =>
  returns.map((each) => ({ ...each, looks: Math.min(each.looks + 1, SETTLE_LOOKS_MIN) }))

/**
 * Has silence lasted long enough to say *not completed*? Only a sentence: later money still wins.
 */
export const hasSettled = (said: Return, nowMs: number, laterMs = 0): boolean =>
  said.looks >= SETTLE_LOOKS_MIN && nowMs >= settlesAt(said, laterMs)

/** When a return's screen stops saying *checking* by itself; a claimed success never does. `laterMs`: its PG approves so much later. */
export function settlesAt(said: Return, laterMs = 0): number {
  if (said.says === 'success') return Number.POSITIVE_INFINITY
  return said.atMs + (said.says === 'failure' ? SETTLE_FAILURE_MS : Math.max(SETTLE_SILENT_MS, laterMs))
}
