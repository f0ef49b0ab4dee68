import { deadlineOf, type Order } from './order.ts'
import type { Payment } from '../payment/payment.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * Looks after a return, in milliseconds from it: dense until it settles, then left to the order's own age.
 */
const afterReturnMs = [1, 3, 6, 10.2, 15, 25, 40, 60, 90, 120, 150, 181].map((seconds) => seconds * SECOND_MS)

/**
 * How far apart the looks of an order of some age lie when nobody speaks of it. Windows are open for minutes,
 * accounts for days.
 */
const spacings: ReadonlyArray<{ readonly untilAgeMs: number; readonly everyMs: number }> = [
  { untilAgeMs: MINUTE_MS, everyMs: 20 * SECOND_MS },
  { untilAgeMs: HOUR_MS, everyMs: MINUTE_MS },
  { untilAgeMs: 24 * HOUR_MS, everyMs: 10 * MINUTE_MS },
]
const SPARSE_MS = HOUR_MS

/**
 * When an order is to be looked up again, or null when nothing is left to wait for: every order that is not
 * final is scheduled (L-10), and one that is as long as it has money that was seen before the order was
 * registered: only a look at the whole order says whose it is. That one comes within a minute, however old
 * the order seems: its age is told by whichever clock registered it (L-02, K-03). A deadline adds a look of
 * its own right after it, because only that look can expire the order.
 */
export function nextLookAt(order: Order, payments: readonly Payment[], nowMs: number): number | null {
  const next = nextByAge(order, payments, nowMs)
  const doubtful = nextInDoubt(payments, nowMs)
  return next === null || doubtful === null ? (next ?? doubtful) : Math.min(next, doubtful)
}

function nextByAge(order: Order, payments: readonly Payment[], nowMs: number): number | null {
  const isOver = order.status !== 'open' && order.status !== 'awaiting_deposit'
  const isUnplaced = payments.some(({ standing }) => standing === 'orphan')
  if (isOver && !isUnplaced) return afterwards(order, payments, nowMs)
  const ageMs = Math.max(0, nowMs - order.registeredAtMs)
  const spacing = spacings.find((step) => ageMs < step.untilAgeMs)?.everyMs ?? SPARSE_MS
  const candidates = [nowMs + (isUnplaced ? Math.min(spacing, MINUTE_MS) : spacing)]
  const deadline = deadlineOf(order, payments)
  candidates.push(nowMs < deadline ? deadline + SECOND_MS : nowMs + MINUTE_MS)
  for (const { atMs } of order.returns) {
    const next = afterReturnMs.map((delay) => atMs + delay).find((at) => at > nowMs)
    if (next !== undefined) candidates.push(next)
  }
  return Math.min(...candidates)
}

/** What contradicts itself is looked at soon, until that is certain or over; after that now and then, since a later look may dissolve it (G-18). */
function nextInDoubt(payments: readonly Payment[], nowMs: number): number | null {
  const doubts = payments.flatMap(({ contradiction }) => (contradiction === null ? [] : [contradiction]))
  if (doubts.length === 0) return null
  if (doubts.every(({ isCertain }) => isCertain)) return nowMs + SPARSE_MS
  return nowMs + DOUBT_SPACING_MS
}
const DOUBT_SPACING_MS = 11 * SECOND_MS

/**
 * A deposit can fall into a fixed account after its order was paid or cancelled, and into any account after its order expired. Neither
 * status nor amount tells of it, only the list of deposits: a look a day finds it (V-08).
 */
function afterwards(order: Order, payments: readonly Payment[], nowMs: number): number | null {
  const canReceive = ({ deposited, status }: Payment): boolean =>
    deposited > 0 || (order.status === 'expired' && status === 'awaiting_deposit')
  const isLookedAfter = nowMs < deadlineOf(order, payments) + AFTERWARDS_DAYS * 24 * HOUR_MS
  return isLookedAfter && payments.some(canReceive) ? nowMs + 24 * HOUR_MS : null
}
const AFTERWARDS_DAYS = 30

/**
 * How long to wait before trying a failed piece of work again: 1 s doubling to a minute, ± a quarter
 * (`fraction` in 0…1).
 */
export function retryDelayMs(attempts: number, fraction: number): number {
  const base = Math.min(MINUTE_MS, SECOND_MS * 2 ** Math.min(attempts, 10))
  return Math.round(base * (0.75 + fraction / 2))
}

/** Standard Webhooks' schedule: ten attempts over about 76 hours (N-01). */
const noticeDelaysMs = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
  (seconds) => seconds * SECOND_MS,
)
export const NOTICE_ATTEMPTS_MAX = noticeDelaysMs.length + 1

/**
 * Delay before the next attempt at a notice after `attempts` made, ± a tenth; null when they are used up and
 * it is parked.
 */
export function noticeDelayMs(attempts: number, fraction: number): number | null {
  const base = noticeDelaysMs[attempts - 1]
  return base === undefined ? null : Math.round(base * (0.9 + fraction / 5))
}
