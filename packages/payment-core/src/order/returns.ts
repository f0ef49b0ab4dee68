import { SETTLE_FAILURE_MS, SETTLE_SILENT_MS, type Return } from './order.ts'

export const SETTLE_LOOKS_MIN = 2

/** The most returns that an order remembers, more than a person opens windows. The oldest are dropped first. */
const RETURNS_MAX = 8

/**
 * Adds a return; the newest one of a payment counts. A claimed success is not replaced by a later failure or silence: *failed, pay again* must not
 * appear while an approval may be on its way (S-22). Nor does a reloaded page, which repeats the return, renew its time: it would keep an order open
 * for ever, or take the wait for a return before the deadline back. A later return without a
 * payment's id may be another try's.
 */
export function withReturn(held: readonly Return[], returned: Return | null): readonly Return[] {
  if (returned === null) return held
  const before = held.find((each) => each.paymentId === returned.paymentId)
  if (before !== undefined && (before.says === 'success' || returned.atMs <= before.atMs)) return held
  const isReload =
    before?.says === returned.says && (returned.paymentId !== null || returned.atMs < settlesAt(before))
  if (isReload) return held
  const others = held.filter((each) => each !== before)
  return [...others, returned].toSorted((a, b) => a.atMs - b.atMs).slice(-RETURNS_MAX)
}

/** Counts one look-up for each return. */
export const countLook = (returns: readonly Return[]): Return[] =>
  returns.map((each) => ({ ...each, looks: Math.min(each.looks + 1, SETTLE_LOOKS_MIN) }))

/** Whether the screen may say *not completed*. Later money still wins. */
export const hasSettled = (said: Return, nowMs: number, laterMs = 0): boolean =>
  said.looks >= SETTLE_LOOKS_MIN && nowMs >= settlesAt(said, laterMs)

/** When a return's screen stops showing *checking*; never for a claimed success. `laterMs`: how much later the PG may approve. */
export function settlesAt(said: Return, laterMs = 0): number {
  if (said.says === 'success') return Number.POSITIVE_INFINITY
  return said.atMs + (said.says === 'failure' ? SETTLE_FAILURE_MS : Math.max(SETTLE_SILENT_MS, laterMs))
}
