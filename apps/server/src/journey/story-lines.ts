import {
  NoticeType,
  PaymentStatus,
  StoryDoor,
  StoryOutcome,
  amountOf,
  currencyOf,
  type CancelCause,
  type NoticeAnswer,
  type Review,
  type StoryLine,
  type StoryWhy,
} from '@landfall/payment-core'
import { CancelCause as Cause, OrderStatus } from '@landfall/payment-core'
import type { HeldCancel } from '../store/cancels.ts'
import type { StoryRows } from '../store/story-rows.ts'
import type { TimelineRow } from '../store/timeline.ts'
import { claimLines } from './story-claims.ts'

type Base = Pick<StoryLine, 'at' | 'actor' | 'paymentId'>
/** Reviews are told from their rows, at the places where the timeline has them. */
type Teller = {
  readonly rows: StoryRows
  readonly opened: Set<string>
  readonly ended: Set<string>
}

/** Everything that is stored of an order, in order of time: of one moment what was said, what was decided, what was sent, and what was told. */
export function storyLines(rows: StoryRows): StoryLine[] {
  const teller: Teller = { rows, opened: new Set(), ended: new Set() }
  const decided = rows.timeline.flatMap((row) => lineOf(teller, row))
  const lines = [
    ...claimLines(rows),
    ...decided,
    ...reviewsBeside(teller),
    ...rows.cancels.flatMap((cancel) => cancelLines(rows, cancel)),
    ...rows.notices.flatMap(noticeLines),
  ]
  // Sorting keeps the order of what stands at one moment.
  return lines.toSorted((a, b) => a.at - b.at)
}

/** The sum's currency: the payment's own, else the order's. */
function currencyIn({ payments, record }: StoryRows, paymentId: string | null): string {
  const payment = payments.find((each) => each.paymentId === paymentId)
  return payment === undefined
    ? (record?.order.currency ?? '')
    : currencyOf(payment) || (record?.order.currency ?? '')
}

function amountIn({ payments, record }: StoryRows, paymentId: string | null): number {
  const payment = payments.find((each) => each.paymentId === paymentId)
  return payment === undefined ? (record?.order.amount ?? 0) : amountOf(payment)
}

function lineOf(teller: Teller, row: TimelineRow): StoryLine[] {
  const { rows } = teller
  const base: Base = { at: row.atMs, actor: row.actor, paymentId: row.paymentId }
  const currency = currencyIn(rows, row.paymentId)
  const doors = doorsIn(row)
  switch (row.event) {
    case 'order.registered':
      return [{ ...base, kind: 'registered', amount: rows.record?.order.amount ?? 0, currency }]
    case 'order.changed':
      return [{ ...base, kind: 'changed', fields: row.reason.split(', ') }]
    case 'order.closed':
      return [{ ...base, kind: 'closed', note: row.reason, from: statusIn(row.fromStatus) }]
    case 'payment.seen': {
      const status = PaymentStatus.safeParse(row.reason).data ?? null
      return [{ ...base, kind: 'looked', status, amount: amountIn(rows, row.paymentId), currency, doors }]
    }
    case 'payment.contradicted':
      return [{ ...base, kind: 'contradicted', what: row.reason, doors }]
    case 'payment.agreed':
      return [{ ...base, kind: 'agreed', doors }]
    case 'cancel.asked':
    case 'cancel.decided':
      return decidedCancel(base, currency, row)
    case 'cancel.done':
      return doneCancel(rows, base, row.reason)
    case 'account.not_closed':
      return [{ ...base, kind: 'account_not_closed', answer: row.reason }]
    case 'notice.replayed':
      return [{ ...base, kind: 'replayed' }]
    case 'order.review':
      return openedBy(teller, row)
    case 'order.review_ended':
      return endedBy(teller, row)
    default:
      return eventLine(rows, base, row)
  }
}

