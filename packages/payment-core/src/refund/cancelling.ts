import { markIn, returnedUnder } from './requested-refund.ts'
import type { CancelCause, CancelState } from '../decision/decision.ts'
import { heldMoney, remainderOf, type Payment } from '../payment/payment.ts'

/** An intent with what is known of its way. Times in epoch milliseconds. */
export type Cancelling = {
  readonly intentId: string
  readonly cause: CancelCause
  /** Minor units. */
  readonly amount: number
  /** The shop named this sum; otherwise it is all that is left. */
  readonly isNamed: boolean
  readonly hasRefundAccount: boolean
  readonly state: CancelState
  readonly createdAtMs: number
  /** Null before it was first sent. */
  readonly sentAtMs: number | null
  /** What had gone back when it was last sent or looked for; -1 before. */
  readonly cancelledBefore: number
  /** Looks since then, far enough apart, in which the record was as it had been. */
  readonly unchangedLooks: number
  readonly refusals: number
}

/** What is to be done about it now that its payment has been looked up. */
export type NextStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'send'; readonly amount: number; readonly expectedBalance: number }
  /** Looked at again then, and nothing is sent. `cancelledBefore` as it is to be compared with next. */
  | {
      readonly kind: 'wait'
      readonly unchangedLooks: number
      readonly cancelledBefore: number
      readonly untilMs: number
    }
  | { readonly kind: 'person'; readonly why: string }

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
/** Every intent is done, or before a person, within a day (L-03). */
export const DAY_MS = 24 * HOUR_MS
/** Between two looks that count, when a call had no answer. */
const BETWEEN_LOOKS_MS = 30 * SECOND_MS
/** From then on after a call its looks are that far apart. */
const LOOKS_COUNT_FROM_MS = 60 * SECOND_MS
/**
 * The gateway's record must be unchanged in so many looks before such a call is made again (S-24): two at least, and as many as fit into the
 * settling time, because a clock that leaps makes one wait short, and not all of them (S-21, K-03).
 */
const unchangedLooksFor = (settleMs: number): number =>
  1 + Math.max(1, Math.ceil(settleMs / BETWEEN_LOOKS_MS))

/** The only way on from a state of an intent; `nowMs` by whichever clock. */
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
  const doubt = doubtOf(row, payment)
  if (doubt !== null) return { kind: 'person', why: doubt }
  if (row.state === 'accepted') return afterAcceptance(row, nowMs)
  if (row.state === 'unknown') return afterSilence(row, payment, nowMs, settleMs)
  return sending(row, payment)
}

const wait = ({ cancelledBefore }: Cancelling, untilMs: number): NextStep => ({
  kind: 'wait',
  unchangedLooks: 0,
  cancelledBefore,
  untilMs,
})

function sending(row: Cancelling, payment: Payment): NextStep {
  const left = remainderOf(payment)
  // What is ours to return of money that is not the order's is all that is left of it, whatever it was when decided; in an account, nothing.
  const amount = row.cause === 'shop' ? Math.min(row.amount, left) : left
  return { kind: 'send', amount, expectedBalance: left }
}

/** Asynchronous PGs book what they accepted after minutes or hours: it is looked for, never sent again (M-23). */
function afterAcceptance(row: Cancelling, nowMs: number): NextStep {
  const sinceMs = Math.max(0, nowMs - (row.sentAtMs ?? nowMs))
  // A person knows of it a day after its first try, however many answers were lost or refused before this one (L-03).
  const isOld = nowMs - row.createdAtMs >= DAY_MS && row.refusals < REFUSALS_BEFORE_PERSON
  if (sinceMs >= DAY_MS || (isOld && sinceMs >= HOUR_MS))
    return { kind: 'person', why: 'the gateway accepted it, and a day later its record shows nothing of it' }
  return wait(row, nowMs + lookAgainMs(sinceMs))
}

