import {
  failReasonOf,
  NoticeType,
  OrderStatus,
  PaymentStatus,
  StoryDoor,
  type StoryLine,
  type StoryWhy,
} from '@landfall/payment-core'
import type { StoryRows } from '../../../store/story-rows.ts'
import type { TimelineRow } from '../../../store/timeline.ts'
import { cancelLines, decidedCancel, doneCancel, type StoryLineBase } from './cancels.ts'
import { claimLines } from './claims.ts'
import { amountIn, currencyIn } from './money.ts'
import { endedBy, openedBy, reviewsBeside, type ReviewPlaces } from './reviews.ts'
import { runsOf } from './runs.ts'

/** The order's stored history by time. Within one millisecond: claims, decisions, gateway calls, notices. */
export function storyLines(rows: StoryRows): StoryLine[] {
  const reviews: ReviewPlaces = { rows, opened: new Set(), ended: new Set() }
  const decided = rows.timeline.flatMap((row) => lineOf(reviews, row))
  const registered = decided.filter(({ kind }) => kind === 'registered')
  const notices = rows.notices.toSorted((a, b) => a.recordedAt - b.recordedAt || a.sequence - b.sequence)
  const lines = [
    ...registered,
    ...claimLines(rows),
    ...decided.filter((line) => !registered.includes(line)),
    ...reviewsBeside(reviews),
    ...notices.flatMap(noticeLines),
  ].toSorted((a, b) => a.at - b.at) // a stable sort keeps the order within one millisecond
  for (const line of rows.cancels.flatMap((cancel) => cancelLines(rows, cancel))) place(lines, line)
  return lines
}

/** Inserts an attempt before its consequences, also within one millisecond. */
function place(lines: StoryLine[], line: StoryLine): void {
  const isAfter = (each: StoryLine): boolean =>
    each.at > line.at ||
    (each.at === line.at &&
      (each.kind === 'notice' || (line.kind === 'refund_tried' && isConsequence(each, line))))
  const index = lines.findIndex(isAfter)
  lines.splice(index === -1 ? lines.length : index, 0, line)
}

function isConsequence(each: StoryLine, { paymentId }: StoryLine): boolean {
  if (each.paymentId !== paymentId) return false
  if (each.kind === 'looked') return each.doors.includes('refund')
  if (each.kind === 'review_opened') return each.reason === 'cancel_failed'
  return each.kind === 'refund_done' || (each.kind === 'decided' && each.returned !== null)
}

function lineOf(reviews: ReviewPlaces, row: TimelineRow): StoryLine[] {
  const { rows } = reviews
  const base: StoryLineBase = { at: row.atMs, actor: row.actor, paymentId: row.paymentId }
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
      const status = PaymentStatus.safeParse(row.reason.replace(/^no such order here: /, '')).data ?? null
      return [
        {
          ...base,
          kind: 'looked',
          status,
          amount: amountIn(rows, row.paymentId),
          currency,
          isOrphan: row.orderId !== rows.orderId,
          doors,
        },
      ]
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
    case 'order.erased':
      return [{ ...base, kind: 'erased' }]
    case 'order.review':
      return openedBy(reviews, row)
    case 'order.review_ended':
      return endedBy(reviews, row)
    default:
      return eventLine(rows, base, row)
  }
}

function eventLine(rows: StoryRows, base: StoryLineBase, row: TimelineRow): StoryLine[] {
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
      failReason: event.data === 'payment.failed' ? failReasonOf(null, row.reason) : null,
      doors: doorsIn(row),
    },
  ]
}

const statusIn = (status: string | null): OrderStatus | null => OrderStatus.safeParse(status).data ?? null

const doorsIn = ({ because }: TimelineRow): StoryDoor[] =>
  (because ?? '').split(' ').flatMap((door) => StoryDoor.safeParse(door).data ?? [])

/** The sentences of the decision (`classify-payment.ts`). */
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