function eventLine(rows: StoryRows, base: Base, row: TimelineRow): StoryLine[] {
  const event = NoticeType.exclude(['order.review', 'order.review_ended', 'order.closed']).safeParse(
    row.event,
  )
  if (!event.success) return []
  const returned = /^the gateway has returned (?:all of )?(\d+)/.exec(row.reason)?.[1]
  return [
    {
      ...base,
      kind: 'decided',
      event: event.data,
      from: statusIn(row.fromStatus),
      to: statusIn(row.toStatus),
      amount: amountIn(rows, row.paymentId),
      currency: currencyIn(rows, row.paymentId),
      returned: returned === undefined ? null : Number(returned),
      why: whyIn(row.reason),
      doors: doorsIn(row),
    },
  ]
}

const statusIn = (status: string | null): OrderStatus | null => OrderStatus.safeParse(status).data ?? null

const doorsIn = ({ because }: TimelineRow): StoryDoor[] =>
  (because ?? '').split(' ').flatMap((door) => StoryDoor.safeParse(door).data ?? [])

/** The decision's own sentences (`standing.ts`). */
const whys: ReadonlyArray<readonly [RegExp, StoryWhy]> = [
  [/^paid in a test channel/, 'channel'],
  [/^paid in [A-Z]{3}/, 'currency'],
  [/^paid \d+, the order is/, 'amount'],
  [/^the order had expired$/, 'expired'],
  [/^the shop had called the order off$/, 'closed'],
  [/^the order already has its payment$/, 'surplus'],
]
const whyIn = (reason: string): StoryWhy | null =>
  whys.find(([sentence]) => sentence.test(reason))?.[1] ?? null

/** `14000: surplus` where Landfall decided it, `14000: sold out` where the shop asked for it. */
function decidedCancel(base: Base, currency: string, { event, reason }: TimelineRow): StoryLine[] {
  const [, sum = '0', words = ''] = /^(\d+): ([\s\S]*)$/.exec(reason) ?? []
  const isAsked = event === 'cancel.asked'
  const cause: CancelCause = isAsked ? 'shop' : (Cause.safeParse(words).data ?? 'shop')
  const note = isAsked ? words : null
  return [{ ...base, kind: 'refund_decided', cause, amount: Number(sum), currency, note }]
}

function doneCancel(rows: StoryRows, base: Base, cancelId: string): StoryLine[] {
  const cancel = rows.cancels.find(({ intentId }) => intentId === cancelId)
  if (cancel === undefined) return []
  return [{ ...base, kind: 'refund_done', ...summary(rows, cancel) }]
}

const summary = (rows: StoryRows, { intentId, cause, amount, paymentId }: HeldCancel) => ({
  cancelId: intentId,
  cause,
  amount,
  currency: currencyIn(rows, paymentId),
})

/** What was recorded by versions before has no line of when it was decided, and none of its tries. */
function cancelLines(rows: StoryRows, cancel: HeldCancel): StoryLine[] {
  const { paymentId, actor, cause, amount, createdAtMs, intentId } = cancel
  const isTold = (event: string): boolean =>
    rows.timeline.some((row) => row.paymentId === paymentId && row.event === event)
  const base = { actor: null, paymentId }
  const currency = currencyIn(rows, paymentId)
  const lines: StoryLine[] = []
  if (!isTold('cancel.decided') && !isTold('cancel.asked'))
    lines.push({
      ...base,
      at: createdAtMs,
      actor,
      kind: 'refund_decided',
      cause,
      amount,
      currency,
      note: null,
    })
  const isDoneTold = rows.timeline.some((row) => row.event === 'cancel.done' && row.reason === intentId)
  for (const { answer, atMs, times, lastAtMs } of runsOf(cancel.answers)) {
    const at = { ...base, at: atMs, ...summary(rows, cancel) }
    if (answer !== 'done')
      lines.push({ ...at, kind: 'refund_tried', ...triedIn(answer), times, lastAt: lastAtMs })
    else if (!isDoneTold) lines.push({ ...at, kind: 'refund_done' })
  }
  return lines
}

