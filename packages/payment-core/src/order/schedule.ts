import { deadlineOf, type Order } from './order.ts'
import { heldMoney, type Payment } from '../payment/payment.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Look-ups after a return: dense until it settles, then by the order's age. */
const afterReturnMs = [1, 3, 6, 10.2, 15, 25, 40, 60, 90, 120, 150, 181].map((seconds) => seconds * SECOND_MS)

/** The interval between look-ups by the order's age. Windows are open for minutes, virtual accounts for days. */
const spacings: ReadonlyArray<{ readonly untilAgeMs: number; readonly everyMs: number }> = [
  { untilAgeMs: MINUTE_MS, everyMs: 20 * SECOND_MS },
  { untilAgeMs: HOUR_MS, everyMs: MINUTE_MS },
  { untilAgeMs: 24 * HOUR_MS, everyMs: 10 * MINUTE_MS },
]
const SPARSE_MS = HOUR_MS

/** What the last look-up read: the whole order, or one payment of it. */
type LookedUp = 'order' | 'payment'

/**
 * When to look an order up again; null when there is nothing left to wait for. Every order that is not final is scheduled (L-10), and also one with
 * money from before its registration, because only a look-up of the whole order says whose it is. That look-up comes within a minute, because the
 * order's age depends on the clock that registered it (L-02, K-03). A look-up right after the deadline lets the order expire.
 */
export function nextLookAt(
  order: Order,
  payments: readonly Payment[],
  nowMs: number,
  looked: LookedUp = 'order',
): number | null {
  const next = nextByAge(order, payments, nowMs, looked)
  const doubtful = nextInDoubt(payments, nowMs)
  return next === null || doubtful === null ? (next ?? doubtful) : Math.min(next, doubtful)
}

function nextByAge(
  order: Order,
  payments: readonly Payment[],
  nowMs: number,
  looked: LookedUp,
): number | null {
  const isOver = order.status !== 'open' && order.status !== 'awaiting_deposit'
  const isUnplaced = payments.some(({ standing }) => standing === 'orphan')
  if (isOver && !isUnplaced) return afterwards(order, payments, nowMs, looked)
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

/** A contradiction is looked up soon, until it is certain or resolved, and then occasionally, because a later look-up may resolve it (G-18). */
function nextInDoubt(payments: readonly Payment[], nowMs: number): number | null {
  const doubts = payments.flatMap(({ contradiction }) => (contradiction === null ? [] : [contradiction]))
  if (doubts.length === 0) return null
  if (doubts.every(({ isCertain }) => isCertain)) return nowMs + SPARSE_MS
  return nowMs + DOUBT_SPACING_MS
}
const DOUBT_SPACING_MS = 11 * SECOND_MS

/**
 * A fixed account can receive deposits after its order was paid or cancelled, and any account after its order has expired. Only the list of
 * deposits shows them, so one look-up a day finds them (V-08).
 */
function afterwards(
  order: Order,
  payments: readonly Payment[],
  nowMs: number,
  looked: LookedUp,
): number | null {
  const canReceive = ({ deposited, status }: Payment): boolean =>
    deposited > 0 || (order.status === 'expired' && status === 'awaiting_deposit')
  const isLookedAfter = nowMs < deadlineOf(order, payments) + AFTERWARDS_DAYS * 24 * HOUR_MS
  if (!isLookedAfter) return null
  const triesAtMs = nextForTries(order, payments, nowMs, looked)
  return triesAtMs ?? (payments.some(canReceive) ? nowMs + 24 * HOUR_MS : null)
}
const AFTERWARDS_DAYS = 30

/**
 * V2's lists and its look-up of a payment show one try of an order, and keep silent about money in another one, such as a deposit into an earlier try's
 * account (docs/gateway/portone-v2.md §17). An order with money is therefore looked up as a whole minutes after a look-up of one payment, again after a
 * day, because the list of its tries may have failed, and once a day if it has several tries.
 */
function nextForTries(
  order: Order,
  payments: readonly Payment[],
  nowMs: number,
  looked: LookedUp,
): number | null {
  const money = payments.filter(heldMoney)
  if (order.gateway !== 'portone-v2' || money.length === 0) return null
  if (looked === 'payment') return nowMs + TRIES_WAIT_MS
  if (payments.length > 1) return nowMs + 24 * HOUR_MS
  const paidAtMs = Math.max(...money.map(({ details }) => details.paidAtMs ?? order.registeredAtMs))
  return nowMs < paidAtMs + 24 * HOUR_MS ? paidAtMs + 24 * HOUR_MS : null
}
const TRIES_WAIT_MS = 10 * MINUTE_MS

/** The delay before a retry: 1 s, doubling to a minute, ± a quarter. `fraction` is in 0…1. */
export function retryDelayMs(attempts: number, fraction: number): number {
  const base = Math.min(MINUTE_MS, SECOND_MS * 2 ** Math.min(attempts, 10))
  return Math.round(base * (0.75 + fraction / 2))
}

/** Standard Webhooks' schedule: ten attempts over about 76 hours (N-01). */
const noticeDelaysMs = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
  (seconds) => seconds * SECOND_MS,
)
export const NOTICE_ATTEMPTS_MAX = noticeDelaysMs.length + 1

/** The delay before a notice's next attempt, ± a tenth; null after the last attempt. */
export function noticeDelayMs(attempts: number, fraction: number): number | null {
  const base = noticeDelaysMs[attempts - 1]
  return base === undefined ? null : Math.round(base * (0.9 + fraction / 5))
}
