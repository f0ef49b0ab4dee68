import type { LastReturn } from './order.ts'
import type { Payment } from './payment.ts'
import { SETTLE_FAILURE_MS, SETTLE_LOOKS_MIN, SETTLE_SILENT_MS } from './schedule.ts'

/**
 * The return an order remembers: the newest, but a claimed success is not taken back by one that names the same
 * payment or none. Anybody can type such a one, and *failed, pay again* must not be shown while an approval may
 * be on its way (S-22).
 */
export function newestReturn(held: LastReturn | null, returned: LastReturn | null): LastReturn | null {
  if (held === null || returned === null) return held ?? returned
  const takesBack =
    held.says === 'success' &&
    returned.says !== 'success' &&
    (returned.paymentId === null || returned.paymentId === held.paymentId)
  return returned.atMs > held.atMs && !takesBack ? returned : held
}

/** The try the newest return names, else the one begun last. */
export function currentTry(last: LastReturn | null, payments: readonly Payment[]): Payment | null {
  const named = last?.paymentId ?? null
  if (named !== null) return payments.find((payment) => payment.paymentId === named) ?? null
  const byStart = payments.toSorted((a, b) => (a.details.startedAtMs ?? 0) - (b.details.startedAtMs ?? 0))
  return byStart.at(-1) ?? null
}

/**
 * Has silence lasted long enough to say *not completed*? Only a sentence: later money still wins (product.md
 * §2.3).
 */
export function hasSettled(last: LastReturn, nowMs: number): boolean {
  return last.looks >= SETTLE_LOOKS_MIN && nowMs >= settlesAt(last)
}

/** When a return's screen stops saying *checking* by itself; a claimed success never does. */
export function settlesAt(last: LastReturn): number {
  if (last.says === 'success') return Number.POSITIVE_INFINITY
  return last.atMs + (last.says === 'failure' ? SETTLE_FAILURE_MS : SETTLE_SILENT_MS)
}