/** Sent again only once the gateway has shown, often and late enough, that nothing was executed. */
function afterSilence(row: Cancelling, payment: Payment, nowMs: number, settleMs: number): NextStep {
  if (nowMs - row.createdAtMs >= DAY_MS)
    return { kind: 'person', why: 'no answer of the gateway could be read for a day' }
  const { cancelledAmount: cancelledBefore } = payment
  // Null for a clock that is behind the one it was sent by: then nothing is known of how long ago that was.
  const sinceMs = row.sentAtMs === null || row.sentAtMs > nowMs ? null : nowMs - row.sentAtMs
  const counts = sinceMs === null || sinceMs >= Math.min(LOOKS_COUNT_FROM_MS, settleMs)
  // Somebody else may have given a part back meanwhile: then it is that record which must stay as it is.
  const isUnchanged = cancelledBefore === row.cancelledBefore
  const unchangedLooks = !counts ? 0 : isUnchanged ? row.unchangedLooks + 1 : 1
  const isLate = sinceMs !== null && sinceMs >= settleMs
  if (isLate && unchangedLooks >= unchangedLooksFor(settleMs)) return sending(row, payment)
  const waitMs = sinceMs === null ? BETWEEN_LOOKS_MS : Math.min(BETWEEN_LOOKS_MS, lookAgainMs(sinceMs))
  return { kind: 'wait', unchangedLooks, cancelledBefore, untilMs: nowMs + waitMs }
}

/** Soon at first, then ever less often: seconds, minutes, an hour. */
const lookAgainMs = (sinceMs: number): number =>
  Math.min(HOUR_MS, Math.max(2 * SECOND_MS, Math.round(sinceMs / 2)))

/** Only the gateway's record says so: our mark is in it, everything went back, or the account takes nothing any more. */
export function isExecuted(
  row: Pick<Cancelling, 'intentId' | 'cause' | 'state' | 'cancelledBefore' | 'amount'>,
  payment: Payment,
): boolean {
  if (row.cause === 'account') return payment.status !== 'awaiting_deposit'
  if (remainderOf(payment) === 0 && heldMoney(payment)) return true
  if (returnedUnder(row.intentId, payment).length > 0) return true
  // The gateway has said yes and as much is gone: its list may word the reason as it likes.
  return row.state === 'accepted' && payment.cancelledAmount - row.cancelledBefore >= row.amount
}

/**
 * Why it must not be sent by itself. There is no card to return a deposit to (M-13, docs/gateway/portone-v1.md §4.6). What the shop asked for may be more than
 * is left by now. And after a call without an answer just this sum may have gone back under nobody's mark: ours under another reason, or a
 * person's in the console? Sending it again might return it twice (M-06, S-08).
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

/** Reasons that can pass, by the PGs' own words and codes: settlement too short for now, maintenance, the bank's night (docs/gateway/portone-v1.md §6.5). */
const passes = /정산|8178|점검|업무\s?시간|잠시\s?후|일시적|maintenance|temporar|try again/i
/** Reasons that cannot: too late, already, never in this way. */
const lasts =
  /이월|익월|500667|취소\s?불가|불가능|기간.*(경과|초과)|8133|8023|500626|8036|-710|전액취소|bigger than/i

/** Tries after a refusal: hours at first, a person within a day, then daily for a week, since the money may still be there tomorrow (M-27). */
const refusalDelaysMs = [1, 3, 6, 12, 24, 24, 24, 24, 24, 24].map((hours) => hours * HOUR_MS)
const REFUSALS_BEFORE_PERSON = 4

/** A person has been called for it, whether or not it is asked again by itself. */
export const needsPerson = ({ state, refusals }: Pick<Cancelling, 'state' | 'refusals'>): boolean =>
  state === 'over' || (state === 'refused' && refusals >= REFUSALS_BEFORE_PERSON)

/**
 * After the gateway's own *no*: when it is asked again, null for never; and whether a person is called now, who knows of it within a day of its
 * first try (L-03). `ageMs`: since it was stored.
 */
export function afterRefusal(
  refusals: number,
  text: string,
  ageMs: number,
): { readonly delayMs: number | null; readonly needsPerson: boolean } {
  if (lasts.test(text) && !passes.test(text)) return { delayMs: null, needsPerson: true }
  const delayMs = refusalDelaysMs[refusals - 1] ?? null
  const isTooLate = ageMs + (delayMs ?? 0) >= DAY_MS
  return { delayMs, needsPerson: isTooLate || refusals >= REFUSALS_BEFORE_PERSON }
}
