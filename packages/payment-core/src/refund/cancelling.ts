import { isBooked, markIn, returnedUnder } from './requested-refund.ts'
import type { CancelCause, CancelState } from '../decision/decision.ts'
import { heldMoney, remainderOf, type Payment } from '../payment/payment.ts'

/** An intent and its progress. Times are epoch milliseconds. */
export type Cancelling = {
  readonly intentId: string
  readonly cause: CancelCause
  /** Minor units. */
  readonly amount: number
  /** The shop named the amount; otherwise it is all that is left. */
  readonly isNamed: boolean
  readonly hasRefundAccount: boolean
  readonly state: CancelState
  readonly createdAtMs: number
  /** Null before the first call. */
  readonly sentAtMs: number | null
  /** The cancelled amount at the last call or look-up; -1 before. */
  readonly cancelledBefore: number
  /** The number of look-ups since then, far enough apart, that found the record unchanged. */
  readonly unchangedLooks: number
  readonly refusals: number
}

/** What to do with an intent after its payment was looked up. */
export type NextStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'send'; readonly amount: number; readonly expectedBalance: number }
  /** Looks up again at `untilMs` without sending. `cancelledBefore` is what the next look-up compares with. */
  | {
      readonly kind: 'wait'
      readonly unchangedLooks: number
      readonly cancelledBefore: number
      readonly untilMs: number
    }
  | { readonly kind: 'person'; readonly why: string }

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
/** Within a day every intent is done or before a person (L-03). */
export const DAY_MS = 24 * HOUR_MS
/** The distance of two look-ups that count, after a call without an answer. */
const BETWEEN_LOOKS_MS = 30 * SECOND_MS
/** The look-ups have that distance from this time after the call. */
const LOOKS_COUNT_FROM_MS = 60 * SECOND_MS
/**
 * How many look-ups must find the record unchanged before such a call is repeated (S-24): at least two, and as many as fit into the settling time.
 * A clock that jumps shortens one wait, but not all (S-21, K-03).
 */
const unchangedLooksFor = (settleMs: number): number =>
  1 + Math.max(1, Math.ceil(settleMs / BETWEEN_LOOKS_MS))

/** The next step of an intent in any state. `nowMs` can come from any clock. */
export function nextStep(
  row: Cancelling,
  payment: Payment,
  nowMs: number,
  { settleMs }: { readonly settleMs: number },
): NextStep {
  if (isExecuted(row, payment)) return { kind: 'done' }
  if (payment.contradiction !== null)
    return payment.contradiction.isCertain
      ? { kind: 'person', why: 'its record contradicts itself' }
      : wait(row, nowMs + 12 * SECOND_MS)
  if (returnedUnder(row.intentId, payment).length > 0) return afterPartOnly(row, payment, nowMs)
  const doubt = doubtOf(row, payment)
  if (doubt !== null) return { kind: 'person', why: doubt }
  if (row.state === 'accepted') return afterAcceptance(row, nowMs)
  if (row.state === 'unknown') return afterNoAnswer(row, payment, nowMs, settleMs)
  return sendStep(row, payment)
}

const wait = ({ cancelledBefore }: Cancelling, untilMs: number): NextStep => ({
  kind: 'wait',
  unchangedLooks: 0,
  cancelledBefore,
  untilMs,
})

function sendStep(row: Cancelling, payment: Payment): NextStep {
  const left = remainderOf(payment)
  // An automatic refund returns all that is left, whatever that was when it was decided. Closing an account returns nothing.
  const amount = row.cause === 'shop' ? Math.min(row.amount, left) : left
  return { kind: 'send', amount, expectedBalance: left }
}

/** Some PGs book an accepted cancel minutes or hours later. It is looked up, never sent again (M-23). */
function afterAcceptance(row: Cancelling, nowMs: number): NextStep {
  const sinceMs = Math.max(0, nowMs - (row.sentAtMs ?? nowMs))
  // A person is called within a day of the first call, however many answers were lost or refused (L-03).
  const isOld = nowMs - row.createdAtMs >= DAY_MS && row.refusals < REFUSALS_BEFORE_PERSON
  if (sinceMs >= DAY_MS || (isOld && sinceMs >= HOUR_MS))
    return { kind: 'person', why: 'the gateway accepted it, and a day later its record shows nothing of it' }
  return wait(row, nowMs + lookAgainMs(sinceMs))
}

/** The PG has booked less than was asked. The rest may follow, so nothing is sent again (M-24). */
function afterPartOnly(row: Cancelling, payment: Payment, nowMs: number): NextStep {
  const part = returnedUnder(row.intentId, payment).reduce((sum, each) => sum + each, 0)
  const sinceMs = Math.max(0, nowMs - (row.sentAtMs ?? row.createdAtMs))
  return sinceMs >= DAY_MS
    ? { kind: 'person', why: `${row.amount} was asked back, and a day later only ${part} is back` }
    : wait(row, nowMs + lookAgainMs(sinceMs))
}