/** As `cancel.ts` words it: `refused: 취소 불가`. */
function triedIn(told: string): { readonly outcome: StoryOutcome; readonly answer: string | null } {
  const [, word = '', answer = null] = /^([a-z_]+)(?:: ([\s\S]*))?$/.exec(told) ?? []
  const outcome = StoryOutcome.safeParse(word)
  return outcome.success ? { outcome: outcome.data, answer } : { outcome: 'refused', answer: told }
}

type Run = NoticeAnswer & { readonly times: number; readonly lastAtMs: number }

/** The same answer again and again is one line: when first, when last, and how often. */
function runsOf(answers: readonly NoticeAnswer[]): Run[] {
  const runs: Run[] = []
  for (const { atMs, answer } of answers) {
    const last = runs.at(-1)
    if (last?.answer === answer) runs[runs.length - 1] = { ...last, times: last.times + 1, lastAtMs: atMs }
    else runs.push({ atMs, answer, times: 1, lastAtMs: atMs })
  }
  return runs
}

function noticeLines({
  id,
  type,
  sequence,
  state,
  recordedAt,
  answers,
  lastAnswer,
}: StoryRows['notices'][number]): StoryLine[] {
  const base = { kind: 'notice', actor: null, paymentId: null, noticeId: id, type, sequence } as const
  const runs = runsOf(answers)
  if (runs.length === 0)
    return [{ ...base, at: recordedAt, answer: lastAnswer, state, times: 0, lastAt: recordedAt }]
  return runs.map(({ atMs, answer, times, lastAtMs }, index) => {
    const isLast = index === runs.length - 1
    const isTaken = /^2\d\d$/.test(answer)
    return {
      ...base,
      at: atMs,
      answer,
      state: isTaken ? 'delivered' : isLast ? state : 'waiting',
      times,
      lastAt: lastAtMs,
    }
  })
}

const isOf = (review: Review, row: TimelineRow): boolean =>
  row.paymentId === null || review.paymentId === row.paymentId

function openedBy({ rows, opened }: Teller, row: TimelineRow): StoryLine[] {
  const review = rows.reviews.find(
    (each) => isOf(each, row) && each.note === row.reason && !opened.has(each.reviewId),
  )
  if (review === undefined) return []
  opened.add(review.reviewId)
  return [openedLine(rows, review, row.atMs)]
}

function endedBy({ rows, ended }: Teller, row: TimelineRow): StoryLine[] {
  const review = rows.reviews.find(
    (each) => isOf(each, row) && each.endNote === row.reason && !ended.has(each.reviewId),
  )
  if (review === undefined) return []
  ended.add(review.reviewId)
  return [endedLine(review, row.atMs)]
}

/** What the timeline does not place: reviews of the versions before. */
function reviewsBeside({ rows, opened, ended }: Teller): StoryLine[] {
  return rows.reviews.flatMap((review) => [
    ...(opened.has(review.reviewId) ? [] : [openedLine(rows, review, review.sinceMs)]),
    ...(ended.has(review.reviewId) || review.endedAtMs === null ? [] : [endedLine(review, review.endedAtMs)]),
  ])
}

const openedLine = (rows: StoryRows, review: Review, at: number): StoryLine => ({
  at,
  kind: 'review_opened',
  actor: null,
  paymentId: review.paymentId,
  reviewId: review.reviewId,
  reason: review.reason,
  atStake: review.atStake,
  currency: currencyIn(rows, review.paymentId),
  note: review.note,
})

const endedLine = (
  { paymentId, reviewId, reason, end, endedBy: actor, endNote }: Review,
  at: number,
): StoryLine => ({
  at,
  kind: 'review_ended',
  actor,
  paymentId,
  reviewId,
  reason,
  end: end ?? 'facts',
  note: endNote ?? '',
})