/** Repeats a call only when enough late look-ups show that it was not executed. */
function afterNoAnswer(row: Cancelling, payment: Payment, nowMs: number, settleMs: number): NextStep {
  if (nowMs - row.createdAtMs >= DAY_MS)
    return { kind: 'person', why: 'no answer of the gateway could be read for a day' }
  const { cancelledAmount: cancelledBefore } = payment
  // Null if the clock is behind the one that sent it: then the time since is unknown.
  const sinceMs = row.sentAtMs === null || row.sentAtMs > nowMs ? null : nowMs - row.sentAtMs
  const counts = sinceMs === null || sinceMs >= Math.min(LOOKS_COUNT_FROM_MS, settleMs)
  // Somebody else may have refunded a part meanwhile. Then the new record must stay unchanged.
  const isUnchanged = cancelledBefore === row.cancelledBefore
  const unchangedLooks = !counts ? 0 : isUnchanged ? row.unchangedLooks + 1 : 1
  const isLate = sinceMs !== null && sinceMs >= settleMs
  if (isLate && unchangedLooks >= unchangedLooksFor(settleMs)) return sendStep(row, payment)
  const waitMs = sinceMs === null ? BETWEEN_LOOKS_MS : Math.min(BETWEEN_LOOKS_MS, lookAgainMs(sinceMs))
  return { kind: 'wait', unchangedLooks, cancelledBefore, untilMs: nowMs + waitMs }
}

/** Soon at first, then less often: seconds, minutes, an hour. */
const lookAgainMs = (sinceMs: number): number =>
  Math.min(HOUR_MS, Math.max(2 * SECOND_MS, Math.round(sinceMs / 2)))

/** Whether the gateway's record shows the intent done: the amount with our mark, with all money returned, or with the account closed. */
export function isExecuted(
  row: Pick<Cancelling, 'intentId' | 'cause' | 'state' | 'cancelledBefore' | 'amount'>,
  payment: Payment,
): boolean {
  if (row.cause === 'account') return payment.status !== 'awaiting_deposit'
  if (remainderOf(payment) === 0 && heldMoney(payment)) return true
  if (isBooked(row, payment)) return true
  // The gateway agreed and the amount is gone, even if its list has another reason.
  return row.state === 'accepted' && payment.cancelledAmount - row.cancelledBefore >= row.amount
}

/**
 * Why the intent must not be sent automatically. A deposit has no card to return to (M-13, docs/gateway/portone-v1.md §4.6). Less may be left than
 * the shop requested. After a call without an answer, the same amount may have gone back without our mark: by this call or by a person in the
 * console. Sending it again could return it twice (M-06, S-08).
 */
function doubtOf(row: Cancelling, payment: Payment): string | null {
  if (row.cause === 'account') return null
  if (payment.details.method === 'virtual_account' && !row.hasRefundAccount)
    return 'paid into a virtual account: no account to return it to is known'
  if (row.cause === 'shop' && row.isNamed && row.amount > remainderOf(payment))
    return 'less is left than was asked back: somebody else gave some of it back meanwhile'
  if (row.cancelledBefore < 0 || payment.cancelledAmount - row.cancelledBefore < row.amount) return null
  const isUnmarked = payment.cancels.some(
    ({ amount, reason }) => amount === row.amount && markIn(reason) === '',
  )
  return isUnmarked || payment.cancels.length === 0
    ? 'the same sum went back under another reason: it cannot be told whether that was this cancel'
    : null
}

/**
 * Reasons that pass, in the PGs' words and codes: a short settlement or deposit of the shop, maintenance, a fault, the bank's night
 * (docs/gateway/portone-v1.md §6.5). They may also say that the cancel is not possible, meaning now.
 */
const passingReasons =
  /정산|8178|(?:잔액|잔고|한도|예치금|담보금?|매출|금액)[^.|]{0,6}부족|점검|장애|통신(?!사)|시스템\s?(?:오류|작업)|(?:업무|서비스|영업|이용|가능|불가)\s?시간|영업일|잠시\s?후|일시적|다시\s?시도|maintenance|temporar|try again|settlement|insufficient|unavailable|time-?out/i
/** Reasons that last: too late, already cancelled, not possible. */
const lastingReasons =
  /이월|익월|500667|취소\s?불가|불가능|기간.*(경과|초과)|8133|8023|500626|8036|-710|전액취소|bigger than/i

/** Delays after refusals: hours at first, with a person within a day, then daily for a week, because the balance may suffice later (M-27). */
const refusalDelaysMs = [1, 3, 6, 12, 24, 24, 24, 24, 24, 24].map((hours) => hours * HOUR_MS)
const REFUSALS_BEFORE_PERSON = 4

/** Whether a person was called, even if the intent is tried again. */
export const needsPerson = ({ state, refusals }: Pick<Cancelling, 'state' | 'refusals'>): boolean =>
  state === 'over' || (state === 'refused' && refusals >= REFUSALS_BEFORE_PERSON)

/**
 * After the gateway's own refusal: the delay before the next try, null for none, and whether to call a person, within a day of the first try
 * (L-03). `ageMs` is the time since the intent was stored.
 */
export function afterRefusal(
  refusals: number,
  text: string,
  ageMs: number,
): { readonly delayMs: number | null; readonly needsPerson: boolean } {
  if (lastingReasons.test(text) && !passingReasons.test(text)) return { delayMs: null, needsPerson: true }
  const delayMs = refusalDelaysMs[refusals - 1] ?? null
  const isTooLate = ageMs + (delayMs ?? 0) >= DAY_MS
  return { delayMs, needsPerson: isTooLate || refusals >= REFUSALS_BEFORE_PERSON }
}
